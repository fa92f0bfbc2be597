"""Connections to the API, kept for a while between calls. One is reused only while it is provably fresh.

A server may close an idle connection at any moment; a request written onto it then is lost without anyone
knowing how far it came. So a connection that was idle for long, or has anything to read, is not used again.
"""

from __future__ import annotations

import ssl
import threading
import time
from typing import TYPE_CHECKING, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.wait import wait_for_read

from jetplan.api.sockets import TimedSocket, TimedTLSSocket, dial
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from jetplan.api.origin import Origin, Proxy

    Clock = Callable[[], float]

MAX_IDLE = 5.0
"""Seconds a connection may rest and still be used: servers keep theirs for longer."""


class PlainConnection(HTTPConnection):
    """A connection without encryption, to this machine only."""

    auto_open = 0  # never connects by itself in the middle of a request
    ends_at = 0.0
    connect_by = 0.0
    clock: Clock = staticmethod(time.monotonic)

    def _new_conn(self) -> socket:
        return dial(self.host, self.port or 80, self.connect_by, self.clock, loopback_only=True)


class SecureConnection(HTTPSConnection):
    """A connection with TLS, its certificate checked; through a proxy's tunnel where there is one."""

    auto_open = 0
    ends_at = 0.0
    connect_by = 0.0
    clock: Clock = staticmethod(time.monotonic)

    def _new_conn(self) -> socket:
        return dial(self.host, self.port or 443, self.connect_by, self.clock, loopback_only=False)

    def _tunnel(self) -> None:
        super()._tunnel()  # of http.client
        cast("TimedSocket", self.sock).arm()  # the handshake gets what the tunnel has left over


Connection = PlainConnection | SecureConnection
Timed = TimedSocket | TimedTLSSocket


def trust(ca_bundle: str | None) -> ssl.SSLContext:
    """A TLS context that always verifies: certifi, the system's store (or SSL_CERT_FILE), and `ca_bundle`."""
    import certifi  # noqa: PLC0415 - only where no other certificates are named

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = TimedTLSSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    if ca_bundle is not None:
        try:
            context.load_verify_locations(ca_bundle)
        except (OSError, ssl.SSLError):
            raise UsageError(
                f"The CA bundle {ca_bundle} cannot be read.", hint="It must be a file of PEM certificates."
            ) from None
    return context


class Pool:
    """At most `size` connections at once; who comes later waits. Safe for threads."""

    def __init__(
        self,
        origin: Origin,
        proxy: Proxy | None,
        *,
        size: int,
        connect_timeout: float,
        clock: Clock,
        ca_bundle: str | None,
    ) -> None:
        self._origin = origin
        self._proxy = proxy
        self._connect_timeout = connect_timeout
        self._clock = clock
        self._context = trust(ca_bundle) if origin.secure else None
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Connection]] = []

    def take(self, seconds: float) -> Connection:
        """A connection with this much time for all that follows. Its `sock` is None where it is a new one."""
        self._places.acquire()
        try:
            connection = self._fresh_one() or self._new_one()
        except BaseException:
            self._places.release()
            raise
        now = self._clock()
        connection.ends_at = now + seconds
        connection.connect_by = now + min(seconds, self._connect_timeout)
        return connection

    def give_back(self, connection: Connection, *, keep: bool) -> None:
        """Return what was taken: to be used again, or closed."""
        if keep and connection.sock is not None:
            with self._lock:
                self._idle.append((self._clock(), connection))
        else:
            connection.close()
        self._places.release()

    def close(self) -> None:
        """Close the connections that rest."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def _fresh_one(self) -> Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                since, connection = self._idle.pop()
            if self._clock() - since < MAX_IDLE and not _readable(connection):
                return connection
            connection.close()

    def _new_one(self) -> Connection:
        origin, proxy = self._origin, self._proxy
        host, port = (proxy.host, proxy.port) if proxy else (origin.host, origin.port)
        connection: Connection
        if self._context is None:
            connection = PlainConnection(host, port)
        else:
            connection = SecureConnection(host, port, ssl_context=self._context)
        if proxy:
            connection.set_tunnel(origin.host, origin.port, headers=proxy.headers, scheme="http")
        connection.clock = self._clock
        return connection


def timed(connection: Connection) -> Timed:
    """The socket of a connection that is connected, told until when everything must be over."""
    sock = cast("Timed", connection.sock)
    sock.clock = connection.clock
    sock.ends_at = connection.ends_at
    return sock


def _readable(connection: Connection) -> bool:
    """Whether anything waits to be read: an end, or an answer to no question."""
    return connection.sock is None or wait_for_read(connection.sock, timeout=0.0)
