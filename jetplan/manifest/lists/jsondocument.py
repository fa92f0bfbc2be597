"""Object lists as one JSON document: the body of a Jet delivery, and the manifest of an S3 Inventory.

The body is `{"objects": [...]}` as it is posted. An inventory's `manifest.json` names its columns and its data files,
which lie beside it. Only current versions of files count. Keys are decoded, because the format says they are encoded.
"""

from __future__ import annotations

import csv
import json
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from jetplan.core.characters import quoted
from jetplan.errors import Place
from jetplan.manifest.endings import parts_of
from jetplan.manifest.files import open_regular
from jetplan.manifest.findings import Findings
from jetplan.manifest.keys import LARGEST
from jetplan.manifest.lists.jsonlist import Pairs, take_object
from jetplan.manifest.lists.rows import take_row
from jetplan.manifest.lists.unpack import Counted, Stop, chunks_of_lines, open_packed, read_some
from jetplan.manifest.text import check_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.limits import ReadingLimits
    from jetplan.manifest.lists.unpack import Stream

_BODY = re.compile(r"\s*\{\s*\"objects\"\s*:\s*\[\s*")
_BETWEEN = re.compile(r"\s*,\s*")
_END = re.compile(r"\s*\]\s*\}\s*")
_COLUMNS = {"Key": "", "Size": "", "IsLatest": "true", "IsDeleteMarker": "false"}
"""The columns that are read, and what stands for one that an inventory does not have."""


def read_document(stream: Stream, columns: Columns, findings: Findings, limits: ReadingLimits) -> None:
    """Put every object of the document into columns. Raises Stop where it is no document that is known here."""
    parts: list[bytes] = []
    total = 0
    while total <= limits.file_bytes and (more := read_some(stream, findings)):
        parts.append(more)
        total += len(more)
    if total > limits.file_bytes:
        hint = "write JSON Lines, one object a line"
        _stop(findings, Place(findings.file), f"the list is larger than {limits.file_bytes >> 20} MiB", hint)
    text = check_text(b"".join(parts), findings)
    if text is None:
        raise Stop
    whole = text.decode()
    begin = _BODY.match(whole)
    if begin is not None:
        _read_body(whole, begin.end(), columns, findings)
    else:
        _read_inventory(_parsed(whole, findings), columns, findings, limits)


def _stop(findings: Findings, place: Place, message: str, hint: str) -> None:
    findings.refuse(place, "list-line", message, hint)
    raise Stop


def _parsed(text: str, findings: Findings) -> dict[str, Any]:
    hint = "known are a delivery's body `{\"objects\": [...]}`, an S3 Inventory's manifest.json, and rclone lsjson"
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        _stop(findings, Place(findings.file, error.lineno, error.colno), "this is not JSON", hint)
    except (ValueError, RecursionError):
        _stop(findings, Place(findings.file), "this is not JSON", hint)
    if not isinstance(document, dict) or not isinstance(document.get("fileSchema"), str):
        _stop(findings, Place(findings.file, 1), "no list of objects is known that looks like this", hint)
    found: dict[str, Any] = document
    return found


def _read_body(text: str, at: int, columns: Columns, findings: Findings) -> None:
    """Each object by itself, so that it has its line."""
    decoder = json.JSONDecoder(object_pairs_hook=Pairs)
    hint = 'write the body as it is posted: `{"objects": [{"relativePath": …}]}`'
    line = text.count("\n", 0, at) + 1
    while _END.fullmatch(text, at) is None or not columns.total:
        place = Place(findings.file, line)
        try:
            pairs, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            _stop(findings, place, "this is no object of a delivery", hint)
        columns.total += 1
        take_object(pairs, place, columns, findings)
        if findings.is_full():
            raise Stop
        if _END.fullmatch(text, end):
            return
        between = _BETWEEN.match(text, end)
        if between is None:
            _stop(findings, place, "the list is cut off, or holds more than `objects`", hint)
        else:
            line += text.count("\n", at, between.end())
            at = between.end()


def _read_inventory(document: dict[str, Any], columns: Columns, findings: Findings, limits: ReadingLimits) -> None:
    place = Place(findings.file, 1)
    hint = "let S3 write the inventory as CSV, with Key and Size"
    if document.get("fileFormat") != "CSV":
        _stop(findings, place, f"the inventory is written as {quoted(str(document.get('fileFormat')), 40)}", hint)
    schema = [name.strip() for name in document["fileSchema"].split(",")]
    if "Key" not in schema:
        _stop(findings, place, "the inventory has no column Key", hint)
    files = document.get("files")
    names = [each.get("key") if isinstance(each, dict) else None for each in files] if isinstance(files, list) else []
    if len(names) == 1 and isinstance(names[0], str):
        columns.file = _beside(findings.file, names[0])  # its lines are the places; of several files, none is told
    for name in names or [None]:
        if not isinstance(name, str) or parts_of(name) is None:
            _stop(findings, place, "the inventory names no data files, or one that is no .csv.gz", hint)
            return
        _read_data(
            os.path.join(os.path.dirname(findings.file), name.rpartition("/")[2]), schema, columns, findings, limits
        )


def _beside(file: str, key: str) -> str:
    return os.path.join(os.path.dirname(file), key.rpartition("/")[2])


def _read_data(path: str, schema: list[str], columns: Columns, findings: Findings, limits: ReadingLimits) -> None:
    """One data file of an inventory."""
    inner = Findings(path, limits.problems)
    packing = (parts_of(path) or ("", ""))[1]
    if not os.path.lexists(path):
        message = f"the inventory's data file {quoted(os.path.basename(path))} is not beside it"
        _stop(findings, Place(findings.file, 1), message, "copy all data files into the folder of manifest.json")
    descriptor = open_regular(path, inner)
    try:
        if descriptor is None:
            raise Stop
        with open(descriptor, "rb", buffering=0) as raw:
            counted = Counted(raw)
            chunks = chunks_of_lines(open_packed(counted, packing, inner), inner, limits, counted if packing else None)
            for line, record in _records(chunks):
                _take(record, Place(path, line), schema, columns, inner)
                if inner.is_full():
                    raise Stop
    finally:
        findings.problems += inner.problems


def _records(chunks: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, list[str]]]:
    for first_line, data in chunks:
        lines = data.decode().removesuffix("\n").split("\n")
        for line, text in enumerate(lines, first_line):
            yield line, next(csv.reader([text.removesuffix("\r")]), [])


def _take(record: list[str], place: Place, schema: list[str], columns: Columns, findings: Findings) -> None:
    if len(record) != len(schema):
        message = f"the row has {len(record)} fields, and the inventory says {len(schema)}"
        findings.refuse(place, "list-line", message, "copy the inventory again")
        return
    values = _COLUMNS | dict(zip(schema, record, strict=True))
    if values["IsLatest"] != "true" or values["IsDeleteMarker"] != "false":
        return
    key, size = unquote_plus(values["Key"]), values["Size"]
    if key.endswith("/") and size in {"", "0"}:
        return  # a marker that a console makes for a folder: it holds nothing
    columns.total += 1
    if size and not (size.isascii() and size.isdigit() and int(size[:20]) <= LARGEST):
        findings.refuse(place, "wrong-type", f"`Size` must be a whole number, not {quoted(size, 40)}", "")
        return
    at = place if columns.file == place.file else Place(columns.file, 1)
    take_row(columns, findings, at, key, int(size) if size else None)
