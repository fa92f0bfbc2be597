"""Object lists as plain text: one path a line, a trailing slash for a folder. No quotes, no comments, no escapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.errors import Place
from jetplan.manifest import shortcuts
from jetplan.manifest.lists.rows import are_ordinary_files, take_many, take_row
from jetplan.manifest.lists.unpack import Stop
from jetplan.manifest.text import mixed_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings


_CHECKSUM = re.compile(r"\\?[0-9a-fA-F]{16,128} [ *].")


def read_text(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every line of a plain list into columns. Empty lines may follow at the end only."""
    for first_line, paths in lines_of(chunks, findings):
        if shortcuts.are_taken() and are_ordinary_files(paths):
            columns.total += len(paths)
            take_many(columns, paths, [UNKNOWN_SIZE] * len(paths), first_line)
            continue
        for line, path in enumerate(paths, first_line):
            columns.total += 1
            _take(path, Place(findings.file, line), columns, findings)
            if findings.is_full():
                raise Stop


def _take(path: str, place: Place, columns: Columns, findings: Findings) -> None:
    if not path:
        findings.refuse(place, "list-line", "the line is empty", "remove it")
    elif _CHECKSUM.match(path):
        message = "this looks like a line of a checksum file, and a plain list holds nothing but paths"
        hint = "name the list by its algorithm, as in `sums.sha256`; if it is a name, put a slash in front of it"
        findings.refuse(place, "list-line", message, hint)
    else:
        take_row(columns, findings, place, path)


def lines_of(chunks: Iterator[tuple[int, bytes]], findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The lines of a text without their ends, many at a time, with the number of the first; never the empty ones last.

    Raises Stop where the kind of line end changes.
    """
    crlf: bool | None = None
    empty = 0
    for first_line, data in chunks:
        if crlf is None:
            crlf = data[: data.find(b"\n") + 1].endswith(b"\r\n")
        _check_ends(data, first_line, findings, crlf=crlf)
        end = "\r\n" if crlf else "\n"
        lines = data.decode("utf-8").removesuffix(end).split(end)
        last = len(lines)
        while last and not lines[last - 1]:
            last -= 1
        if last:
            yield first_line - empty, [""] * empty + lines[:last]
            empty = 0
        empty += len(lines) - last


def _check_ends(data: bytes, line: int, findings: Findings, *, crlf: bool) -> None:
    other, message = mixed_ends(data, crlf=crlf, first_line=line)
    if other:
        hint = "save the list with one kind of line end; no name can end in a carriage return"
        findings.refuse(Place(findings.file, other), "line-ends", message, hint)
        raise Stop
