"""The broken answers of a network, by name: each plays on a raw socket after one whole request was read."""

from __future__ import annotations

import gzip
import select
import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Play = "Callable[[socket.socket, object], bool | None]"
GOOD = b'{"jobId":"j-1","deliveryId":"d-1"}'


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def _says(text: bytes, *, keeps: bool = False) -> Callable[[socket.socket, object], bool]:
    def play(sock: socket.socket, asked: object) -> bool:
        sock.sendall(text)
        return keeps

    return play


def _cuts(text: bytes = b"") -> Callable[[socket.socket, object], bool]:
    def play(sock: socket.socket, asked: object) -> bool:
        sock.sendall(text)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
        return False

    return play


def _repeats(first: bytes, piece: bytes, pause: float) -> Callable[[socket.socket, object], bool]:
    """Say something again and again until the other side goes away."""

    def play(sock: socket.socket, asked: object) -> bool:
        sock.sendall(first)
        while not select.select([sock], [], [], pause)[0]:
            sock.sendall(piece)
        return False

    return play


def _is_silent(sock: socket.socket, asked: object) -> bool:
    select.select([sock], [], [])
    return False


_BOMB = gzip.compress(b" " * (40 << 20) + GOOD, mtime=0)
_NO = b'{"message":"no"}'

DOUBTFUL: dict[str, Callable[[socket.socket, object], bool]] = {
    "status line and nothing after it": _says(b"HTTP/1.1 200 OK\r\n"),
    "half a status line": _says(b"HTTP/1.1 20"),
    "an empty body by length": _says(answer(b""), keeps=True),
    "an empty body by the end": _says(b"HTTP/1.1 200 OK\r\n\r\n"),
    "204 with a head cut short": _says(b"HTTP/1.1 204 No Content\r\nDate: x\r\n"),
    "202 without a body": _says(answer(b"", "202 Accepted"), keeps=True),
    "200 with HTML": _says(answer(b"<html>fine</html>"), keeps=True),
    "200 with broken JSON": _says(answer(GOOD[:-1]), keeps=True),
    "200 with JSON and more": _says(answer(GOOD + b"x"), keeps=True),
    "200 with a bare word": _says(answer(b'"OK"'), keeps=True),
    "200 with null": _says(answer(b"null"), keeps=True),
    "200 nested a million deep": _says(answer(b"[" * 1_000_000), keeps=True),
    "200 in latin-1": _says(answer(b'{"jobId":"\xe9","deliveryId":"\xe9"}'), keeps=True),
    "a body shorter than its length": _says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + GOOD),
    "a body longer than its length": _says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + GOOD),
    "two lengths": _says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 34\r\n\r\n" + GOOD),
    "a negative length": _says(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + GOOD),
    "a chunk cut short": _says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n22\r\n" + GOOD[:9]),
    "chunks without their end": _says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n22\r\n" + GOOD + b"\r\n"),
    "FIN after the request": _says(b""),
    "RST after the request": _cuts(),
    "RST within the body": _cuts(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + GOOD),
    "no answer at all": _is_silent,
    "a head that trickles": _repeats(b"HTTP/1.1 200 OK\r\nA: ", b"a", 0.05),
    "a body that trickles": _repeats(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", b" ", 0.05),
    "a flood of 100 Continue": _repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, 0.0),
    "a trickle of 100 Continue": _repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
    "a body without end": _repeats(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536, 0.0),
    "a head without end": _repeats(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 50, 0.0),
    "a gzip bomb": _says(answer(_BOMB, "200 OK", "Content-Encoding: gzip")),
    "gzip cut short": _says(answer(gzip.compress(GOOD, mtime=0)[:-9], "200 OK", "Content-Encoding: gzip"), keeps=True),
    "an encoding nobody asked for": _says(answer(GOOD, "200 OK", "Content-Encoding: br"), keeps=True),
    "no HTTP": _says(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "101": _says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
    "301": _says(answer(GOOD, "301 Moved", "Location: /v1/elsewhere"), keeps=True),
    "307": _says(answer(GOOD, "307 Temporary Redirect", "Location: /v1/elsewhere"), keeps=True),
    "308": _says(answer(GOOD, "308 Permanent Redirect", "Location: /v1/elsewhere"), keeps=True),
    **{
        str(status): _says(answer(_NO, f"{status} X", "Retry-After: 1"), keeps=True)
        for status in (402, 406, 408, 409, 410, 418, 423, 425, 500, 501, 502, 503, 504, 599)
    },
    **{
        f"{status} with HTML": _says(answer(b"<html>gateway</html>", f"{status} X"), keeps=True)
        for status in (400, 401, 403, 404, 405, 413, 415, 422, 429)
    },
    "400 with a list": _says(answer(b"[]", "400 Bad Request"), keeps=True),
    "400 without a body": _says(answer(b"", "400 Bad Request"), keeps=True),
    "400 cut short": _says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n" + _NO),
}
