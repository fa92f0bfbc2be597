"""Decompresses bodies as they arrive, up to a limit: a kilobyte can decompress to a gigabyte."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 20
_BROKEN = "its compression is broken or cut"


class BodyRefused(ValueError):
    """A body that is too large, compressed in a way that was not asked for, or broken."""


def inflated(pieces: Iterable[bytes], encoding: str, cap: int) -> Iterator[bytes]:
    """The pieces of a body, unpacked. BodyRefused once they make more than `cap` bytes."""
    match encoding.strip().lower():
        case "" | "identity":
            plain = iter(pieces)
        case "gzip" | "x-gzip":
            plain = _gunzipped(pieces)
        case _:
            raise BodyRefused("it is compressed in a way that was not asked for")
    total = 0
    for piece in plain:
        total += len(piece)
        if total > cap:
            raise BodyRefused(f"the answer is larger than {cap >> 20} MiB")
        yield piece


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(_GZIP)
    try:
        for packed in pieces:
            rest = packed
            while rest:
                if unpacking.eof:
                    raise BodyRefused(_BROKEN)
                yield unpacking.decompress(rest, _PIECE)
                rest = unpacking.unconsumed_tail or unpacking.unused_data
        while not unpacking.eof:
            more = unpacking.decompress(b"", _PIECE)
            if not more:
                raise BodyRefused(_BROKEN)
            yield more
    except zlib.error:
        raise BodyRefused(_BROKEN) from None
