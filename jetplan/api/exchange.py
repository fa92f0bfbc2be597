"""One request and its answer, and in which phase it failed: before anything left, or after. Never tries again."""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, IncompleteRead
from socket import gaierror
from typing import TYPE_CHECKING

import urllib3.exceptions as broken

from jetplan.api.connections import timed
from jetplan.api.inflate import BodyRefused, inflated
from jetplan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.api.connections import Connection, Pool, Timed
    from jetplan.api.origin import Origin
    from jetplan.api.servertime import ServerTime

ORDINARY_CAP = 16 << 20
"""Bytes of an ordinary answer, unpacked, that are read at most."""

_PIECE = 1 << 18
_FAILURES = (OSError, HTTPException, broken.HTTPError, ValueError)


class Unsent(Exception):
    """No byte of the request left. `lasting` where trying again cannot help (an untrusted certificate)."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class Lost(Exception):
    """The request may have arrived, and no complete answer came. `status` where a status line did."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """What goes on the wire. `headers` hold the token and are never shown."""

    method: str
    target: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)


class Incoming:
    """An answer of which the head has been read, and whose body can be read once. `complete` once it was."""

    def __init__(self, response: HTTPResponse, *, whole_head: bool, whole_request: bool) -> None:
        self._response = response
        self.status = response.status
        self.headers = response.headers
        self.whole_head = whole_head
        self.whole_request = whole_request
        self.complete = False

    def pieces(self, cap: int) -> Iterator[bytes]:
        """The body, unpacked, piece by piece. Lost if it is cut, broken, or larger than `cap` bytes."""
        try:
            yield from inflated(self._raw(), self.headers.get("content-encoding", ""), cap)
        except _FAILURES as error:
            raise Lost(f"no whole answer came: {why(error)}", self.status) from None
        self.complete = True

    def body(self, cap: int = ORDINARY_CAP) -> bytes:
        """The whole body, unpacked."""
        return b"".join(self.pieces(cap))

    def _raw(self) -> Iterator[bytes]:
        response = self._response
        lengths = set(self.headers.get_all("content-length", ()))
        if lengths and not response.chunked and (len(lengths) > 1 or response.length is None):
            raise HTTPException
        while piece := response.read(_PIECE):
            yield piece
        if response.length:
            raise IncompleteRead(b"", response.length)


class Exchange:
    """Sends requests to one origin, over connections of a pool. Safe for threads."""

    def __init__(self, origin: Origin, pool: Pool, server_time: ServerTime) -> None:
        self._origin = origin
        self._pool = pool
        self._server_time = server_time
        self._always = f"Host: {origin.authority}\r\nUser-Agent: jetplan/{__version__}\r\nAccept: application/json\r\n"

    @contextmanager
    def send(self, request: Request, seconds: float) -> Iterator[Incoming]:
        """Send once, and give the answer while its connection is held. Unsent or Lost if there is none.

        All of it, connecting and reading the body included, must be over within `seconds`.
        """
        connection = self._pool.take(seconds)
        response = None
        keep = False
        try:
            sock = self._connected(connection)
            response = HTTPResponse(sock, method=request.method)
            incoming = self._ask(sock, request, response)
            yield incoming
            keep = incoming.complete and not response.will_close
        finally:
            if response is not None:
                response.close()
            self._pool.give_back(connection, keep=keep)

    def _connected(self, connection: Connection) -> Timed:
        if connection.sock is None:
            try:
                connection.connect()
            except _FAILURES as error:
                lasting = isinstance(_root(error), ssl.SSLCertVerificationError)
                raise Unsent(f"{self._origin} could not be reached: {why(error)}", lasting=lasting) from None
        return timed(connection)

    def _ask(self, sock: Timed, request: Request, response: HTTPResponse) -> Incoming:
        try:
            whole_request = _write(sock, self._head(request), request.body)
            response.begin()
        except _FAILURES as error:
            raise Lost(f"no answer came: {why(error)}") from None
        self._server_time.learn(response.headers.get("date"))
        return Incoming(response, whole_head=not sock.ended, whole_request=whole_request)

    def _head(self, request: Request) -> bytes:
        """The request up to its body. Everything in it was checked where it came from: no line breaks."""
        lines = [f"{request.method} {self._origin.prefix}{request.target} HTTP/1.1\r\n", self._always]
        lines += [f"{name}: {value}\r\n" for name, value in request.headers.items()]
        if request.body is not None:
            lines.append(f"Content-Length: {len(request.body)}\r\n")
        return ("".join(lines) + "\r\n").encode("ascii")


def _write(sock: Timed, head: bytes, body: bytes | None) -> bool:
    """Write a request. False if the server stopped listening: it may have answered all the same."""
    try:
        if body is None or len(body) <= _PIECE:
            sock.sendall(head + (body or b""))
        else:
            sock.sendall(head)
            sock.sendall(body)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _root(error: BaseException) -> BaseException:
    """What is at the bottom of a failure that urllib3 has wrapped."""
    for inner in (error.__cause__, *error.args):
        if isinstance(inner, BaseException) and inner is not error:
            return _root(inner)
    return error


def why(error: BaseException) -> str:
    """A failure in plain words, holding nothing that the other side has sent but a status."""
    match _root(error):
        case BodyRefused() as refused:
            return str(refused)
        case TimeoutError():
            return "it took too long"
        case gaierror():
            return "its name is not known"
        case ssl.SSLCertVerificationError() as untrusted:
            return f"its certificate is not trusted ({untrusted.verify_message})"
        case ssl.SSLError():
            return "the encrypted connection failed"
        case ConnectionRefusedError():
            return "nothing listens there"
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return "the connection was cut"
        case IncompleteRead():
            return "the answer was cut short"
        case OSError() as failure if status := re.match(r"Tunnel connection failed: (\d{3})", str(failure)):
            return f"the proxy refused the connection ({status[1]})"
        case OSError() as failure:
            return failure.strerror or "the connection failed"
        case _:
            return "the answer was not proper HTTP"
