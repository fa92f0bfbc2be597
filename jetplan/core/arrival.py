"""What arrived of one accepted delivery, file by file, as the server lists it. Pure.

Only what is listed counts. A file that is not listed has neither arrived nor failed: it is missing, and never retried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from jetplan.core.listed import Meaning, lists_encoded, meanings
from jetplan.core.objects import UNKNOWN_SIZE, is_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.core.listed import SeenFile

COMPLETED, FAILED = "COMPLETED", "FAILED"
ENDED = frozenset({COMPLETED, FAILED})
"""The server's words for a delivery that has ended."""


@dataclass(frozen=True, slots=True)
class NotMoved:
    """A file that did not arrive. `size` in bytes, UNKNOWN_SIZE where neither manifest nor server says it."""

    path: str
    size: int = UNKNOWN_SIZE
    reason: str = ""
    sure: bool = True
    """Whether its listed name can be read in one way only."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed file and why it failed, where the server says so."""

    file: SeenFile
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TransferSum:
    """What a transfer says of itself: the files in it, their bytes, and how many of them were skipped."""

    files: int
    size: int
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    """How much of a delivery arrived. `state` is the server's word on it, empty where it cannot be asked for.

    `files` and `size` are what was to arrive: the declared files; where there are folders, what the transfers say.
    `size` sums the known sizes. `missing` are declared files that are listed in no way, or with another size.
    `unnamed` counts files that the transfers hold beyond all that are listed; `skipped` says how many of these the
    server says it left out.
    """

    state: str = ""
    files: int = 0
    size: int = 0
    moved: int = 0
    moved_size: int = 0
    moving: int = 0
    failed: Sequence[NotMoved] = ()
    missing: Sequence[NotMoved] = ()
    unnamed: int = 0
    skipped: int = 0

    @property
    def lacking(self) -> int:
        """How many files are not known to have arrived."""
        return self.moving + len(self.failed) + len(self.missing) + self.unnamed

    @property
    def whole(self) -> bool:
        """Whether every file was seen complete."""
        return self.moved > 0 and not self.lacking

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come, as far as the server says."""
        if self.state:
            return self.state in ENDED
        return self.whole or bool(self.failed and not (self.moving or self.missing or self.unnamed))

    def left(self) -> Sequence[NotMoved]:
        """The files that are named and did not arrive."""
        return (*self.failed, *self.missing)

    def kept(self, most: int) -> Arrival:
        """The same with at most so many names in each list; the other files are counted as unnamed."""
        beyond = max(len(self.failed) - most, 0) + max(len(self.missing) - most, 0)
        if not beyond:
            return self
        cut = self.failed[:most], self.missing[:most]
        return replace(self, failed=cut[0], missing=cut[1], unnamed=self.unnamed + beyond)

    def counts(self) -> Arrival:
        """The same without names."""
        return self.kept(0)

    def arrived(self) -> Arrival:
        """The part of it that arrived."""
        return Arrival(self.state, self.moved, self.moved_size, self.moved, self.moved_size)

    def document(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        kept: dict[str, Any] = {"state": self.state, **{name: getattr(self, name) for name in _NUMBERS}}
        for name in ("failed", "missing"):
            kept[name] = [[each.path, each.size, each.reason, each.sure] for each in getattr(self, name)]
        return kept

    @staticmethod
    def of(document: Mapping[str, Any]) -> Arrival:
        """What `document` made. Raises TypeError, ValueError or KeyError where it did not make it."""
        numbers = {name: _number(document[name]) for name in _NUMBERS}
        failed, missing = (tuple(map(_named, document[name])) for name in ("failed", "missing"))
        return Arrival(str(document["state"]), **numbers, failed=failed, missing=missing)


def sum_of(arrivals: Sequence[Arrival]) -> Arrival:
    """Several deliveries together."""
    numbers = {name: sum(getattr(each, name) for each in arrivals) for name in _NUMBERS}
    failed, missing = (tuple(one for each in arrivals for one in getattr(each, name)) for name in ("failed", "missing"))
    return Arrival("", **numbers, failed=failed, missing=missing)


_NUMBERS = ("files", "size", "moved", "moved_size", "moving", "unnamed", "skipped")


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def _named(value: Sequence[Any]) -> NotMoved:
    path, size, reason, sure = value
    if not isinstance(path, str) or not isinstance(size, int) or not isinstance(reason, str):
        raise TypeError(value)
    return NotMoved(path, size, reason, bool(sure))


class _Rank(IntEnum):
    """Of several records of one file the highest counts: what failed may have been tried again."""

    FAILED = 0
    MOVING = 1
    COMPLETED = 2


def arrival_of(
    declared: Mapping[str, int],
    listed: Iterable[Listed],
    sums: Mapping[str, TransferSum],
    source_root: str,
    state: str,
) -> Arrival:
    """What arrived of a delivery. `declared`: its canonical paths with their sizes.

    `listed`: the files of its transfers and of no other (see `own_files`). `sums`: its transfers, as far as they were
    viewed.
    """
    files = list(listed)
    best = _best(declared, files, source_root)
    named = [path for path in declared if not is_folder(path)]
    wrong = {path: each for path in named if (each := _of_another_size(path, declared[path], best.get(path)))}
    moved = [path for path, each in best.items() if each.rank is _Rank.COMPLETED and path not in wrong]
    missing = [NotMoved(path, declared[path], "Jet does not list it") for path in named if path not in best]
    known = best.keys() | set(named)
    files_in_all, bytes_in_all = len(known), sum(_size(path, best, declared) for path in known)
    if len(named) < len(declared) and sums and {each.file.transfer_id for each in files} <= sums.keys():
        files_in_all = max(files_in_all, sum(each.files for each in sums.values()))
        bytes_in_all = max(bytes_in_all, sum(each.size for each in sums.values()))
    return Arrival(
        state,
        files_in_all,
        bytes_in_all,
        len(moved),
        sum(_size(path, best, declared) for path in moved),
        sum(each.rank is _Rank.MOVING for each in best.values()),
        tuple(_not_moved(path, best, declared) for path in sorted(best) if best[path].rank is _Rank.FAILED),
        (*missing, *wrong.values()),
        files_in_all - len(known),
        sum(each.skipped for each in sums.values()),
    )


@dataclass(frozen=True, slots=True)
class _Record:
    """The best record of one file."""

    rank: _Rank
    size: int
    reason: str
    sure: bool


def _best(declared: Mapping[str, int], files: Sequence[Listed], source_root: str) -> dict[str, _Record]:
    """Each file's best record, by canonical path. Folders are left out, and what may be two declared files."""
    encoded = lists_encoded((each.file.url for each in files), source_root, declared.__contains__)
    best: dict[str, _Record] = {}
    for each in files:
        found = _meanings(each.file, source_root, declared, encoded=encoded)
        covered = [meaning for meaning in found if meaning.declared is not None]
        if not covered or covered[0].path.endswith("/"):
            continue
        if len({meaning.path for meaning in covered}) > 1 and any(meaning.by_name for meaning in covered):
            continue
        path, rank = covered[0].path, _rank(each.file)
        if path not in best or rank > best[path].rank:
            size = UNKNOWN_SIZE if each.file.size is None else each.file.size
            if rank is _Rank.FAILED and size == 0:  # a file that is not there has no size
                size = UNKNOWN_SIZE
            best[path] = _Record(rank, size, each.reason, len({meaning.path for meaning in covered}) == 1)
    return best


