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
    """A new transfer whose every visible file is the batch's."""

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
    `roots` are the urls of the job's storage profiles.
    """
    if sighting is None:
        return Silence("the server does not show this job's files and transfers to these credentials")
    if attempt.baseline is None:
        return Silence("nothing is known of what was there before sending, so nothing can be told apart")
    fresh = _fresh_transfers(sighting, set(attempt.baseline.get("transfers", ())))
    mine = frozenset(unpack_keys(attempt.keys or b""))
    theirs = frozenset(key for other in others if _rivals(attempt, other) for key in unpack_keys(other.keys or b""))
    counts = {each.transfer_id: each.count for each in sighting.transfers}
    for transfer_id, files in fresh.items():
        paths = [_own_path(file.url, roots, mine) for file in files]
        own = [path for path in paths if path is not None]
        shared = any(_own_path(file.url, roots, theirs) for file in files)
        count = counts.get(transfer_id)
        too_many = count is not None and count > attempt.objects and attempt.unknown_sizes == 0
        if len(own) == len(files) and not shared and not too_many:
            return Evidence(transfer_id, own[:5], len(own))
    looked = f"{len(sighting.files)} files and {len(sighting.transfers)} transfers under way were looked at"
    count = len(fresh)
    return Silence(f"{looked}; {count} transfers are new and none of them is provably this batch" if count else looked)


def _fresh_transfers(sighting: Sighting, before: AbstractSet[str]) -> dict[str, list[SeenFile]]:
    by_transfer: dict[str, list[SeenFile]] = {}
    for file in sighting.files:
        if file.transfer_id and file.transfer_id not in before:
            by_transfer.setdefault(file.transfer_id, []).append(file)
    return by_transfer


def _rivals(attempt: Attempt, other: Attempt) -> bool:
    """Whether a new transfer on the job could be the other attempt's. Times are not asked: clocks may be wrong."""
    return other.attempt_id != attempt.attempt_id and other.job_id == attempt.job_id and other.state not in RELEASED


def _own_path(url: str, roots: Sequence[str], mine: AbstractSet[bytes]) -> str | None:
    """The batch's path that a listed url stands for, if any: under a profile's root, or relative to it."""
    for path in candidate_paths(url, roots):
        if object_key(path) in mine or object_key(path.rstrip("/") + "/") in mine:
            return path
        if any(object_key(folder) in mine for folder in folders_above(path)):
            return path
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
