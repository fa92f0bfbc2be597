"""One request and its answer, as plain data. Owns no socket and knows no route."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Request:
    """What a client sent: `headers` has lower-case names, `query` the last value of each parameter."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Note:
    """What the journal should remember of an answer beyond its status."""

    job_id: str | None = None
    delivery_id: str | None = None
    objects: int | None = None


@dataclass(frozen=True)
class Response:
    """What goes back. A `body` that is an iterator is sent in chunks as it is produced."""

    status: int
    body: bytes | Iterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    note: Note = field(default_factory=Note)


class RefusedError(Exception):
    """The request is not granted: becomes a JSON answer with `status` and `message`."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = NOTHING) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


def answer(document: Any, status: int = 200, note: Note | None = None) -> Response:
    """A JSON answer holding `document` (anything msgspec can encode)."""
    return Response(status, msgspec.json.encode(document), {"content-type": "application/json"}, note or Note())


def answer_items(items: Iterator[bytes]) -> Response:
    """A JSON answer `{"items": [...]}` made of already encoded items, sent while it is produced."""
    return Response(200, _join(items), {"content-type": "application/json"})


def refuse(error: RefusedError) -> Response:
    body = msgspec.json.encode({"message": error.message})
    return Response(error.status, body, {"content-type": "application/json", **error.headers})


def _join(items: Iterator[bytes], at_least: int = 1 << 18) -> Iterator[bytes]:
    piece = bytearray(b'{"items":[')
    comma = b""
    for item in items:
        piece += comma + item
        comma = b","
        if len(piece) >= at_least:
            yield bytes(piece)
            piece.clear()
    piece += b"]}"
    yield bytes(piece)