def _of_another_size(path: str, declared: int, record: _Record | None) -> NotMoved | None:
    if record is None or record.rank is not _Rank.COMPLETED or UNKNOWN_SIZE in {declared, record.size}:
        return None
    if record.size == declared:
        return None
    return NotMoved(path, declared, f"it arrived with {record.size:,} bytes instead of {declared:,}")


def _size(path: str, best: Mapping[str, _Record], declared: Mapping[str, int]) -> int:
    """A file's size, as far as it is known; else 0."""
    size = best[path].size if path in best else UNKNOWN_SIZE
    return max(size if size != UNKNOWN_SIZE else declared.get(path, UNKNOWN_SIZE), 0)


def _not_moved(path: str, best: Mapping[str, _Record], declared: Mapping[str, int]) -> NotMoved:
    record = best[path]
    size = record.size if record.size != UNKNOWN_SIZE else declared.get(path, UNKNOWN_SIZE)
    return NotMoved(path, size, record.reason, record.sure)


def _rank(file: SeenFile) -> _Rank:
    if file.failed:
        return _Rank.FAILED
    return _Rank.COMPLETED if file.arrived else _Rank.MOVING


def own_files(
    listed: Sequence[Listed],
    before: AbstractSet[str],
    declared: Mapping[str, int],
    source_root: str,
    *,
    alone: bool,
) -> list[Listed]:
    """The files of the transfers that can be this delivery's.

    A transfer can be when it is not one of `before` and holds something that was declared, `alone`: nothing else.
    """
    by_transfer: dict[str, list[tuple[Listed, bool]]] = {}
    for each in listed:
        if each.file.transfer_id and each.file.transfer_id not in before:
            mine = _is_declared(each.file, declared, source_root)
            by_transfer.setdefault(each.file.transfer_id, []).append((each, mine))
    return [
        each
        for files in by_transfer.values()
        if not alone or all(mine for _, mine in files)
        for each, mine in files
        if mine
    ]


def _is_declared(file: SeenFile, declared: Mapping[str, int], source_root: str) -> bool:
    return any(each.declared is not None for each in _meanings(file, source_root, declared))


def _meanings(
    file: SeenFile, source_root: str, declared: Mapping[str, int], *, encoded: bool = False
) -> Sequence[Meaning]:
    """The same as `meanings`: most names have one reading and are declared as they are, which takes no search."""
    root = source_root.rstrip("/")
    if file.url.startswith(f"{root}/") and file.file_type != "directory":
        path = file.url[len(root) :]
        if path in declared and "%" not in file.url and "\\" not in file.url and not is_folder(path):
            return (Meaning(path, path),)
    return meanings(file, source_root, declared.__contains__, encoded=encoded)
