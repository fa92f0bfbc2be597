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
from jetplan.manifest.yaml.scalars import INTEGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings

_SIZES = re.compile(r"(?:(?:0|[1-9][0-9]{0,14})?\n)*")
_PLAIN_HEADERS = tuple(list(OBJECT_KEYS[:width]) for width in (1, 2, 3))
_BOOLEANS = {"": None, "true": True, "false": False}


def read_csv(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every record of a CSV list into columns."""
    header: list[str] | None = None
    for first_line, data in chunks:
        text, line = data.decode("utf-8"), first_line
        if header is None:
            head, _, text = text.partition("\n")
            header, line = _read_header(head, findings), line + 1
        if text:
            _take_chunk(text.removesuffix("\n"), line, header, columns, findings)
    if header is None:
        findings.refuse(Place(findings.file), "list-header", "the list is empty", _header_hint())


def _header_hint() -> str:
    return "begin with the line `relativePath,sizeInBytes,isDirectory`"


def _read_header(line: str, findings: Findings) -> list[str]:
    names = _records([line], 1, findings)
    header = next(names)[1] if line.strip() else []
    place = Place(findings.file, 1)
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


def _take_chunk(text: str, first_line: int, header: list[str], columns: Columns, findings: Findings) -> None:
    lines = text.split("\n")
    columns.total += len(lines)
    if shortcuts.are_taken() and _take_quickly(text, first_line, header, columns):
        return
    for line, record in _records(lines, first_line, findings):
        _take_record(record, Place(findings.file, line), header, columns, findings)
        if findings.unlisted:
            raise Stop


def _take_quickly(text: str, first_line: int, header: list[str], columns: Columns) -> bool:
    """Take a chunk column by column if every record in it is plainly right; else nothing."""
    if '"' in text or header not in _PLAIN_HEADERS:
        return False
    text = text.replace("\r\n", "\n")
    width, lines = len(header), text.count("\n") + 1
    # Every line begins with a slash, and of all fields only the first of each `width` do: so no line has more or fewer.
    fields = text.replace("\n", ",").split(",")
    if text[:1] != "/" or text.count("\n/") != lines - 1 or len(fields) != lines * width:
        return False
    paths = fields[::width]
    sizes = fields[1::width] if width > 1 else [""] * lines
    folders = fields[2::width] if width > 2 else []
    if not _SIZES.fullmatch("\n".join(sizes) + "\n") or not set(folders) <= {"", "false"}:
        return False
    if not are_ordinary_files(paths):
        return False
    take_many(columns, paths, [int(size) if size else UNKNOWN_SIZE for size in sizes], first_line)
    return True


def _records(lines: list[str], first_line: int, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, strict=True)
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
        message = f"{len(record)} fields, and the header has {len(header)}" if record else "the line is empty"
        findings.refuse(
            place, "list-line", message, "remove the line" if not record else 'quote a path that holds a ","'
        )
        return
    by_name = dict(zip(header, record, strict=True))
    folder_text = by_name.get("isDirectory", "")
    before = len(findings.problems) + findings.unlisted
    if folder_text not in _BOOLEANS:
        message = f"`isDirectory` must be `true`, `false` or empty, not {quoted(folder_text, 40)}"
        findings.refuse(place, "wrong-type", message)
    size = _integer(by_name.get("sizeInBytes", ""), "sizeInBytes", place, findings)
    revision = _integer(by_name.get("revision", ""), "revision", place, findings)
    if len(findings.problems) + findings.unlisted == before:
        take_row(columns, findings, place, by_name["relativePath"], size, _BOOLEANS[folder_text], revision)


def _integer(text: str, name: str, place: Place, findings: Findings) -> int | None:
    if not text:
        return None
    if not INTEGER.fullmatch(text):
        message = f"`{name}` must be a whole number in decimal digits, not {quoted(text, 40)}"
        findings.refuse(place, "wrong-type", message, "digits only, or nothing")
        return None
    value = int(text) if len(text) <= len(str(LARGEST)) else LARGEST + 1
    if not LEAST[name] <= value <= LARGEST:
        message = f"`{name}` must be from {LEAST[name]} to {LARGEST}, not {quoted(text, 24)}"
        findings.refuse(place, "out-of-range", message)
        return None
    return value
