"""Evidence that a doubtful delivery was accepted: positive only. Finding none proves nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jetplan.core.attempts import RELEASED
from jetplan.core.objects import folders_above, object_key, unpack_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.core.attempts import Attempt


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file or folder the job has moved, as the server lists it. `url` as sent; ids may be empty."""

    url: str
    transfer_id: str


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """A transfer under way. `count` objects in its manifest, where the server says."""

    transfer_id: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the server shows of one job at one moment."""

    files: Sequence[SeenFile] = ()
    transfers: Sequence[SeenTransfer] = ()

    def transfer_ids(self) -> set[str]:
        """Every transfer that can be seen, under way or behind a file."""
        seen = {file.transfer_id for file in self.files} | {transfer.transfer_id for transfer in self.transfers}
        return seen - {""}

    def baseline(self) -> dict[str, Any]:
        """What an attempt keeps of this, to know later what was there before it."""
        return {"transfers": sorted(self.transfer_ids())}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A new transfer (the first of several) whose every visible file is the batch's, and which leaves out none."""

    transfer_id: str
    paths: Sequence[str]
    files: int


@dataclass(frozen=True, slots=True)
class Silence:
    """No evidence; `why` is what was looked at, for the person who has to decide."""

    why: str


def judge(
    attempt: Attempt, sighting: Sighting | None, roots: Sequence[str], others: Iterable[Attempt]
) -> Evidence | Silence:
    """Whether what the server shows proves that a doubtful delivery was accepted.

    A transfer counts if it was not in the attempt's baseline, every one of its files that can be seen belongs to the
    batch, and no other attempt on the job (`others`, with keys; released ones do not matter) could own any of them.
    Together those must account for every object of the batch: a part may have been sent by hand, and says nothing of
    the rest. `roots` are the urls of the job's storage profiles.
    """
    if sighting is None:
        return Silence("the server does not show this job's files and transfers to these credentials")
    if attempt.baseline is None:
        return Silence("nothing is known of what was there before sending, so nothing can be told apart")
    fresh = _fresh_transfers(sighting, set(attempt.baseline.get("transfers", ())))
    mine = frozenset(unpack_keys(attempt.keys or b""))
    theirs = frozenset(key for other in others if _rivals(attempt, other) for key in unpack_keys(other.keys or b""))
    counts = {each.transfer_id: each.count for each in sighting.transfers}
    accounted: set[bytes] = set()
    found: list[tuple[str, list[str]]] = []
    for transfer_id, files in fresh.items():
        own = [match for file in files if (match := _own_path(file.url, roots, mine)) is not None]
        shared = any(_own_path(file.url, roots, theirs) for file in files)
        count = counts.get(transfer_id) if attempt.unknown_sizes == 0 else None
        if len(own) < len(files) or shared or (count is not None and count > attempt.objects):
            continue
        found.append((transfer_id, [path for path, _ in own]))
        # Sizes are known for files only: with all of them known, the transfer's own count tells whether it is whole.
        accounted |= mine if count == attempt.objects else {key for _, key in own}
    if found and accounted == mine:
        transfer_id, paths = found[0]
        return Evidence(transfer_id, paths[:5], len(paths))
    return _silence(sighting, len(fresh), len(accounted), len(mine))


def _silence(sighting: Sighting, fresh: int, accounted: int, objects: int) -> Silence:
    looked = f"{len(sighting.files)} files and {len(sighting.transfers)} transfers under way were looked at"
    if accounted:
        return Silence(
            f"{looked}; {accounted} of its {objects} objects are in new transfers and the others in none yet: "
            "all of it may be on its way, or somebody sent these by hand"
        )
    return Silence(f"{looked}; {fresh} transfers are new and none of them is provably this batch" if fresh else looked)


def _fresh_transfers(sighting: Sighting, before: AbstractSet[str]) -> dict[str, list[SeenFile]]:
    by_transfer: dict[str, list[SeenFile]] = {}
    for file in sighting.files:
        if file.transfer_id and file.transfer_id not in before:
            by_transfer.setdefault(file.transfer_id, []).append(file)
    return by_transfer


def _rivals(attempt: Attempt, other: Attempt) -> bool:
    """Whether a new transfer on the job could be the other attempt's. Times are not asked: clocks may be wrong."""
    return other.attempt_id != attempt.attempt_id and other.job_id == attempt.job_id and other.state not in RELEASED


def _own_path(url: str, roots: Sequence[str], mine: AbstractSet[bytes]) -> tuple[str, bytes] | None:
    """The path that a listed url stands for and the batch's key that covers it, if any does."""
    for path in candidate_paths(url, roots):
        for named in (path, path.rstrip("/") + "/", *folders_above(path)):
            key = object_key(named)
            if key in mine:
                return path, key
    return None


def candidate_paths(url: str, roots: Sequence[str]) -> list[str]:
    """The canonical paths a url may stand for: percent-decoded and as it is; Windows and UNC roots understood."""
    shapes = dict.fromkeys([_slashed(unquote(url)), _slashed(url)])
    bases = sorted({shape for root in roots if root for shape in (_slashed(unquote(root)), _slashed(root))}, key=len)
    found: list[str] = []
    for shape in shapes:
        for base in reversed(bases):
            root = base.rstrip("/")
            if shape.casefold().startswith(root.casefold() + "/"):
                found.append(shape[len(root) :])
        if "://" not in url:
            found.append(shape if shape.startswith("/") else "/" + shape)
    return list(dict.fromkeys(found))


def _slashed(url: str) -> str:
    """Without scheme and host part of `file://`, backslashes turned, drive letters kept."""
    plain = url.replace("\\", "/")
    if plain.casefold().startswith("file://"):
        plain = plain[7:]
    return plain


def evidence_detail(evidence: Evidence) -> Mapping[str, Any]:
    """What the ledger keeps of the evidence."""
    return {
        "evidence": f"transfer {evidence.transfer_id} holds {evidence.files} of its files",
        "paths": list(evidence.paths),
    }
