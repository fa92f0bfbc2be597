"""How a connection is made, and what its deadline does, with a clock that a test sets."""

from __future__ import annotations

import errno
import math
import socket
import ssl
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import trustme

from jetplan.api.sockets import DeadlinePassed, TimedSocket, TimedTLSSocket, dial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rawserver import Clock

    Found = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]]


@pytest.fixture
def port() -> Iterator[int]:
    """A port where a connection is taken, and nothing said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let every name lead to some addresses."""

    def leading(*addresses: tuple[str, int]) -> None:
        found: Found = [
            (socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
            for host, port in addresses
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    return leading


def test_a_connection_keeps_the_deadline(port: int, clock: Clock) -> None:
    """What is connected has the whole time that is left, and sends at once."""
    with closing(dial("127.0.0.1", port, 1060.0, clock, loopback_only=True)) as sock:
        assert (sock.ends_at, sock.clock, sock.gettimeout()) == (1060.0, clock, 60.0)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_a_name_without_an_address(resolve: Callable[..., None], clock: Clock) -> None:
    """It is said as what it is; with plain http, that it leads elsewhere."""
    resolve()
    with pytest.raises(OSError, match="its name has no address") as refused:
        dial("jet.example", 443, 1060.0, clock, loopback_only=False)
    assert refused.value.errno == errno.EADDRNOTAVAIL
    resolve(("::2", 80), ("10.0.0.1", 80))
    with pytest.raises(OSError, match="its name resolves to another machine") as refused:
        dial("localhost", 80, 1060.0, clock, loopback_only=True)
    assert refused.value.errno == errno.EADDRNOTAVAIL


@pytest.mark.parametrize("host", ["::1", "127.0.0.1", "127.9.9.9"])
def test_every_address_of_this_machine_is_tried(host: str, resolve: Callable[..., None], clock: Clock) -> None:
    """In both families; that nothing listens there is another matter."""
    resolve(("10.0.0.1", 1), (host, 1), ("::2", 1))
    with pytest.raises(OSError) as refused:  # noqa: PT011 - which one depends on whether the machine has IPv6
        dial("localhost", 1, 1060.0, clock, loopback_only=True)
    assert "another machine" not in str(refused.value)


def test_the_addresses_share_the_time(port: int, resolve: Callable[..., None], clock: Clock) -> None:
    """Each gets an equal part of what is left, so that a dead one leaves time for the next."""
    until: list[float] = []

    class Watched(TimedSocket):
        def connect(self, address: object) -> None:
            until.append(self.ends_at)
            clock.now += 8.0
            super().connect(address)  # type: ignore[arg-type]

    resolve(("127.0.0.1", 1), ("127.0.0.1", 1), ("127.0.0.1", port))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jetplan.api.sockets.TimedSocket", Watched)
        dial("jet.example", port, 1060.0, clock, loopback_only=False).close()
        assert until == [1020.0, 1034.0, 1060.0]
        resolve(("127.0.0.1", 1), ("127.0.0.1", 1))
        with pytest.raises(ConnectionRefusedError):
            dial("jet.example", port, 1060.0, clock, loopback_only=False)


def test_each_call_gets_the_time_that_is_left(clock: Clock) -> None:
    """A timeout that is off by less than a hundredth is left as it is. Without an end there is none."""
    with TimedSocket() as sock:
        sock.clock = clock
        sock.arm()
        assert sock.gettimeout() is None
        sock.ends_at = 1100.0
        sock.arm()
        assert sock.gettimeout() == 100.0
        clock.now = 1000.9
        sock.arm()
        assert sock.gettimeout() == 100.0
        clock.now = 1002.0
        sock.arm()
        assert sock.gettimeout() == 98.0
        sock.ends_at = math.inf
        sock.arm()
        assert sock.gettimeout() is None
        sock.ends_at = clock.now
        with pytest.raises(DeadlinePassed):
            sock.arm()


def test_a_connection_knows_that_the_other_side_ended(clock: Clock) -> None:
    """From the first empty read on, and not before."""
    ours, theirs = socket.socketpair()
    with TimedSocket(fileno=ours.detach()) as sock, theirs:
        sock.clock = clock
        theirs.sendall(b"x")
        assert (sock.recv_into(bytearray(1)), sock.ended) == (1, False)
        theirs.shutdown(socket.SHUT_WR)
        assert (sock.recv_into(bytearray(1)), sock.ended) == (0, True)


def test_a_connection_over_tls_knows_it_too() -> None:
    """The notice of the end counts as the end."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.issue_cert("jet.example").configure_cert(server)
    authority.configure_trust(client)
    client.sslsocket_class = TimedTLSSocket
    ours, theirs = socket.socketpair()
    with closing(client.wrap_socket(ours, server_hostname="jet.example", do_handshake_on_connect=False)) as sock:
        talk = threading.Thread(target=_say_one_sign, args=(server, theirs))
        talk.start()
        sock.do_handshake()
        assert (sock.recv_into(bytearray(1)), sock.ended) == (1, False)  # type: ignore[attr-defined]
        assert (sock.recv_into(bytearray(1)), sock.ended) == (0, True)  # type: ignore[attr-defined]
        talk.join()


def _say_one_sign(context: ssl.SSLContext, sock: socket.socket) -> None:
    with context.wrap_socket(sock, server_side=True) as secured:
        secured.sendall(b"x")
