"""What of one delivery set is new, what the server has, and what is held by attempts nobody knows the end of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.attempts import SENT, State
from jetplan.core.objects import KEY_BYTES, object_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.core.objects import ObjectTable


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
    """Whether an unreleased attempt holds its objects: a dead run's mere intention does not."""
    return attempt.state is not State.INTENDED or attempt.live


def difference(table: ObjectTable, attempts: Sequence[Attempt]) -> Delta:
    """A table against the unreleased attempts on its set, each with its packed keys.

    An object is sent once per revision, and lowering a revision never sends: an attempt at the wanted revision
    or above holds the object.
    """
    owners = [attempt for attempt in attempts if holds(attempt)]
    if not owners:
        return Delta(tuple(table.by_revision().items()))
    owner_of = _owners(owners)
    new: list[tuple[int, Sequence[int]]] = []
    held: dict[str, tuple[Attempt, list[int]]] = {}
    resent: set[int] = set()
    sent = 0
    for revision, indexes in table.by_revision().items():
        fresh: list[int] = []
        for index in indexes:
            owner = owner_of.get(object_key(table.paths[index]))
            if owner is None:
                fresh.append(index)
            elif owner.revision < revision:
                fresh.append(index)
                resent.add(index)
            elif owner.state in SENT:
                sent += 1
            else:
                held.setdefault(owner.attempt_id, (owner, []))[1].append(index)
        if fresh:
            new.append((revision, fresh))
    return Delta(tuple(new), sent, frozenset(resent), tuple(held.values()))


def recorded_keys(attempts: Sequence[Attempt]) -> set[bytes]:
    """The keys of everything that some attempt holds."""
    return set(_owners([attempt for attempt in attempts if holds(attempt)]))


def _owners(attempts: Sequence[Attempt]) -> dict[bytes, Attempt]:
    """The attempt at the highest revision that holds each key; of equals, the newest."""
    owner_of: dict[bytes, Attempt] = {}
    for attempt in sorted(attempts, key=lambda each: (each.revision, each.created_on)):
        packed = attempt.keys or b""
        for at in range(0, len(packed), KEY_BYTES):
            owner_of[packed[at : at + KEY_BYTES]] = attempt
    return owner_of
