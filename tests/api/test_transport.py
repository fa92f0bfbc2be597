"""What requests and urllib3 would do by themselves and must not: unpack, follow, remember, count waiting as time."""

from __future__ import annotations

import gzip
import json
import select
import ssl
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import trustme
import zstandard

from jetplan.api.adapter import Budget
from jetplan.core.answers import AcceptedAnswer, InDoubtAnswer, NotSentAnswer, RejectedAnswer

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from rawserver import Asked, Clock, Connect, Serve, Wire

GOOD = b'{"deliveryId":"d"}'
MANY = 256 << 20
BOMB = gzip.compress(b" " * MANY + GOOD, mtime=0)


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """A server's context, and the file of the authority that signed its certificate."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return context, str(tmp_path / "ca.pem")


def _peak(write: Any) -> tuple[Any, int]:
    tracemalloc.start()
    try:
        return write(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "400 No", "500 X"])
def test_a_bomb_meets_the_cap(status: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """An answer that unpacks to 256 MiB is given up at 16 MiB, whatever its status; a redirect is no exception."""
    server = serve(wire.answer(BOMB, status, "Content-Encoding: gzip", "Location: /elsewhere"))
    client = connect(server.url)
    got, peak = _peak(lambda: client.deliver("j", b"{}"))
    assert isinstance(got, InDoubtAnswer)
    assert "larger than 16 MiB" in got.reason
    assert peak < 48 << 20
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("deflate", zlib.compress(b" " * MANY)),
        ("zstd", zstandard.compress(b" " * MANY)),
        ("br", b"\x5b\x00"),
        ("gzip, gzip", gzip.compress(BOMB, mtime=0)),
    ],
    ids=["deflate", "zstd", "br", "gzip, gzip"],  # not their bytes: gzip tells the time
)
def test_an_encoding_nobody_asked_for_is_not_unpacked(
    encoding: str, packed: bytes, serve: Serve, connect: Connect, wire: Wire
) -> None:
    """Only gzip is accepted; a body packed otherwise is refused as it is."""
    server = serve(wire.answer(packed, "200 OK", f"Content-Encoding: {encoding}"))
    got, peak = _peak(lambda: connect(server.url).deliver("j", b"{}"))
    assert isinstance(got, InDoubtAnswer)
    assert "not asked for" in got.reason
    assert peak < 16 << 20


def test_a_cookie_is_not_sent_back(serve: Serve, connect: Connect, wire: Wire) -> None:
    """What an answer wants remembered is forgotten."""
    server = serve(wire.answer(GOOD, "200 OK", "Set-Cookie: a=b; Path=/"))
    client = connect(server.url)
    assert [client.deliver("j", b"{}") for _ in range(2)] == [AcceptedAnswer("d")] * 2
    assert all("cookie" not in asked.headers for asked in server.asked)


@pytest.mark.parametrize("status", [413, 429, 503])
def test_a_wish_to_be_asked_again_sends_nothing(status: int, serve: Serve, connect: Connect, wire: Wire) -> None:
    """urllib3 would obey Retry-After for these; a write is sent once all the same."""
    server = serve(wire.answer(b'{"message":"later"}', f"{status} X", "Retry-After: 0"))
    assert isinstance(connect(server.url).deliver("j", b"{}"), (RejectedAnswer, InDoubtAnswer))
    assert len(server.asked) == 1


def test_a_request_goes_out_as_it_was_built(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Neither the target nor the body is rewritten, and nothing is asked for that cannot be read."""
    server = serve(wire.answer(GOOD))
    assert connect(server.url).deliver("a b~c", b'{"a": 1}') == AcceptedAnswer("d")
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/v1/jobs/a%20b~c/deliveries", b'{"a": 1}')
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["content-length"] == "8"
    assert asked.headers["user-agent"].startswith("jetplan/")
    assert "transfer-encoding" not in asked.headers


def test_waiting_for_a_connection_takes_none_of_the_time(clock: Clock) -> None:
    """The deadline counts from when a connection is free, and then for connecting and reading together."""
    budget = Budget(60.0, 10.0, clock)
    clock.now += 1000
    assert budget.connect_timeout == 10.0
    clock.now += 55
    assert budget.clone() is budget
    assert (budget.connect_timeout, budget.read_timeout) == (5.0, 5.0)
    clock.now += 6
    assert budget.read_timeout == 0.0


