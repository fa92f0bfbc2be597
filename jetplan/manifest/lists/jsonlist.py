"""Object lists as JSON Lines: one object a line, with the keys of an object in a manifest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import msgspec

from jetplan.core.characters import quoted
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.errors import Place
from jetplan.manifest import shortcuts
from jetplan.manifest.findings import nearest
from jetplan.manifest.keys import LARGEST, LEAST, OBJECT_KEYS
from jetplan.manifest.lists.rows import are_ordinary_files, take_many, take_row
from jetplan.manifest.lists.unpack import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings


class _File(msgspec.Struct, forbid_unknown_fields=True, rename="camel", gc=False):
    """What nearly every line is: a file, perhaps with its size."""

    relative_path: str
    size_in_bytes: Annotated[int, msgspec.Meta(ge=LEAST["sizeInBytes"], le=LARGEST)] = UNKNOWN_SIZE
    is_directory: bool | msgspec.UnsetType = msgspec.UNSET


_DECODER = msgspec.json.Decoder(_File)


def read_json_lines(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every record of a JSON Lines list into columns."""
    for first_line, data in chunks:
        lines = data.removesuffix(b"\n").count(b"\n") + 1
        columns.total += lines
        if shortcuts.are_taken() and _take_quickly(data, lines, first_line, columns):
            continue
        for at, line in enumerate(data.removesuffix(b"\n").split(b"\n")):
            _take_line(line, Place(findings.file, first_line + at), columns, findings)
            if findings.unlisted:
                raise Stop


def _take_quickly(data: bytes, lines: int, first_line: int, columns: Columns) -> bool:
    """Take a chunk at once if every line in it is plainly right; else nothing."""
    # Without escapes, as many of these words as lines means that no line has a key twice.
    if b"\\" in data or data.count(b'"relativePath"') != lines:
        return False
    # Every line begins and ends an object, so with as many objects as lines none holds two.
    if not data.startswith(b"{") or not data.rstrip(b"\n").endswith(b"}") or data.count(b"}\n{") != lines - 1:
        return False
    try:
        files = _DECODER.decode_lines(data)
    except msgspec.DecodeError:
        return False
    paths = [file.relative_path for file in files]
    sizes = [file.size_in_bytes for file in files]
    if len(files) != lines or data.count(b'"sizeInBytes"') != lines - sizes.count(UNKNOWN_SIZE):
        return False
    said = [file.is_directory for file in files if file.is_directory is not msgspec.UNSET]
    if any(said) or data.count(b'"isDirectory"') != len(said) or not are_ordinary_files(paths):
        return False
    take_many(columns, paths, sizes, first_line)
    return True


def _take_line(line: bytes, place: Place, columns: Columns, findings: Findings) -> None:
    if not line.strip():
        findings.refuse(place, "list-line", "the line is empty", "remove the line")
        return
    try:
        pairs = json.loads(line, object_pairs_hook=Pairs, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        findings.refuse(place, "list-line", "the line is not JSON", 'write one `{"relativePath": …}` a line')
        return
    if not isinstance(pairs, Pairs):
        findings.refuse(place, "wrong-type", "the line is not a JSON object", 'write `{"relativePath": …}`')
        return
    take_object(pairs, place, columns, findings)


def take_object(pairs: object, place: Place, columns: Columns, findings: Findings) -> None:
    """Put one object into columns, given as its keys and values in a list, or record why not."""
    if not isinstance(pairs, Pairs):
        findings.refuse(place, "wrong-type", "this is not a JSON object", 'write `{"relativePath": …}`')
        return
    before = len(findings.problems) + findings.unlisted
    values = _values(pairs, place, findings)
    if len(findings.problems) + findings.unlisted == before:
        take_row(
            columns,
            findings,
            place,
            values["relativePath"],
            values.get("sizeInBytes"),
            values.get("isDirectory"),
            values.get("revision"),
        )


class Pairs(list[tuple[str, Any]]):
    """The keys and values of a JSON object as written, duplicates and all."""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _values(pairs: Pairs, place: Place, findings: Findings) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name not in OBJECT_KEYS:
            hint = nearest(name, OBJECT_KEYS) or "known keys: " + ", ".join(f"`{each}`" for each in OBJECT_KEYS)
            findings.refuse(place, "unknown-key", f"unknown key {quoted(name)} in an object", hint)
        elif name in values:
            findings.refuse(place, "duplicate-key", f"the key {quoted(name)} stands here a second time", "remove one")
        else:
            values[name] = value
            _check_value(name, value, place, findings)
    if "relativePath" not in values:
        findings.refuse(place, "missing-key", "an object lacks the key `relativePath`")
    return values


def _check_value(name: str, value: object, place: Place, findings: Findings) -> None:
    match name:
        case "relativePath":
            wanted = "" if isinstance(value, str) else "a string"
        case "isDirectory":
            wanted = "" if isinstance(value, bool) else "true or false"
        case _:
            wanted = "" if type(value) is int else "a whole number"
            if type(value) is int and not LEAST[name] <= value <= LARGEST:
                hint = "leave it out where the size is not known" if (name, value) == ("sizeInBytes", -1) else ""
                findings.refuse(place, "out-of-range", f"`{name}` must be from {LEAST[name]} to {LARGEST}", hint)
    if wanted:
        findings.refuse(place, "wrong-type", f"`{name}` must be {wanted}")
