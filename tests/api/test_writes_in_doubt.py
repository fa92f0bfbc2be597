"""Every fault of the network on every call that writes: one request, and no claim beyond what is known."""

from __future__ import annotations

import importlib.util
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.api.bodies import delivery_body, job_body
from jetplan.core.answers import AcceptedAnswer, Answer, InDoubtAnswer, RejectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from rawserver import Asked, Connect, Serve, Wire

    from jetplan.api.client import JetClient

_spec = importlib.util.spec_from_file_location("network_faults", Path(__file__).with_name("network_faults.py"))
assert _spec
assert _spec.loader
faults = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(faults)

WRITES: dict[str, Callable[[JetClient], Answer]] = {
    "create_job": lambda client: client.create_job(job_body("nyc", "sp-1", "sp-2")),
    "deliver": lambda client: client.deliver("j-1", delivery_body(["/a.mxf"], [5])),
    "set_paused": lambda client: client.set_paused("j-1", False),
}
REFUSING = (400, 401, 403, 404, 405, 413, 415, 422, 429)


@pytest.fixture(params=WRITES)
def write(request: Any) -> Callable[[JetClient], Answer]:
    return WRITES[request.param]


@pytest.mark.parametrize("fault", faults.DOUBTFUL)
def test_a_fault_leaves_doubt_and_one_request(
    fault: str, write: Callable[[JetClient], Answer], serve: Serve, connect: Connect
) -> None:
    """Whatever breaks after the request left, it was sent once and its fate is called unknown."""
    server = serve(faults.DOUBTFUL[fault])
    client = connect(server.url, total_timeout=0.5)
    began = time.monotonic()
    got = write(client)
    assert isinstance(got, InDoubtAnswer), got
    assert got.reason
    assert time.monotonic() - began < 20
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", REFUSING)
def test_a_refusal_in_the_apis_words_is_one(
    status: int, write: Callable[[JetClient], Answer], serve: Serve, connect: Connect, wire: Wire
) -> None:
    """A whole JSON answer with a refusing status is a refusal, with the server's message, after one request."""
    server = serve(wire.answer(b'{"message":"the job is paused"}', f"{status} No"))
    assert write(connect(server.url)) == RejectedAnswer(status, "the job is paused")
    assert len(server.asked) == 1


def test_a_whole_answer_accepts(
    write: Callable[[JetClient], Answer], serve: Serve, connect: Connect, wire: Wire
) -> None:
    """A whole 2xx answer in JSON accepts, by one request."""
    server = serve(wire.answer(faults.GOOD, "201 Created"))
    assert isinstance(write(connect(server.url)), AcceptedAnswer)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("asked", "clamped"), [("7", 7.0), ("1e9", 60.0), ("-5", 0.0), ("abc", None), ("nan", None), ("", None)]
)
def test_retry_after_is_clamped(
    asked: str, clamped: float | None, write: Callable[[JetClient], Answer], serve: Serve, connect: Connect, wire: Wire
) -> None:
    """However long or odd a wish to wait is, what comes out lies between 0 and 60 seconds, or is nothing."""
    server = serve(wire.answer(b'{"message":"slow down"}', "429 Too Many", f"Retry-After: {asked}"))
    assert write(connect(server.url)) == RejectedAnswer(429, "slow down", clamped)


def test_a_refused_token_is_not_used_again(
    write: Callable[[JetClient], Answer], serve: Serve, connect: Connect, wire: Wire
) -> None:
    """After a 401 the next call brings a new token; the refused request itself is not repeated."""
    tokens = iter([b"one", b"two"])

    def sell(sock: socket.socket, asked: Asked) -> bool:
        sock.sendall(wire.answer(b'{"access_token":"%b","expires_in":3600}' % next(tokens)))
        return True

    def play(sock: socket.socket, asked: Asked) -> bool:
        fits = asked.headers["authorization"] == "Bearer two"
        sock.sendall(wire.answer(faults.GOOD) if fits else wire.answer(b'{"message":"no"}', "401 No"))
        return True

    server = serve(play, tokens=sell)
    client = connect(server.url)
    assert write(client) == RejectedAnswer(401, "no")
    assert len(server.asked) == 1
    assert isinstance(write(client), AcceptedAnswer)
    assert len(server.asked) == 2


def test_an_early_refusal_of_a_large_body_is_heard(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A server that answers without reading the body is heard, or the fate is unknown; one request either way."""
    server = serve(wire.answer(b'{"message":"too large"}', "413 Too Large"))
    got = connect(server.url).deliver("j", b" " * (8 << 20))
    assert isinstance(got, (RejectedAnswer, InDoubtAnswer))
    assert len(server.asked) == 1


def _listening(wire: Wire, then: Callable[[socket.socket], object]) -> tuple[str, threading.Thread]:
    """A server that sells a token on its first connection, and leaves the second one to `then`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener:
            first, _ = listener.accept()
            with first:
                first.recv(65536)
                first.sendall(wire.answer(wire.token, "200 OK", "Connection: close"))
            second, _ = listener.accept()
            with second:
                then(second)

    thread = threading.Thread(target=serve)
    thread.start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}", thread


def test_a_server_that_stops_reading_leaves_doubt(connect: Connect, wire: Wire) -> None:
    """The deadline holds while a body is sent, and what was sent of it may have been acted on."""
    done = threading.Event()
    url, thread = _listening(wire, lambda sock: done.wait(20))
    try:
        got = connect(url, total_timeout=0.5).deliver("j", b" " * (32 << 20))
    finally:
        done.set()
        thread.join()
    assert isinstance(got, InDoubtAnswer)
    assert "took too long" in got.reason


def test_a_yes_to_half_a_request_leaves_doubt(connect: Connect, wire: Wire) -> None:
    """An answer that accepts, from a server that closed before it had read the request, is no acceptance."""

    def early(sock: socket.socket) -> None:
        sock.recv(1000)
        sock.sendall(wire.answer(b'{"deliveryId":"d"}', "201 Created"))

    url, thread = _listening(wire, early)
    got = connect(url).deliver("j", b" " * (32 << 20))
    thread.join()
    assert got == InDoubtAnswer("the server answered before it had the whole request", 201)
