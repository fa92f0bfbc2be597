"""Servers on raw sockets that answer byte for byte what a test tells them, and remember what they were asked."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from jetplan.api.client import JetClient

    Play: TypeAlias = "Callable[[socket.socket, Asked], object]"

TOKEN = b'{"access_token":"token-1","expires_in":3600}'


@dataclass
class Asked:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """A proper answer with a length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def reset(sock: socket.socket) -> None:
    """Close with RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def sell(sock: socket.socket) -> bool:
    """Answer with a token, and keep the connection."""
    sock.sendall(answer(TOKEN))
    return True


def saying(text: bytes) -> Play:
    """Sends the same bytes to each request, and keeps the connection."""

    def play(sock: socket.socket, _: Asked) -> bool:
        sock.sendall(text)
        return True

    return play


@dataclass
class RawServer:
    """One thread a connection. `play` gets (socket, request) and answers; True keeps the connection.

    Token calls are answered by `tokens`, kept in `token_calls`, and are not part of `asked`.
    """

    play: Play
    context: ssl.SSLContext | None = None
    tokens: Play = lambda sock, asked: sell(sock)
    asked: list[Asked] = field(default_factory=list)
    token_calls: list[Asked] = field(default_factory=list)
    connections: int = 0
    ended: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Released each time the server has closed a connection."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http{'s' if self.context else ''}://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(sock,))
                with self._lock:
                    self._open.append(sock)
                    self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket) -> None:
        raw = sock
        with suppress(OSError, ValueError):
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            with sock.makefile("rb") as stream:
                while (asked := self._read(stream)) and self._answer(sock, asked):
                    pass
        with suppress(OSError):
            sock.close()
        with self._lock:
            self._open.remove(raw)
        self.ended.release()

    def _answer(self, sock: socket.socket, asked: Asked) -> object:
        is_token = asked.target.endswith("/oauth/token")
        (self.token_calls if is_token else self.asked).append(asked)
        return (self.tokens if is_token else self.play)(sock, asked)

    @staticmethod
    def _read(stream: BinaryIO) -> Asked | None:
        first = stream.readline().decode()
        if not first:
            return None
        method, target, _ = first.split(" ")
        headers: dict[str, str] = {}
        while (line := stream.readline().decode()) not in ("\r\n", ""):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Asked(method, target, headers, stream.read(int(headers.get("content-length", 0))))


class Clock:
    """A clock that a test sets; sleeping on it takes no time and is written down."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Serve(Protocol):
    """Starts a server that plays a script; bytes are sent as they are, and the connection kept."""

    def __call__(self, play: Play | bytes, **options: Any) -> RawServer: ...


class Connect(Protocol):
    """Makes a client of a server; `options` are those of JetClient."""

    def __call__(self, url: str, **options: Any) -> JetClient: ...


class Wire:
    """The words of scripts: `answer` makes bytes, `reset` cuts."""

    answer = staticmethod(answer)
    reset = staticmethod(reset)
    token = TOKEN
