"""Objects as they were read, in columns, with the place of each. Every reader of objects fills them."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.clashes import ClashKind, clashes_of
from jetplan.core.objects import ObjectTable
from jetplan.core.paths import PathFault, cautions_of, faults_of, suspects
from jetplan.errors import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.manifest.findings import Findings

_COLUMN_BITS = 20
_COLUMN_MASK = (1 << _COLUMN_BITS) - 1


def packed_place(line: int, column: int = 0) -> int:
    """A line and a column, both from 1, as one number; column 0 means the whole line."""
    return line << _COLUMN_BITS | min(column, _COLUMN_MASK)


@dataclass(slots=True)
class Columns:
    """Canonical paths, sizes, own revisions by index, and packed places in `file`. `total` counts refused ones too."""

    file: str
    paths: list[str] = field(default_factory=list)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    places: array[int] = field(default_factory=lambda: array("Q"))
    revisions: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def place(self, index: int) -> Place:
        """Where one object stands."""
        packed = self.places[index]
        return Place(self.file, packed >> _COLUMN_BITS, packed & _COLUMN_MASK)

    def table(self, revision: int) -> ObjectTable:
        """The columns as the core takes them."""
        return ObjectTable(self.paths, self.sizes, revision, self.revisions)

    def judge(self, findings: Findings, allowed: frozenset[ClashKind] = frozenset()) -> None:
        """Record what is wrong or odd with each path, and with paths beside each other.

        Stops where no more problems would be kept: a list that is wrong throughout takes no longer than a sound one.
        """
        self._judge_each(findings)
        for clash in clashes_of(self.paths, allowed):
            if findings.is_full():
                return
            for at, other in ((clash.second, clash.first), (clash.first, clash.second))[: _PLACES.get(clash.kind, 1)]:
                message, hint = _CLASHES[clash.kind](self.paths[at], self.paths[other], str(self.place(other)))
                findings.refuse(self.place(at), clash.kind.value, message, hint)

    def _judge_each(self, findings: Findings) -> None:
        odd: dict[PathFault, list[int]] = {}
        for index in suspects(self.paths):
            path = self.paths[index]
            for fault in faults_of(path):
                findings.refuse(self.place(index), fault.code, f"the path {quoted(path)} {fault.message}", fault.hint)
            for caution in cautions_of(path):
                odd.setdefault(caution, []).append(index)
            if findings.is_full():
                break
        for caution, indexes in odd.items():
            more = f" (and {len(indexes) - 1} more)" if len(indexes) > 1 else ""
            message = f"the path {quoted(self.paths[indexes[0]])} {caution.message}{more}"
            findings.warn(self.place(indexes[0]), caution.code, message, caution.hint)


_HINT_FILE_ABOVE = (
    "if it is a folder, put a slash behind it and leave out what it holds, or remove its line; "
    "where the storage has no folders, `allowFilesAsFolders: true` on the set accepts both"
)
_CLASHES: dict[ClashKind, Callable[[str, str, str], tuple[str, str]]] = {
    ClashKind.TWICE: lambda path, _, at: (
        f"the path {quoted(path)} stands here a second time; the first is at {at}",
        "remove one: it would move twice",
    ),
    ClashKind.INSIDE: lambda path, other, at: (
        f"{quoted(path)} and {quoted(other)} at {at} overlap: one is a folder above the other",
        "remove one: its files would move twice",
    ),
    ClashKind.FILE_AND_FOLDER: lambda path, other, at: (
        f"{quoted(path)} and {quoted(other)} at {at} name one thing as a file and as a folder",
        "keep the one that is true",
    ),
    ClashKind.FILE_ABOVE: lambda path, other, at: (
        f"{quoted(path)} and {quoted(other)} at {at}: one is listed as a file, and the other lies inside it",
        _HINT_FILE_ABOVE,
    ),
    ClashKind.NORMAL_TWIN: lambda path, _, at: (
        f"the path {quoted(path)} looks the same as the one at {at}, and differs in how its accents are encoded",
        "remove one if both name one file; `allowUnicodeTwins: true` on the set accepts both",
    ),
    ClashKind.CASE_TWIN: lambda path, other, at: (
        f"the path {quoted(path)} differs only in case from {quoted(other)} at {at}",
        "a destination may fold them into one; `allowCaseTwins: true` on the set accepts that",
    ),
}

_PLACES = {ClashKind.FILE_ABOVE: 2}
"""How many of the two places a clash is reported at, where it is not only the second."""
