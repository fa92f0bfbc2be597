"""One client's connection: HTTP/1.1 by h11 over a blocking socket, and the place where faults strike.

Owns bytes and their order; what is answered is decided by the application it is given.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, unquote

import h11

from jetplan.sandbox.breakage import edit, reset, spoil, stand_in
from jetplan.sandbox.faults import BREAKS, DELAYS, EDITS, REFUSALS, Fault, Faults
from jetplan.sandbox.http import Note, RefusedError, Request, Response, refuse

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from jetplan.sandbox.journal import Journal

BODY_LIMIT = 256 << 20
READ = 1 << 18
BACKSTAGE = "/_sandbox"


class Application(Protocol):
    def handle(self, request: Request) -> Response: ...

    def earlier_delivery(self, note: Note) -> str | None: ...


class Connection:
    def __init__(
        self,
        sock: socket.socket,
        application: Application,
        faults: Faults,
        journal: Journal,
        ending: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._sock = sock
        self._application = application
        self._faults = faults
        self._journal = journal
        self._ending = ending
        self._clock = clock
        self._bodiless = False
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 16)

    def converse(self) -> None:
        """Answer requests until one side closes the connection."""
        try:
            while not self._ending() and self._exchange():
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            self._complain(error.error_status_hint, str(error))
        except OSError:
            return  # the client is gone

    def _exchange(self) -> bool:
        """One request and its answer; False when the connection is done with."""
        try:
            request = self._read()
        except RefusedError as error:
            self._complain(error.status, error.message)
            return False
        if request is None:
            return False
        backstage = request.path.startswith(BACKSTAGE) or request.path == "/"
        picked = () if backstage else self._faults.pick(request.method, request.path)
        if not picked:
            response = self._application.handle(request)
            if not backstage:
                self._journal.record(request.method, request.path, response.status, None, response.note)
            self._send(response, self._clock())
        elif not self._suffer(request, picked):
            return False
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def _suffer(self, request: Request, picked: tuple[Fault, ...]) -> bool:
        names = ",".join(fault.kind for fault in picked)
        delays = [fault for fault in picked if fault.kind in DELAYS]
        self._delay(fault for fault in delays if fault.kind == "latency")
        harsh = next((fault for fault in picked if fault.kind in REFUSALS or fault.kind in BREAKS), None)
        if harsh is not None and harsh.kind in REFUSALS:
            response = stand_in(harsh)
        else:
            response = self._application.handle(request)
            for fault in picked:
                if fault.kind in EDITS:
                    response = edit(response, fault, lambda: self._application.earlier_delivery(response.note))  # noqa: B023  # called at once
        self._delay(fault for fault in delays if fault.kind == "latency-after-commit")
        note = response.note
        if harsh is not None and harsh.kind == "status-after-commit":
            response = stand_in(harsh)
        told = None if harsh is not None and harsh.kind.startswith(("cut-", "reset-", "drop")) else response.status
        self._journal.record(request.method, request.path, told, names, note)
        now = self._clock() + sum(fault.number(0) for fault in picked if fault.kind == "clock")
        if harsh is None or harsh.kind in ("status", "status-after-commit"):
            self._send(response, now)
            return True
        spoil(self._sock, response, harsh, formatdate(now, usegmt=True), self._ending)
        return False

    def _delay(self, faults: Iterator[Fault]) -> None:
        time.sleep(sum(fault.number(0) for fault in faults) / 1000)

    def _read(self) -> Request | None:
        head = self._next_event()
        if not isinstance(head, h11.Request):
            return None
        pieces: list[bytes] = []
        size = 0
        while isinstance(event := self._next_event(), h11.Data):
            size += len(event.data)
            if size > BODY_LIMIT:
                raise RefusedError(413, "the body is too large")
            pieces.append(bytes(event.data))
        if not isinstance(event, h11.EndOfMessage):
            return None
        self._bodiless = head.method == b"HEAD"
        return _request(head, b"".join(pieces))

    def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                go_on = self._http.send(h11.InformationalResponse(status_code=100, headers=[]))
                self._sock.sendall(go_on or b"")
            self._http.receive_data(self._sock.recv(READ))
        return event

    def _send(self, response: Response, now: float) -> None:
        headers = [("date", formatdate(now, usegmt=True)), *response.headers.items()]
        if isinstance(response.body, bytes):
            if response.status not in (204, 304):
                headers.append(("content-length", str(len(response.body))))
            body = b"" if self._bodiless else response.body
            self._sock.sendall(self._begin(response.status, headers) + self._data(body) + self._end())
            return
        self._sock.sendall(self._begin(response.status, [*headers, ("transfer-encoding", "chunked")]))
        for piece in () if self._bodiless else response.body:
            self._sock.sendall(self._data(piece))
        self._sock.sendall(self._end())

    def _begin(self, status: int, headers: list[tuple[str, str]]) -> bytes:
        return self._http.send(h11.Response(status_code=status, headers=headers)) or b""

    def _data(self, piece: bytes) -> bytes:
        return (self._http.send(h11.Data(data=piece)) if piece else b"") or b""

    def _end(self) -> bytes:
        return self._http.send(h11.EndOfMessage()) or b""

    def _complain(self, status: int, message: str) -> None:
        """Answer what could not be read as a request, and hang up without waiting for the rest of it."""
        try:
            if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                answer = refuse(RefusedError(status, message, {"connection": "close"}))
                self._send(answer, self._clock())
        except (OSError, h11.LocalProtocolError):
            reset(self._sock)


def _request(head: h11.Request, body: bytes) -> Request:
    path, _, query = head.target.decode("latin-1").partition("?")
    return Request(
        "GET" if head.method == b"HEAD" else head.method.decode("latin-1"),
        unquote(path),
        dict(parse_qsl(query, keep_blank_values=True)),
        {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
        body,
    )
