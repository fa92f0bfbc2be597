"""Object lists as `rclone lsjson` writes them: a JSON array with one file or folder a line.

Of each record, `Path`, `Size` and `IsDir` are read. rclone writes a size of -1 where it knows none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from jetplan.core.characters import quoted
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.core.paths import canonical
from jetplan.errors import Place
from jetplan.manifest import shortcuts
from jetplan.manifest.keys import LARGEST
from jetplan.manifest.lists.rows import are_ordinary_files, take_many, take_row
from jetplan.manifest.lists.unpack import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings

_KEYS = ("Path", "Size", "IsDir")
_AGAIN = "write the list again with `rclone lsjson -R --files-only`, and leave it as it is"


class _Record(msgspec.Struct, gc=False):
    Path: str
    Size: Annotated[int, msgspec.Meta(ge=-1, le=LARGEST)]
    IsDir: bool


_DECODER = msgspec.json.Decoder(list[_Record])


def read_lsjson(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every record into columns. A list without its last bracket is refused: it was cut off."""
    reader = _Reader(columns, findings)
    line = 1
    for first_line, data in chunks:
        line = first_line + data.count(b"\n")
        reader.take(data.replace(b"\r\n", b"\n").removesuffix(b"\n"), first_line)
    reader.finish(line)


class _Reader:
    """The reader's position in the array: before it, after a comma, after a record, after its end."""

    def __init__(self, columns: Columns, findings: Findings) -> None:
        self._columns = columns
        self._findings = findings
        self._is_open = False
        self._may_follow = True
        self._is_closed = False

    def take(self, data: bytes, first_line: int) -> None:
        """Take a chunk of whole lines. Raises Stop where this is not what rclone writes."""
        line = first_line
        if not self._is_open:
            head, _, data = data.partition(b"\n")
            if head != b"[":
                self._stop(line, "this is not what `rclone lsjson` writes: its first line is `[`")
            self._is_open, line = True, line + 1
        if data and not (shortcuts.are_taken() and self._take_quickly(data, line)):
            for at, text in enumerate(data.split(b"\n"), line):
                self._take_line(text, at)

    def finish(self, line: int) -> None:
        """Refuse what has no end. Raises Stop."""
        if self._is_open and not self._is_closed:
            self._stop(line, "the list is cut off: its last line is not `]`")

    def _stop(self, line: int, message: str) -> None:
        self._findings.refuse(Place(self._findings.file, line), "list-line", message, _AGAIN)
        raise Stop

    def _take_quickly(self, data: bytes, first_line: int) -> bool:
        """Take a chunk from the middle at once if every line in it is plainly right; else nothing."""
        lines = data.count(b"\n") + 1
        if self._is_closed or not self._may_follow or b"\\" in data or not data.endswith(b"},"):
            return False
        if not data.startswith(b"{") or data.count(b"},\n{") != lines - 1:
            return False
        if any(data.count(b'"%s"' % key.encode()) != lines for key in _KEYS):
            return False
        try:
            records = _DECODER.decode(b"[%s]" % data[:-1])
        except msgspec.DecodeError:
            return False
        paths = [canonical(record.Path) for record in records]
        if any(record.IsDir for record in records) or not are_ordinary_files(paths):
            return False
        self._columns.total += lines
        sizes = [UNKNOWN_SIZE if record.Size < 0 else record.Size for record in records]
        take_many(self._columns, paths, sizes, first_line)
        return True

    def _take_line(self, text: bytes, line: int) -> None:
        if self._is_closed:
            if text:
                self._stop(line, "text follows after the end of the list")
            return
        if text == b"]":
            if self._may_follow and self._columns.total:
                self._stop(line, "the list ends after a comma: a record is missing")
            self._is_closed = True
            return
        if not self._may_follow:
            self._stop(line, "the line before lacks the comma that ends a record")
        self._may_follow = text.endswith(b",")
        self._columns.total += 1
        self._take_record(text.removesuffix(b","), Place(self._findings.file, line))
        if self._findings.is_full():
            raise Stop

    def _take_record(self, text: bytes, place: Place) -> None:
        try:
            pairs = json.loads(text, object_pairs_hook=_Pairs)
        except (ValueError, RecursionError):
            pairs = None
        if not isinstance(pairs, _Pairs):
            self._stop(place.line, "the line is not one record of `rclone lsjson`")
        elif values := self._values(pairs, place):
            path, size, folder = values
            take_row(self._columns, self._findings, place, path, None if folder or size < 0 else size, folder or None)

    def _values(self, pairs: _Pairs, place: Place) -> tuple[str, int, bool] | None:
        values = {name: value for name, value in pairs if name in _KEYS}
        if sum(name in _KEYS for name, _ in pairs) > len(values):
            self._findings.refuse(place, "duplicate-key", "a key stands in the record twice", _AGAIN)
            return None
        path, size, folder = (values.get(name) for name in _KEYS)
        if not isinstance(path, str):
            self._findings.refuse(place, "wrong-type", "the record lacks a `Path` that is a string", _AGAIN)
        elif type(size) is not int or not -1 <= size <= LARGEST:
            message = f"`Size` of {quoted(path)} must be a whole number from -1 to {LARGEST}"
            self._findings.refuse(place, "wrong-type", message, _AGAIN)
        elif not isinstance(folder, bool):
            self._findings.refuse(place, "wrong-type", f"`IsDir` of {quoted(path)} must be true or false", _AGAIN)
        else:
            return path, size, folder
        return None


class _Pairs(list[tuple[str, Any]]):
    """The keys and values of a JSON object as written, duplicates and all."""
