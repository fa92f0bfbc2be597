"""Object lists as plain text: one path a line, a trailing slash for a folder. No quotes, no comments, no escapes."""

from __future__ import annotations

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


def read_text(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every line of a plain list into columns. Empty lines may follow at the end only."""
    crlf: bool | None = None
    empty_line = 0
    for first_line, data in chunks:
        if crlf is None:
            crlf = data[: data.find(b"\n") + 1].endswith(b"\r\n")
        _check_ends(data, first_line, findings, crlf=crlf)
        end = "\r\n" if crlf else "\n"
        paths = data.decode("utf-8").removesuffix(end).split(end)
        if shortcuts.are_taken() and not empty_line and are_ordinary_files(paths):
            columns.total += len(paths)
            take_many(columns, paths, [UNKNOWN_SIZE] * len(paths), first_line)
            continue
        for line, path in enumerate(paths, first_line):
            if not path:
                empty_line = empty_line or line
                continue
            if empty_line:
                findings.refuse(Place(findings.file, empty_line), "list-line", "the line is empty", "remove it")
                empty_line = 0
            columns.total += 1
            take_row(columns, findings, Place(findings.file, line), path)
            if findings.is_full():
                raise Stop


def _check_ends(data: bytes, line: int, findings: Findings, *, crlf: bool) -> None:
    other, message = mixed_ends(data, crlf=crlf, first_line=line)
    if other:
        hint = "save the list with one kind of line end; no name can end in a carriage return"
        findings.refuse(Place(findings.file, other), "line-ends", message, hint)
        raise Stop
