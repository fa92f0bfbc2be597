"""Sockets that keep one deadline, however slowly the other side sends, and how they connect.

A socket's own timeout counts from each byte anew, so an answer that trickles never ends. These hold every send and
receive to the time that is left, to a hundredth of it.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from errno import EADDRNOTAVAIL, EINVAL
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Clock = Callable[[], float]
    Address = tuple[socket.AddressFamily, Any]


SLACK = 0.01
"""The part of the time left by which a socket's own timeout may be off: setting it anew is a call of the system."""


class DeadlinePassed(TimeoutError):
    """The time for the whole exchange is over."""


class TimedSocket(socket.socket):
    """A TCP socket with a deadline. `ended` once the other side has closed its direction."""

    ends_at: float = math.inf
    clock: Clock = staticmethod(time.monotonic)
    ended: bool = False

    def arm(self) -> None:
        """Give the next call the time that is left. DeadlinePassed if there is none."""
        _arm(self)

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Receive, before the deadline."""
        self.arm()
        count = super().recv_into(*args, **options)
        self.ended = self.ended or count == 0
        return count

    def sendall(self, *args: Any) -> None:
        """Send everything, before the deadline."""
        self.arm()
        super().sendall(*args)


class TimedTLSSocket(ssl.SSLSocket):
    """The same over TLS. A class of its own: `ssl` builds it, without arguments, through the context."""

    ends_at: float = math.inf
    clock: Clock = staticmethod(time.monotonic)
    ended: bool = False

    def arm(self) -> None:
        """Give the next call the time that is left. DeadlinePassed if there is none."""
        _arm(self)

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Receive, before the deadline."""
        self.arm()
        count = super().recv_into(*args, **options)
        self.ended = self.ended or count == 0
        return count

    def send(self, *args: Any, **options: Any) -> int:
        """Send a part, before the deadline; `sendall` of TLS sockets is a loop of these."""
        self.arm()
        return super().send(*args, **options)


def _arm(sock: TimedSocket | TimedTLSSocket) -> None:
    left = sock.ends_at - sock.clock()
    if left <= 0:
        raise DeadlinePassed
    armed = sock.gettimeout()
    if left == math.inf:
        sock.settimeout(None)
    elif armed is None or abs(armed - left) > left * SLACK:
        sock.settimeout(left)


def dial(host: str, port: int, ends_at: float, clock: Clock, *, loopback_only: bool) -> TimedSocket:
    """A connected socket, before the deadline. OSError if no address of the host answers.

    With `loopback_only` a name that leads to another machine is refused: plain http must stay here.
    """
    addresses = _resolve(host, port, ends_at - clock())
    if loopback_only:
        addresses = [a for a in addresses if a[0] == socket.AF_INET6 or str(a[1][0]).startswith("127.")]
        addresses = [a for a in addresses if a[0] == socket.AF_INET or a[1][0] == "::1"]
        if not addresses:
            raise OSError(EADDRNOTAVAIL, "its name resolves to another machine")
    for at, address in enumerate(addresses):
        rest = len(addresses) - at
        try:
            return _connect(address, clock() + (ends_at - clock()) / rest, ends_at, clock)
        except OSError:
            if rest == 1:
                raise
    raise OSError(EADDRNOTAVAIL, "its name has no address")


def _connect(address: Address, until: float, ends_at: float, clock: Clock) -> TimedSocket:
    family, target = address
    sock = TimedSocket(family, socket.SOCK_STREAM)
    try:
        sock.clock = clock
        sock.ends_at = until
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.arm()
        sock.connect(target)
        sock.ends_at = ends_at
        sock.arm()
    except BaseException:
        sock.close()
        raise
    return sock


def _resolve(host: str, port: int, seconds: float) -> list[Address]:
    """The addresses of a host. A name is resolved on a thread of its own, because resolving has no timeout."""
    try:
        return _look_up(host, port, socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        pass
    answers: SimpleQueue[list[Address] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_look_up(host, port, 0))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(EINVAL, "its name is not a valid host name"))

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        found = answers.get(timeout=max(seconds, 0))
    except Empty:
        raise DeadlinePassed from None
    if isinstance(found, OSError):
        raise found
    return found


def _look_up(host: str, port: int, flags: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, address) for family, _, _, _, address in found]
