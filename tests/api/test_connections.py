"""Connections: kept while they are fresh, left alone as soon as a request on them could be lost."""

from __future__ import annotations

import select
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.core.answers import AcceptedAnswer

if TYPE_CHECKING:
    import socket

    from rawserver import Asked, Clock, Connect, Serve, Wire

GOOD = b'{"deliveryId":"d"}'


def _wait_for_news(client: Any) -> None:
    """Wait until what the server did to the resting connection has come through."""
    (pools,) = client._transport.adapter.poolmanager.pools._container.values()
    (connection,) = [each for each in pools.pool.queue if each is not None]
    assert select.select([connection.sock], [], [], 10)[0]


def test_a_fresh_connection_is_used_again(serve: Serve, connect: Connect, wire: Wire) -> None:
    """The token and many writes share one connection."""
    server = serve(wire.answer(GOOD))
    client = connect(server.url)
    assert all(client.deliver("j", b"{}") == AcceptedAnswer("d") for _ in range(20))
    assert server.connections == 1


def test_a_connection_that_the_server_closed_is_not_used(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A server that closes without warning after each answer costs no doubt: each write takes a new connection."""
    server = serve(lambda sock, asked: sock.sendall(wire.answer(GOOD)))
    client = connect(server.url)
    for count in range(1, 6):
        assert client.deliver("j", b"{}") == AcceptedAnswer("d")
        assert server.connections == count
        _wait_for_news(client)


def test_a_connection_that_rested_is_not_used(serve: Serve, connect: Connect, wire: Wire, clock: Clock) -> None:
    """After five seconds of rest a connection may be gone: a new one is made."""
    server = serve(wire.answer(GOOD))
    client = connect(server.url, clock=clock)
    client.deliver("j", b"{}")
    clock.now += 4.9
    client.deliver("j", b"{}")
    assert server.connections == 1
    clock.now += 5.1
    assert client.deliver("j", b"{}") == AcceptedAnswer("d")
    assert server.connections == 2


def test_an_answer_to_no_question_is_never_read(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Bytes that follow an answer belong to no request: the next one does not take them for its own."""

    def play(sock: socket.socket, asked: Asked) -> bool:
        sock.sendall(wire.answer(GOOD))
        if len(server.asked) == 1:
            taken.wait(10)
            sock.sendall(wire.answer(b'{"deliveryId":"smuggled"}'))
        return True

    taken = threading.Event()
    server = serve(play)
    client = connect(server.url)
    assert client.deliver("j", b"{}") == AcceptedAnswer("d")
    taken.set()
    _wait_for_news(client)
    assert client.deliver("j", b"{}") == AcceptedAnswer("d")
    assert server.connections == 2


def test_what_closes_is_not_kept(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Connection: close is obeyed."""
    server = serve(wire.answer(GOOD, "200 OK", "Connection: close"))
    client = connect(server.url)
    assert [client.deliver("j", b"{}") for _ in range(3)] == [AcceptedAnswer("d")] * 3
    assert server.connections == 3


@pytest.mark.parametrize("threads", [1, 8])
def test_many_threads_send_each_request_once(threads: int, serve: Serve, connect: Connect, wire: Wire) -> None:
    """However many threads write, each body arrives once, over no more connections than allowed."""
    server = serve(wire.answer(GOOD))
    client = connect(server.url, connections=4)
    with ThreadPoolExecutor(threads) as pool:
        got = list(pool.map(lambda n: client.deliver("j", b'{"n":%d}' % n), range(200)))
    assert got == [AcceptedAnswer("d")] * 200
    assert sorted(asked.body for asked in server.asked) == sorted(b'{"n":%d}' % n for n in range(200))
    assert server.connections <= 4
    assert len(server.token_calls) == 1


def test_a_large_body_arrives_whole(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A body beyond every buffer is sent whole, with its length."""
    body = bytes(range(256)) * 20_000
    server = serve(wire.answer(GOOD))
    assert connect(server.url).deliver("j", body) == AcceptedAnswer("d")
    assert server.asked[0].body == body
