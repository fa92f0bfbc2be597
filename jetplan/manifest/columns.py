"""Objects as they were read, in columns, with the place of each: what every reader of objects fills."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.clashes import ClashKind, clashes_of
from jetplan.core.objects import ObjectTable
from jetplan.core.paths import all_plain, cautions_of, faults_of
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

    def judge(self, findings: Findings, *, case_twins: bool) -> None:
        """Record what is wrong with each path, and with paths beside each other."""
        if self.paths and not all_plain(self.paths):
            for index, path in enumerate(self.paths):
                for fault in faults_of(path):
                    message = f"the path {quoted(path)} {fault.message}"
                    findings.refuse(self.place(index), fault.code, message, fault.hint)
                for caution in cautions_of(path):
                    message = f"the path {quoted(path)} {caution.message}"
                    findings.warn(self.place(index), caution.code, message, caution.hint)
        for clash in clashes_of(self.paths, case_twins=case_twins):
            say = _CLASHES[clash.kind]
            message, hint = say(self.paths[clash.second], self.paths[clash.first], str(self.place(clash.first)))
            findings.refuse(self.place(clash.second), clash.kind.value, message, hint)


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
    ClashKind.NORMAL_TWIN: lambda path, _, at: (
        f"the path {quoted(path)} looks the same as the one at {at}, and differs in how its accents are encoded",
        "remove one, or rename the file",
    ),
    ClashKind.CASE_TWIN: lambda path, other, at: (
        f"the path {quoted(path)} differs only in case from {quoted(other)} at {at}",
        "a destination may fold them into one; `allowCaseTwins: true` on the set accepts that",
    ),
}
