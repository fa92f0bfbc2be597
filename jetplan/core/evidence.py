"""Evidence that a doubtful delivery was accepted: positive only. Finding none proves nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING, Any

from jetplan.core.attempts import RELEASED, SENT
from jetplan.core.listed import Meaning, SeenFile, lists_encoded, meanings, readings
from jetplan.core.objects import UNKNOWN_SIZE, folders_above, is_folder, object_key, unpack_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.core.attempts import Attempt

_MOST_PATHS = 20
"""Names of failed files that the ledger keeps."""


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """A transfer, under way or summed up. `count` files of `size` bytes are in its manifest, where the server says."""

    transfer_id: str
    count: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the server shows of one job at one moment, as far as it matters.

    `looked_at`: how many files were looked at; most of them are not kept. `spellings`: urls among these that may tell
    whether the server percent-encodes what it lists.
    """

    files: Sequence[SeenFile] = ()
    transfers: Sequence[SeenTransfer] = ()
    looked_at: int = 0
    spellings: Sequence[str] = ()

    def transfer_ids(self) -> set[str]:
        """Every transfer that can be seen, under way or behind a file."""
        seen = {file.transfer_id for file in self.files} | {transfer.transfer_id for transfer in self.transfers}
        return seen - {""}

    def baseline(self) -> dict[str, Any]:
        """What an attempt keeps of this, to know later what was there before it."""
        return {"transfers": sorted(self.transfer_ids())}


@dataclass(frozen=True, slots=True)
class Evidence:
    """New transfers (the first is named) in which every object of the batch is seen, and nothing else.

    `failed`: the files of them that the server says did not arrive.
    """

    transfer_id: str
    paths: Sequence[str]
    files: int
    failed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """No evidence; `why` is what was looked at, for the person who has to decide.

    `unsummed`: transfers whose own count and bytes would tell more.
    """

    why: str
    unsummed: Sequence[str] = ()


def judge(
    attempt: Attempt,
    declared: Mapping[str, int],
    sighting: Sighting | None,
    source_root: str,
    others: Sequence[Attempt],
) -> Evidence | Silence:
    """Whether what the server shows proves that a doubtful delivery was accepted.

    A transfer counts if it was not in the attempt's baseline, every one of its files that can be seen belongs to the
    batch in every reading of its spelling, with the declared size, and no other attempt on the job (`others`, with
    keys; released ones do not matter) could own any of them. Together those must show every object of the batch by
    name: a part may have been sent by hand, and says nothing of the rest. A folder of which only content is seen
    counts where the transfer's own count and bytes say that all of it is seen. `declared`: the batch's canonical
    paths with their sizes. `source_root`: the url of the job's source.
    """
    if sighting is None:
        return Silence("the server does not show this job's files and transfers to these credentials")
    if attempt.baseline is None:
        return Silence(
            "it is not known what the job showed before sending, so its own files cannot be told from older ones"
        )
    fresh = _fresh_transfers(sighting, set(attempt.baseline.get("transfers", ())))
    view = _View(declared, source_root, _keys(each for each in others if _rivals(attempt, each)))
    view.encoded = lists_encoded(_urls(sighting), source_root, _holds(_keys(_accepted(attempt, others))))
    sums = {each.transfer_id: each for each in sighting.transfers}
    found = [
        found
        for transfer_id, files in fresh.items()
        if (found := _of_transfer(transfer_id, files, sums.get(transfer_id), view)) is not None
    ]
    accounted = {path for each in found for path in each.accounted}
    if found and len(accounted) == len(declared):
        return _evidence(found)
    unsummed = [each.transfer_id for each in found if each.unsummed]
    return _silence(sighting, len(fresh), len(accounted), len(declared), unsummed)


@dataclass(slots=True)
class _View:
    """What the files of a transfer are compared with."""

    declared: Mapping[str, int]
    root: str
    theirs: AbstractSet[bytes]
    encoded: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """A transfer that is the batch's: the declared objects that it accounts for, and the state of each file in it."""

    transfer_id: str
    accounted: AbstractSet[str]
    states: Mapping[str, _Rank]
    unsummed: bool


class _Rank(IntEnum):
    """The states of a file, the better one higher: where a file is listed twice, a later try may have succeeded."""

    FAILED = 0
    NOT_FAILED = 1


def _of_transfer(transfer_id: str, files: Sequence[SeenFile], total: SeenTransfer | None, view: _View) -> _Found | None:
    """What a new transfer accounts for; None where one of its files may not be the batch's."""
    named: set[str] = set()
    within: set[str] = set()
    states: dict[str, _Rank] = {}
    sizes: dict[str, int | None] = {}
    for file in files:
        meant = _meant(file, view)
        if meant is None or meant.declared is None:
            return None
        (named if meant.by_name else within).add(meant.declared)
        rank = _Rank.FAILED if file.failed else _Rank.NOT_FAILED
        states[meant.path] = max(rank, states.get(meant.path, _Rank.FAILED))
        if not meant.path.endswith("/"):
            sizes[meant.path] = file.size
    if (
        total
        and total.count is not None
        and total.count > len(view.declared)
        and not any(map(is_folder, view.declared))
    ):
        return None
    whole = total is not None and _is_whole(total, sizes, len(states))
    summed = total is not None and total.count is not None
    return _Found(transfer_id, named | within if whole else named, states, bool(within - named) and not summed)


