"""One request and its answer, and in which phase it failed: before anything left, or after. Never tries again."""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException, IncompleteRead
from socket import gaierror
from typing import TYPE_CHECKING

import urllib3.exceptions as broken

from jetplan import __version__
from jetplan.api.connections import Pool, set_deadline
from jetplan.api.inflate import inflated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from urllib3.response import HTTPResponse

    from jetplan.api.connections import Connection
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
        while piece := self._response.read(_PIECE, decode_content=False):
            yield piece


class Exchange:
    """Sends requests to one origin, over connections of a pool. Safe for threads."""

    def __init__(self, origin: Origin, pool: Pool, server_time: ServerTime) -> None:
        self._origin = origin
        self._pool = pool
        self._server_time = server_time

    @contextmanager
    def send(self, request: Request, seconds: float) -> Iterator[Incoming]:
        """Send once, and give the answer while its connection is held. Unsent or Lost if there is none.

        All of it, connecting and reading the body included, must be over within `seconds`.
        """
        connection = self._pool.take(seconds)
        incoming = None
        try:
            self._connect(connection)
            incoming = self._ask(connection, request)
            yield incoming
        finally:
            self._pool.give_back(connection, keep=incoming is not None and incoming.complete)

    def _connect(self, connection: Connection) -> None:
        if connection.sock is not None:
            return
        try:
            connection.connect()
        except _FAILURES as error:
            lasting = isinstance(_root(error), ssl.SSLCertVerificationError)
            raise Unsent(f"{self._origin} could not be reached: {why(error)}", lasting=lasting) from None
        set_deadline(connection)

    def _ask(self, connection: Connection, request: Request) -> Incoming:
        headers = {
            "Host": self._origin.authority,
            "User-Agent": f"jetplan/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **request.headers,
        }
        target = self._origin.prefix + request.target
        sock = connection.sock
        try:
            whole_request = _write(connection, request, target, headers)
            response = connection.getresponse()
        except _FAILURES as error:
            raise Lost(f"no answer came: {why(error)}") from None
        self._server_time.learn(response.headers.get("date"))
        ended = bool(getattr(sock, "ended", True))
        return Incoming(response, whole_head=not ended, whole_request=whole_request)


def _write(connection: Connection, request: Request, target: str, headers: dict[str, str]) -> bool:
    """Write the request. False if the server stopped listening: it may have answered all the same."""
    try:
        connection.request(
            request.method,
            target,
            body=request.body,
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
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
        case OSError() as failure if refused := re.match(r"Tunnel connection failed: (\d{3})", str(failure)):
            return f"the proxy refused the connection ({refused[1]})"
        case OSError() as failure:
            return failure.strerror or "the connection failed"
        case _:
            return "the answer was not proper HTTP"
