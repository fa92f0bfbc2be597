"""Object lists as CSV (RFC 4180): a header of key names, then one object a line."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.errors import Place
from jetplan.manifest import shortcuts
from jetplan.manifest.findings import nearest
from jetplan.manifest.keys import LARGEST, LEAST, OBJECT_KEYS
from jetplan.manifest.lists.rows import are_ordinary_files, take_many, take_row
from jetplan.manifest.lists.unpack import Stop
from jetplan.manifest.text import mixed_ends
from jetplan.manifest.yaml.scalars import INTEGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings

_SIZES = re.compile(r"(?:(?:0|[1-9][0-9]{0,14})?\n)*")
_PLAIN_HEADERS = tuple(list(OBJECT_KEYS[:width]) for width in (1, 2, 3))
_BOOLEANS = {"": None, "true": True, "false": False}
_NO_FOLDERS = frozenset({"", "false", "FALSE", "False"})
_DELIMITERS = (",", ";", "\t")
_SEP_LINE = re.compile(r'"?sep=([,;\t])"?')
"""The first line by which Excel names the column separator."""


def read_csv(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every record of a CSV list into columns."""
    reader = _Reader(columns, findings)
    for first_line, data in chunks:
        reader.take(data, first_line)
    if not reader.header:
        findings.refuse(Place(findings.file), "list-header", "the list is empty", _header_hint())


def _header_hint() -> str:
    return "begin with the line `relativePath,sizeInBytes,isDirectory`"


class _Reader:
    """What the first lines of a list say of the rest: its columns, their separator, how lines end."""

    def __init__(self, columns: Columns, findings: Findings) -> None:
        self._columns = columns
        self._findings = findings
        self.header: list[str] = []
        self._delimiter = ""
        self._crlf: bool | None = None
        self._empty_line = 0
        """The first of the empty rows read last. They are allowed at the end of the list only."""

    def take(self, data: bytes, line: int) -> None:
        """Take a chunk of whole lines. Raises Stop where reading cannot go on."""
        self._check_ends(data, line)
        text = data.decode("utf-8")
        while text and not self.header:
            head, _, text = text.partition("\n")
            self._take_head(head, line)
            line += 1
        if text:
            self._take_rows(text.removesuffix("\r\n" if self._crlf else "\n"), line)

    def _check_ends(self, data: bytes, line: int) -> None:
        if self._crlf is None:
            self._crlf = data[: data.find(b"\n") + 1].endswith(b"\r\n")
        # The last line of all may have no end.
        other, message = mixed_ends(data, crlf=self._crlf, first_line=line)
        if other:
            hint = "save the list with one kind of line end; no name can end in a carriage return"
            self._findings.refuse(Place(self._findings.file, other), "line-ends", message, hint)
            raise Stop

    def _take_head(self, head: str, line: int) -> None:
        said = _SEP_LINE.fullmatch(head.removesuffix("\r"))
        if said and line == 1:
            self._delimiter = said[1]
            return
        self._delimiter = self._delimiter or _delimiter_of(head)
        self.header = _read_header(head, line, self._delimiter, self._findings)

    def _take_rows(self, text: str, first_line: int) -> None:
        if shortcuts.are_taken() and not self._empty_line and self._take_quickly(text, first_line):
            return
        findings = self._findings
        for line, record in _records(text.split("\n"), first_line, self._delimiter, findings):
            if not any(record):
                self._empty_line = self._empty_line or line
                continue
            if self._empty_line:
                findings.refuse(Place(findings.file, self._empty_line), "list-line", "the row is empty", "remove it")
                self._empty_line = 0
            self._columns.total += 1
            _take_record(record, Place(findings.file, line), self.header, self._columns, findings)
            if findings.is_full():
                raise Stop

    def _take_quickly(self, text: str, first_line: int) -> bool:
        """Take a chunk column by column if every record in it is plainly right; else nothing."""
        if '"' in text or self.header not in _PLAIN_HEADERS:
            return False
        text = text.replace("\r\n", "\n")
        width, lines = len(self.header), text.count("\n") + 1
        # Every line begins with a slash, and of all fields only the first of each `width` do: so no line has more or
        # fewer.
        fields = text.replace("\n", self._delimiter).split(self._delimiter)
        if text[:1] != "/" or text.count("\n/") != lines - 1 or len(fields) != lines * width:
            return False
        paths = fields[::width]
        sizes = fields[1::width] if width > 1 else [""] * lines
        folders = fields[2::width] if width > 2 else []
        if not _SIZES.fullmatch("\n".join(sizes) + "\n") or not _NO_FOLDERS.issuperset(folders):
            return False
        if not are_ordinary_files(paths):
            return False
        self._columns.total += lines
        take_many(self._columns, paths, [int(size) if size else UNKNOWN_SIZE for size in sizes], first_line)
        return True


