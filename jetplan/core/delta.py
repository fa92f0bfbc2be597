"""Which objects of a delivery set are new, which the server has, and which attempts without a known end hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.attempts import SENT, State
from jetplan.core.objects import object_keys, unpack_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.core.objects import ObjectTable

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Delta:
    """A set's objects by what is known of them. Indexes point into its table and keep manifest order.

    `new`: (revision, indexes) that no attempt holds. `resent`: of these, sent before at a lower revision.
    `held`: attempts without a known end, each with the indexes it holds.
    """

    new: Sequence[tuple[int, Sequence[int]]]
    sent: int = 0
    resent: frozenset[int] = frozenset()
    held: Sequence[tuple[Attempt, Sequence[int]]] = field(default=())

    def new_indexes(self) -> Iterator[int]:
        """Every new index, revisions ascending."""
        for _, indexes in self.new:
            yield from indexes


def holds(attempt: Attempt) -> bool:
    """Whether an unreleased attempt holds its objects. An attempt that a dead run only intended does not."""
    return attempt.state is not State.INTENDED or attempt.live


def difference(table: ObjectTable, attempts: Sequence[Attempt]) -> Delta:
    """A table against the unreleased attempts on its set, each with its packed keys.

    An object is sent once per revision, and lowering a revision never sends: an attempt at the wanted revision
    or above holds the object.
    """
    owners = [attempt for attempt in attempts if holds(attempt)]
    if not owners:
        return Delta(tuple(table.by_revision().items()))
    owners.sort(key=lambda each: (each.revision, each.created_on))
    owner_of = _owners(owners)
    new: list[tuple[int, Sequence[int]]] = []
    held: dict[int, list[int]] = {}
    resent: set[int] = set()
    sent = 0
    for revision, indexes in table.by_revision().items():
        found = [owner_of.get(key, _NOBODY) for key in object_keys(table.paths_at(indexes))]
        counts = Counter(found)
        lower = {at for at in counts if at != _NOBODY and owners[at].revision < revision}
        whole = {at for at in counts if at != _NOBODY and at not in lower and owners[at].state in SENT}
        sent += sum(counts[at] for at in whole)
        if lower or _NOBODY in counts:
            free = lower | {_NOBODY}
            new.append((revision, [index for index, at in zip(indexes, found, strict=True) if at in free]))
            resent.update(index for index, at in zip(indexes, found, strict=True) if at in lower)
        if doubtful := counts.keys() - lower - whole - {_NOBODY}:
            for index, at in zip(indexes, found, strict=True):
                if at in doubtful:
                    held.setdefault(at, []).append(index)
    return Delta(tuple(new), sent, frozenset(resent), tuple((owners[at], some) for at, some in held.items()))


def recorded_keys(attempts: Sequence[Attempt]) -> set[bytes]:
    """The keys of everything that some attempt holds."""
    return set(_owners([attempt for attempt in attempts if holds(attempt)]))


def _owners(attempts: Sequence[Attempt]) -> dict[bytes, int]:
    """For each key, the index of the attempt that holds it; the last one where several do."""
    owner_of: dict[bytes, int] = {}
    for at, attempt in enumerate(attempts):
        owner_of.update(dict.fromkeys(unpack_keys(attempt.keys or b""), at))
    return owner_of
