"""Object lists as checksum files: what md5sum, sha256sum and xxhsum write, BSD style too, and manifests of BagIt.

The paths are the objects. Checksums are checked for their form only: they are no part of what identifies an object.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.core.paths import canonical
from jetplan.errors import Place
from jetplan.manifest import shortcuts
from jetplan.manifest.endings import DIGITS
from jetplan.manifest.lists.rows import are_ordinary_files, take_many, take_row
from jetplan.manifest.lists.textlist import lines_of
from jetplan.manifest.lists.unpack import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings

_ANY_TAG = re.compile(r"([A-Z0-9_-]+) ?\(.+\) ?= ?[0-9a-fA-F]+")


def read_checksums(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings, algorithm: str) -> None:
    """Put the file of every line into columns. Lines that begin with `#` are comments, as for the tools themselves."""
    digits = f"[0-9a-fA-F]{{{DIGITS[algorithm]}}}"
    mark = "(?:XXH3_)?" if algorithm == "xxh3" else ""
    reader = _Reader(
        columns,
        findings,
        f"a line of {algorithm}sum",
        re.compile(rf"{mark}{digits} [ *](.+)"),
        re.compile(rf"{algorithm.upper()} \((.+)\) = {digits}"),
    )
    reader.read(chunks)


def read_bagit(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings, algorithm: str) -> None:
    """Put the file of every line of a BagIt manifest (RFC 8493) into columns."""
    line = re.compile(rf"[0-9a-fA-F]{{{DIGITS[algorithm]}}}[ \t]+\*?([^ \t].*)")
    _Reader(columns, findings, f"a line of a BagIt manifest with {algorithm}", line, None).read(chunks)


class _Reader:
    """One file whose lines are of one or two shapes; the first group of each is the path."""

    def __init__(
        self,
        columns: Columns,
        findings: Findings,
        kind: str,
        line: re.Pattern[str],
        tagged: re.Pattern[str] | None,
    ) -> None:
        self._columns = columns
        self._findings = findings
        self._kind = kind
        self._shapes = [each for each in (line, tagged) if each is not None]
        self._many = re.compile(f"^{line.pattern}$", re.MULTILINE)
        self._is_bag = tagged is None

    def read(self, chunks: Iterator[tuple[int, bytes]]) -> None:
        """Read all lines. Raises Stop where reading cannot go on."""
        for first_line, lines in lines_of(chunks, self._findings):
            if shortcuts.are_taken() and self._take_quickly(lines, first_line):
                continue
            for line, text in enumerate(lines, first_line):
                self._take(text, Place(self._findings.file, line))
                if self._findings.is_full():
                    raise Stop

    def _take_quickly(self, lines: list[str], first_line: int) -> bool:
        """Take a chunk at once if every line in it is of the first shape; else nothing."""
        text = "\n".join(lines)
        found = self._many.findall(text)
        if len(found) != len(lines) or (self._is_bag and "%" in text):
            return False
        paths = [canonical(path.removeprefix("./")) for path in found]
        if not are_ordinary_files(paths):
            return False
        self._columns.total += len(paths)
        take_many(self._columns, paths, [UNKNOWN_SIZE] * len(paths), first_line)
        return True

    def _take(self, text: str, place: Place) -> None:
        if text.startswith("#") and not self._is_bag:
            return
        self._columns.total += 1
        match = next((found for shape in self._shapes if (found := shape.fullmatch(text))), None)
        if match is None:
            self._refuse(text, place)
        elif self._is_bag and "%" in match[1]:
            message = "the path holds `%`, which versions of BagIt read in two ways"
            self._findings.refuse(place, "list-line", message, "list the bag's files in a CSV file instead")
        elif match[1].endswith("/"):
            self._findings.refuse(place, "list-line", "a folder has no checksum", "remove the line")
        else:
            take_row(self._columns, self._findings, place, match[1].removeprefix("./"))

    def _refuse(self, text: str, place: Place) -> None:
        message, hint = f"this is not {self._kind}", "name the list by the algorithm that made it, as in `sums.sha256`"
        if not text:
            message, hint = "the line is empty", "remove it"
        elif text.startswith("\\"):
            message, hint = "the name holds a backslash or a line break", "rename the file: no path may hold these"
        elif tag := _ANY_TAG.fullmatch(text):
            message = f"{message}: it says {tag[1]}"
        self._findings.refuse(place, "list-line", message, hint)