def _delimiter_of(head: str) -> str:
    """The separator of the header: a comma, or what Excel writes instead."""
    return next((each for each in _DELIMITERS if each in head), ",")


def _read_header(line: str, number: int, delimiter: str, findings: Findings) -> list[str]:
    place = Place(findings.file, number)
    header = next(_records([line], number, delimiter, findings))[1] if line.strip() else []
    before = len(findings.problems)
    for name in header:
        if name not in OBJECT_KEYS:
            hint = nearest(name, OBJECT_KEYS) or _header_hint()
            findings.refuse(place, "list-header", f"unknown column {quoted(name)}", hint)
    if len(set(header)) < len(header):
        findings.refuse(place, "list-header", "a column stands in the header twice", "remove one")
    if not header or ("relativePath" not in header and len(findings.problems) == before):
        findings.refuse(place, "list-header", "the header lacks the column `relativePath`", _header_hint())
    if len(findings.problems) > before:
        raise Stop
    return header


def _records(lines: list[str], first_line: int, delimiter: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = first_line + reader.line_num
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = "a quoted field is never closed" if "end of data" in str(error) else f"this is not CSV: {error}"
            findings.refuse(Place(findings.file, line), "list-line", message, "quote as RFC 4180 says")
            raise Stop from None
        if first_line + reader.line_num > line + 1:
            message = "a quoted field goes over several lines"
            findings.refuse(Place(findings.file, line), "list-line", message, "no path holds a line break")
        else:
            yield line, record


def _take_record(record: list[str], place: Place, header: list[str], columns: Columns, findings: Findings) -> None:
    if len(record) != len(header):
        message = f"{len(record)} fields, and the header has {len(header)}"
        findings.refuse(place, "list-line", message, "quote a path that holds the separator")
        return
    by_name = dict(zip(header, record, strict=True))
    folder_text = by_name.get("isDirectory", "").lower()
    before = len(findings.problems) + findings.unlisted
    if folder_text not in _BOOLEANS:
        message = f"`isDirectory` must be `true`, `false` or empty, not {quoted(folder_text, 40)}"
        findings.refuse(place, "wrong-type", message, "write `true` or `false`, in any case")
    size = _integer(by_name.get("sizeInBytes", ""), "sizeInBytes", place, findings)
    revision = _integer(by_name.get("revision", ""), "revision", place, findings)
    if len(findings.problems) + findings.unlisted == before:
        take_row(columns, findings, place, by_name["relativePath"], size, _BOOLEANS[folder_text], revision)


def _integer(text: str, name: str, place: Place, findings: Findings) -> int | None:
    if not text:
        return None
    if not INTEGER.fullmatch(text):
        message = f"`{name}` must be a whole number in decimal digits, not {quoted(text, 40)}"
        hint = "leave it empty where the size is not known" if text == "-1" else "digits only, or nothing"
        findings.refuse(place, "wrong-type", message, hint)
        return None
    value = int(text) if len(text) <= len(str(LARGEST)) else LARGEST + 1
    if not LEAST[name] <= value <= LARGEST:
        message = f"`{name}` must be from {LEAST[name]} to {LARGEST}, not {quoted(text, 24)}"
        findings.refuse(place, "out-of-range", message)
        return None
    return value