def _meant(file: SeenFile, view: _View) -> Meaning | None:
    """What a file stands for, where that is beyond doubt and its size is the declared one."""
    found = meanings(file, view.root, view.declared.__contains__, encoded=view.encoded)
    if not found or any(other.declared != found[0].declared for other in found):
        return None
    if any(each.declared for each in meanings(file, view.root, _holds(view.theirs), encoded=view.encoded)):
        return None
    first = found[0]
    wanted = view.declared[first.declared] if first.declared and first.by_name else UNKNOWN_SIZE
    agrees = wanted == UNKNOWN_SIZE or file.size is None or file.size == wanted
    return first if agrees or is_folder(first.path) else None


def _is_whole(total: SeenTransfer, sizes: Mapping[str, int | None], entries: int) -> bool:
    """Whether a transfer's own count and bytes say that every file of it is seen."""
    known = [size for size in sizes.values() if size is not None]
    return total.count in {len(sizes), entries} and len(known) == len(sizes) and total.size == sum(known)


def _evidence(found: Sequence[_Found]) -> Evidence:
    states: dict[str, _Rank] = {}
    for each in found:
        for path, rank in each.states.items():
            states[path] = max(rank, states.get(path, _Rank.FAILED))
    failed = sorted(path for path, rank in states.items() if rank is _Rank.FAILED)
    return Evidence(found[0].transfer_id, list(found[0].states)[:5], len(found[0].states), failed)


def _silence(sighting: Sighting, fresh: int, accounted: int, objects: int, unsummed: Sequence[str]) -> Silence:
    files = max(len(sighting.files), sighting.looked_at)
    looked = f"{files} files and {len(sighting.transfers)} transfers under way were looked at"
    if accounted:
        return Silence(
            f"{looked}; {accounted} of its {objects} objects are in new transfers and the others in none yet: "
            "all of it may be on its way, or somebody sent these by hand",
            unsummed,
        )
    new = f"{looked}; {fresh} transfers are new and none of them is provably this batch"
    return Silence(new if fresh else looked, unsummed)


def _urls(sighting: Sighting) -> Iterable[str]:
    return chain((file.url for file in sighting.files), sighting.spellings)


def _keys(attempts: Iterable[Attempt]) -> AbstractSet[bytes]:
    return frozenset(key for each in attempts for key in unpack_keys(each.keys or b""))


def _holds(keys: AbstractSet[bytes]) -> Callable[[str], bool]:
    return lambda path: object_key(path) in keys


def _fresh_transfers(sighting: Sighting, before: AbstractSet[str]) -> dict[str, list[SeenFile]]:
    by_transfer: dict[str, list[SeenFile]] = {}
    for file in sighting.files:
        if file.transfer_id and file.transfer_id not in before:
            by_transfer.setdefault(file.transfer_id, []).append(file)
    return by_transfer


def _rivals(attempt: Attempt, other: Attempt) -> bool:
    """Whether a new transfer on the job could be the other attempt's. Times are not asked: clocks may be wrong."""
    return other.attempt_id != attempt.attempt_id and other.job_id == attempt.job_id and other.state not in RELEASED


def _accepted(attempt: Attempt, others: Iterable[Attempt]) -> Iterable[Attempt]:
    """The other attempts on the job that the server is known to have."""
    return (each for each in others if _rivals(attempt, each) and each.state in SENT)


def paths_in_question(sighting: Sighting, source_root: str) -> set[str]:
    """Every object that a listed file may stand for, or lie in. Attempts that hold none of these do not matter."""
    paths: set[str] = set()
    for url in _urls(sighting):
        for path in readings(url, source_root):
            paths.update((path, path.rstrip("/") + "/", *folders_above(path)))
    return paths


def evidence_detail(evidence: Evidence) -> Mapping[str, Any]:
    """What the ledger keeps of the evidence."""
    return {
        "evidence": f"transfer {evidence.transfer_id} holds {evidence.files} of its files",
        "paths": list(evidence.paths),
    }


def failure_detail(evidence: Evidence) -> Mapping[str, Any]:
    """What the ledger keeps of a delivery that was accepted, and of whose files the server says that some failed."""
    named = list(evidence.failed[:_MOST_PATHS])
    more = f" and {len(evidence.failed) - len(named)} more" if len(evidence.failed) > len(named) else ""
    reason = f"the server lists {len(evidence.failed)} of its files as failed: {', '.join(named)}{more}"
    return {"state": "FAILED", "reason": reason, "failedFiles": len(evidence.failed), "paths": named}
