"""The text of an object list as chunks of whole lines, unpacked as it is read, and never more than the limit."""

from __future__ import annotations

import codecs
import zlib
from typing import TYPE_CHECKING, Any, Protocol, cast

from jetplan.errors import Place
from jetplan.manifest.limits import LIST_LINES
from jetplan.manifest.text import check_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.findings import Findings
    from jetplan.manifest.limits import ReadingLimits

_CHUNK = 1 << 20
_EVERYDAY = 4 << 20
"""Up to so many bytes, the ratio of packing is not checked."""
_STEP = 1 << 10
_WINDOW = 1 << 27
LONGEST_LINE = 1 << 16


class Stop(Exception):
    """Reading a list cannot go on; why is recorded."""


class Stream(Protocol):
    """A stream that returns bytes, and none at its end."""

    def read(self, size: int, /) -> bytes: ...


def open_packed(file: Stream, packing: str, findings: Findings) -> Stream:
    """A stream of what is packed in a file (`gz`, `zst` or nothing)."""
    if packing == "gz":
        import gzip

        unpacked: Stream = gzip.GzipFile(fileobj=cast("Any", file), mode="rb")
        return unpacked
    if packing == "zst":
        try:
            return _Zstandard(file)
        except ImportError:
            message = "zstandard is not installed, which reads .zst files"
            findings.refuse(Place(findings.file), "list-packed", message, "pip install 'jetplan[zstd]'")
            raise Stop from None
    return file


class _Zstandard:
    """Unpacks frame after frame. The library's own reader takes a file that was cut off for one that ended."""

    def __init__(self, file: Stream) -> None:
        import zstandard

        self._file = file
        self._error = zstandard.ZstdError
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._frame = self._unpacker.decompressobj()
        self._rest = b""
        self._begun = False

    def read(self, size: int, /) -> bytes:  # noqa: ARG002  # gives what one step unpacks
        """What the next few packed bytes hold: little goes in, so that a bomb cannot fill the memory at once."""
        while True:
            packed = self._rest or self._file.read(_STEP)
            self._rest = b""
            if not packed:
                if not self._begun:
                    return b""
                raise EOFError("the file is cut off")
            if not self._begun:
                self._frame, self._begun = self._unpacker.decompressobj(), True
            try:
                data = self._frame.decompress(packed)
            except self._error as error:
                raise OSError("this is not zstandard") from error
            if self._frame.eof:
                self._rest, self._begun = self._frame.unused_data, False
            if data:
                return data


class Counted:
    """A stream that knows how much was read from it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.bytes = 0

    def read(self, size: int, /) -> bytes:
        """What the stream gives."""
        data = self._stream.read(size)
        self.bytes += len(data)
        return data


class Begun:
    """A stream whose beginning can be looked at before it is read."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._begin: bytes | None = None

    def looks_like(self, begin: bytes, findings: Findings) -> bool:
        """Whether it begins so, after blanks and a BOM. Stop where it cannot be unpacked."""
        self._begin = read_some(self._stream, findings)
        return self._begin.removeprefix(codecs.BOM_UTF8).lstrip().startswith(begin)

    def read(self, size: int, /) -> bytes:
        """What the stream gives, from its beginning."""
        if self._begin is None:
            return self._stream.read(size)
        data, self._begin = self._begin[:size], self._begin[size:] or None
        return data or (self._stream.read(size) if self._begin is None else b"")


def refuse_bomb(unpacked: int, packed: int, findings: Findings, limits: ReadingLimits) -> None:
    """Stop where the packed bytes unpack to more than any real list of objects would."""
    if unpacked > _EVERYDAY and unpacked > packed * limits.list_ratio:
        message = f"the list unpacks to more than {limits.list_ratio:,} times its size"
        findings.refuse(Place(findings.file), "list-too-large", message, "pack the list again, or leave it unpacked")
        raise Stop


def chunks_of_lines(
    stream: Stream, findings: Findings, limits: ReadingLimits, packed: Counted | None = None
) -> Iterator[tuple[int, bytes]]:
    """Checked UTF-8 text of about a MiB of whole lines at a time, each with the number of its first line."""
    line, total, rest = 1, 0, b""
    while True:
        data = read_some(stream, findings)
        total += len(data)
        if total > limits.list_bytes:
            message = f"the list is larger than {limits.list_bytes >> 20} MiB once unpacked"
            findings.refuse(Place(findings.file), "list-too-large", message, "split it over several delivery sets")
            raise Stop
        if packed is not None:
            refuse_bomb(total, packed.bytes, findings, limits)
        cut = data.rfind(b"\n") + 1 if data else 0
        whole, rest = (rest + data[:cut], data[cut:]) if cut or not data else (b"", rest + data)
        if len(rest) > LONGEST_LINE:
            place = Place(findings.file, line + whole.count(b"\n"))
            findings.refuse(place, "list-line", f"a line is longer than {LONGEST_LINE >> 10} KiB")
            raise Stop
        if whole:
            checked = check_text(whole, findings, first_line=line)
            if checked is None:
                raise Stop
            yield line, checked
            line += whole.count(b"\n")
            if line > limits.list_lines + 2:
                message = f"the list has more than {limits.list_lines:,} lines"
                hint = f"split it over several delivery sets; `{LIST_LINES}` raises the limit"
                findings.refuse(Place(findings.file, line), "list-too-long", message, hint)
                raise Stop
        if not data:
            return


def read_some(stream: Stream, findings: Findings, size: int = 0) -> bytes:
    """The next bytes, at most `size` (0: about a MiB). Stop where they cannot be unpacked."""
    try:
        return stream.read(size or _CHUNK)
    except (EOFError, OSError, zlib.error) as error:
        findings.refuse(Place(findings.file), "list-packed", f"cannot be unpacked: {error}", "pack the list again")
        raise Stop from None