@pytest.mark.parametrize("secure", [False, True])
def test_an_answer_may_take_longer_than_connecting(
    secure: bool, serve: Serve, connect: Connect, wire: Wire, tls: tuple[ssl.SSLContext, str]
) -> None:
    """The connect timeout is over with the connection; on one that is used again, the earlier deadline is over too."""

    def play(sock: socket.socket, asked: Asked) -> bool:
        select.select([sock], [], [], 0.4)  # the client says nothing: this waits for all of it
        sock.sendall(wire.answer(GOOD))
        return True

    context, bundle = tls if secure else (None, None)
    server = serve(play, context=context)
    client = connect(server.url, connect_timeout=0.2, total_timeout=1.5, ca_bundle=bundle)
    assert [client.deliver("j", b"{}") for _ in range(5)] == [AcceptedAnswer("d")] * 5
    assert server.connections == 1


def test_an_answer_that_was_not_read_closes_its_connection(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Where the rest of an answer may still come, the next request takes another connection."""

    def play(sock: socket.socket, asked: Asked) -> bool:
        refused = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 9\r\n\r\n"
        sock.sendall(refused if len(server.asked) == 1 else wire.answer(GOOD))
        return True

    server = serve(play)
    client = connect(server.url)
    assert isinstance(client.deliver("j", b"{}"), InDoubtAnswer)
    assert client.deliver("j", b"{}") == AcceptedAnswer("d")
    assert server.connections == 2


@pytest.mark.parametrize("seconds", range(1, 25))
def test_wherever_the_deadline_falls_nothing_escapes(seconds: int, serve: Serve, connect: Connect, wire: Wire) -> None:
    """With a clock that moves at each look, the time is over at each point in turn: every answer is an answer."""
    server = serve(wire.answer(GOOD))
    now = iter(range(1_000_000))
    client = connect(server.url, clock=lambda: float(next(now)))
    client.deliver("j", b"{}")
    client._caller._seconds = seconds
    before = len(server.asked)
    got = client.deliver("j", b"{}")
    assert isinstance(got, (AcceptedAnswer, NotSentAnswer, InDoubtAnswer))
    if isinstance(got, NotSentAnswer):
        assert len(server.asked) == before


def test_a_write_goes_out_in_capitals(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Methods are told apart by their case."""
    server = serve(wire.answer(b'{"jobId":"j","name":"n"}'))
    connect(server.url).create_job(b'{"name":"n"}')
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/v1/jobs", b'{"name":"n"}')


def test_the_answer_to_a_large_write_may_be_large(
    serve: Serve, connect: Connect, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jet gives the list of files back: up to eight times the request is read, and not more."""
    monkeypatch.setattr("jetplan.api.calls.ORDINARY_CAP", 1_000)
    body = b'{"objects":[' + b" " * 1_000 + b"]}"
    for size, expected in ((7_500, AcceptedAnswer), (9_000, InDoubtAnswer)):
        server = serve(wire.answer(b'{"deliveryId":"d"' + b" " * size + b"}"))
        assert isinstance(connect(server.url).deliver("j", body), expected)


def test_a_job_is_paused_and_resumed(serve: Serve, connect: Connect, wire: Wire) -> None:
    """By one PATCH each, in capitals, of that job and of nothing else of it."""
    server = serve(wire.answer(b'{"jobId":"j 1","name":"n"}'))
    client = connect(server.url)
    for paused in (True, False):
        client.set_paused("j 1", paused)
    assert [(asked.method, asked.target, json.loads(asked.body)) for asked in server.asked] == [
        ("PATCH", "/v1/jobs/j%201", {"paused": True}),
        ("PATCH", "/v1/jobs/j%201", {"paused": False}),
    ]


def test_a_cut_answer_to_a_write_keeps_its_status(serve: Serve, connect: Connect) -> None:
    """The status came, and the body did not: the doubt says so."""
    server = serve(lambda sock, _: sock.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"))
    answer = connect(server.url).deliver("j", b"{}")
    assert isinstance(answer, InDoubtAnswer)
    assert answer.status == 201
