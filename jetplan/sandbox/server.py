"""The sandbox as a running server on 127.0.0.1: sockets, threads, beginning and end.

with serve(Settings(profiles=(("NYC Dailies", folder),))) as url:
    ...
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jetplan.sandbox.application import Application
from jetplan.sandbox.connection import Connection
from jetplan.sandbox.jet import Jet, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BACKLOG = 512


class PortError(Exception):
    """The port cannot be listened on."""


class Server:
    """One Jet behind one listening socket, a thread for each connection."""

    def __init__(self, settings: Settings) -> None:
        self.jet = Jet(settings)
        self._application = Application(self.jet)
        self._idle = settings.idle
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        try:
            self._listener = socket.create_server(("127.0.0.1", settings.port), backlog=BACKLOG)
        except (OSError, OverflowError) as error:
            self.jet.close()
            raise PortError(f"port {settings.port} cannot be listened on: {error}") from None
        self._acceptor = threading.Thread(target=self._accept, name="sandbox-acceptor", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        self.jet.start()
        self._acceptor.start()

    def stop(self) -> None:
        """End every connection and worker; what was accepted is in the state."""
        self._ending.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        with self._lock:
            remaining = list(self._open.items())
        for sock, _ in remaining:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.jet.stop()
        for _, thread in remaining:
            thread.join(timeout=5)
        self.jet.close()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                if self._ending.is_set():
                    return
                self._ending.wait(0.05)  # perhaps out of file descriptors: others are closed meanwhile
                continue
            thread = threading.Thread(target=self._attend, args=(sock,), daemon=True)
            with self._lock:
                self._open[sock] = thread
            thread.start()

    def _attend(self, sock: socket.socket) -> None:
        try:
            sock.settimeout(self._idle)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            jet = self.jet
            Connection(sock, self._application, jet.faults, jet.journal, self._ending.is_set, jet.clock).converse()
        finally:
            with self._lock:
                self._open.pop(sock, None)
            sock.close()


@contextmanager
def serve(settings: Settings) -> Iterator[str]:
    """A sandbox for the length of a `with` block, in threads of this process; yields its URL."""
    server = Server(settings)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called with the URL once connections are accepted."""
    server = Server(settings)
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    server.start()
    try:
        announce(server.url)
        asked.wait()
    finally:
        server.stop()
