"""A proxy before a PostgreSQL server that loses the answer to a COMMIT, or the COMMIT itself, when told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from enum import Enum


class Cut(Enum):
    """What happens to the next COMMIT."""

    BEFORE = "the connection is lost before the server gets it"
    AFTER = "the server gets it, its answer is lost"
    LATE = "the answer is lost, and the server gets it only when it is let go"
    FOR_GOOD = "the server gets it, its answer is lost, and nobody can connect any more"


@dataclass
class CuttingProxy:
    """Listens on 127.0.0.1; forwards to a socket in the file system."""

    target: str
    next_cut: Cut | None = None
    let_go: threading.Event = field(default_factory=threading.Event)
    cuts: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = [self._listener]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and drop every connection."""
        for each in self._open:
            _drop(each)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            self._open += [client, server]
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=_down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        while data := _read(client):
            cut = self.next_cut
            if cut is None or b"COMMIT\0" not in data:
                _send(server, data)
                continue
            self.next_cut = None
            self.cuts += 1
            if cut is Cut.FOR_GOOD:
                _drop(self._listener)
            if cut is not Cut.BEFORE:
                _drop(client)
            if cut is Cut.LATE:
                self.let_go.wait(10)
            if cut is not Cut.BEFORE:
                _send(server, data)
                return  # closing now could be seen by the server before it has read the COMMIT
            break
        _drop(client)
        _drop(server)


def _down(server: socket.socket, client: socket.socket) -> None:
    while data := _read(server):
        _send(client, data)
    _drop(client)


def _send(target: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        target.sendall(data)


def _read(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


def _drop(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
