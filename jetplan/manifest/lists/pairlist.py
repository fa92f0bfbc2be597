"""Object lists as other transfer tools take them, with a source and a destination for each file: Globus and Aspera.

Jet puts a file at the same path below the destination's root, so a list is read only where both agree.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.paths import canonical
from jetplan.errors import Place
from jetplan.manifest.lists.rows import take_row
from jetplan.manifest.lists.textlist import lines_of
from jetplan.manifest.lists.unpack import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings

_RECURSIVE = {"--recursive", "-r"}


def read_globus(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every line of a batch for `globus transfer --batch` into columns: quoted as in a shell, `#` for comments."""
    for first_line, lines in lines_of(chunks, findings):
        for line, text in enumerate(lines, first_line):
            _take_batch_line(text, Place(findings.file, line), columns, findings)
            if findings.is_full():
                raise Stop


def read_aspera(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every pair of lines of a list for `ascp --file-pair-list` into columns: a source, then its destination."""
    source, line = "", 0
    for first_line, lines in lines_of(chunks, findings):
        for at, text in enumerate(lines, first_line):
            if not text:
                findings.refuse(Place(findings.file, at), "list-line", "the line is empty", "remove it")
            elif not source:
                source, line = text, at
            else:
                _take_pair(source, text, Place(findings.file, line), columns, findings)
                source = ""
            if findings.is_full():
                raise Stop
    if source:
        message = "the source of the last pair has no destination"
        hint = "name a list of sources alone .txt; a pair is two lines"
        findings.refuse(Place(findings.file, line), "list-line", message, hint)


def _take_batch_line(text: str, place: Place, columns: Columns, findings: Findings) -> None:
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        findings.refuse(place, "list-line", f"the line is not quoted as in a shell: {error}", "close the quote")
        return
    if _is_cut(text, words):
        message = "a `#` touches what stands before it, and would cut the path off there"
        findings.refuse(place, "list-line", message, "quote a path that holds `#`; put a blank before a comment")
        return
    options = [word for word in words if word.startswith("-")]
    paths = [word for word in words if not word.startswith("-")]
    if not words:
        return
    if unknown := [option for option in options if option not in _RECURSIVE]:
        message = f"the option {quoted(unknown[0], 40)} is none that a list of objects can follow"
        findings.refuse(place, "list-line", message, "only `--recursive` is understood, for a folder")
    elif len(paths) != 2:
        message = f"a line holds a source and a destination, and this one {len(paths)} paths"
        findings.refuse(place, "list-line", message, "quote a path that holds a blank")
    else:
        _take_pair(paths[0], paths[1], place, columns, findings, folder=bool(options))


def _is_cut(text: str, words: list[str]) -> bool:
    """Whether a comment begins inside a word."""
    try:
        return shlex.split(text)[: len(words)] != words
    except ValueError:  # a lone quote in the comment
        return re.search(r"\S#", text) is not None


def _take_pair(
    source: str, destination: str, place: Place, columns: Columns, findings: Findings, *, folder: bool = False
) -> None:
    columns.total += 1
    if canonical(source, folder=folder) != canonical(destination, folder=folder):
        message = (
            f"{quoted(source)} would go to {quoted(destination)}: Jet puts a file at the same path as at the source"
        )
        hint = "let the destination's storage profile begin where the files belong, and list the sources alone"
        findings.refuse(place, "list-destination", message, hint)
    else:
        take_row(columns, findings, place, source, folder=folder or None)
