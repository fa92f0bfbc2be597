"""Objects of one delivery set that cannot stand beside each other: the same twice, twins, and what is inside a folder.

Pure functions over canonical paths. A quick check over sorted columns comes first. Only if it found something,
the exact pairs in manifest order.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum
from itertools import compress, islice, repeat
from operator import eq
from typing import TYPE_CHECKING

from jetplan.core.objects import folders_above

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CHUNK = 1 << 16


class ClashKind(Enum):
    """How two objects of one set clash."""

    TWICE = "path-twice"
    INSIDE = "path-inside-folder"
    FILE_AND_FOLDER = "path-file-and-folder"
    FILE_ABOVE = "path-file-above"
    NORMAL_TWIN = "path-unicode-twin"
    CASE_TWIN = "path-case-twin"


@dataclass(frozen=True, slots=True)
class Clash:
    """Two objects by index, `first` before `second` in manifest order; for FILE_ABOVE, `first` is the file above."""

    kind: ClashKind
    first: int
    second: int


def clashes_of(paths: Sequence[str], allowed: frozenset[ClashKind] = frozenset()) -> Iterator[Clash]:
    """Every clash among one set's canonical paths that is not allowed, by the later one's index.

    Of what lies below one file, only the first object is told, after all else.
    """
    if _may_clash(paths):
        yield from (clash for clash in _exact(paths) if clash.kind not in allowed)
        if ClashKind.FILE_ABOVE not in allowed:
            yield from _files_above(paths)


def _may_clash(paths: Sequence[str]) -> bool:
    ordered = sorted(paths)
    if any(map(eq, ordered, islice(ordered, 1, None))):
        return True
    has_folders = any(map(str.endswith, ordered, repeat("/")))
    if has_folders and any(path[-1] == "/" and _folder_clashes(ordered, at, path) for at, path in enumerate(ordered)):
        return True
    if _has_file_above(ordered):
        return True
    # Twins have one folded form. Hashes take less memory than texts; a collision only costs the exact check.
    return not are_folded(ordered) and len(set(map(hash, map(folded, ordered)))) < len(ordered)


def _folder_clashes(ordered: Sequence[str], at: int, folder: str) -> bool:
    if at + 1 < len(ordered) and ordered[at + 1].startswith(folder):
        return True
    file = folder[:-1]
    found = bisect_left(ordered, file)
    return found < len(ordered) and ordered[found] == file


def _has_file_above(ordered: Sequence[str]) -> bool:
    begins = map(str.startswith, islice(ordered, 1, None), ordered)
    for file in compress(ordered, begins):
        at = bisect_left(ordered, file + "/")
        if at < len(ordered) and ordered[at].startswith(file + "/"):
            return True
    return False


def _parents(paths: Sequence[str]) -> set[str]:
    """The paths of all folders that hold an object, written as files."""
    nearest = {path.rstrip("/").rpartition("/")[0] for path in paths}
    found: set[str] = set()
    while nearest:
        found |= nearest
        nearest = {folder.rpartition("/")[0] for folder in nearest} - found
    return found - {""}


def _files_above(paths: Sequence[str]) -> Iterator[Clash]:
    files = _parents(paths).intersection(paths)
    if not files:
        return
    above = {path: index for index, path in enumerate(paths) if path in files}
    for index, path in enumerate(paths):
        for folder in folders_above(path):
            file = above.pop(folder[:-1], None)
            if file is not None:
                yield Clash(ClashKind.FILE_ABOVE, file, index)


def are_folded(paths: Sequence[str]) -> bool:
    """Whether all paths are surely as `folded` would write them; False is only a maybe."""
    texts = ("".join(paths[at : at + _CHUNK]) for at in range(0, len(paths), _CHUNK))
    return all(text.isascii() and text == text.lower() for text in texts)


def folded(path: str) -> str:
    """A path in the form in which a storage compares it that ignores case and the encoding of accents."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def is_unicode_twin(one: str, other: str) -> bool:
    """Whether two spellings differ in how accents are encoded and in nothing else; either may be a folder above."""
    first, second = unicodedata.normalize("NFC", one), unicodedata.normalize("NFC", other)
    return first.startswith(second) or second.startswith(first)


def _exact(paths: Sequence[str]) -> Iterator[Clash]:
    folders = {path: index for index, path in enumerate(paths) if path.endswith("/")}
    seen: dict[str, int] = {}
    normals: dict[str, int] = {}
    twins: dict[str, int] = {}
    for index, path in enumerate(paths):
        first = seen.setdefault(path, index)
        if first != index:
            yield Clash(ClashKind.TWICE, first, index)
            continue
        above = next((folders[up] for up in folders_above(path) if up in folders), None)
        if above is not None:
            yield _pair(ClashKind.INSIDE, above, index)
        other = folders.get(path + "/")
        if other is not None:
            yield _pair(ClashKind.FILE_AND_FOLDER, other, index)
        normal = normals.setdefault(unicodedata.normalize("NFC", path), index)
        if normal != index:
            yield Clash(ClashKind.NORMAL_TWIN, normal, index)
        elif (twin := twins.setdefault(folded(path), index)) != index:
            yield Clash(ClashKind.CASE_TWIN, twin, index)


def _pair(kind: ClashKind, one: int, other: int) -> Clash:
    return Clash(kind, min(one, other), max(one, other))
