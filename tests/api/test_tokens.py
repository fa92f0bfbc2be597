"""Tokens: bought once for all who wait, renewed in time, and never shown."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.api.tokens import Credentials, Token, TokenKeeper, read_token
from jetplan.core.answers import AcceptedAnswer, NotSentAnswer
from jetplan.errors import ApiError, AuthenticationError

if TYPE_CHECKING:
    import socket

    from rawserver import Asked, Clock, Connect, Serve, Wire

GOOD = b'{"deliveryId":"d"}'


def _selling(wire: Wire, lifetime: str) -> Any:
    """Sells token-1, token-2 and so on."""
    count = iter(range(1, 1000))

    def sell(sock: socket.socket, asked: Asked) -> bool:
        sock.sendall(wire.answer(b'{"access_token":"token-%d","expires_in":%b}' % (next(count), lifetime.encode())))
        return True

    return sell


@pytest.mark.parametrize(
    ("lifetime", "use_for"), [("3600", 3540), ("86400", 86340), ("100", 90), ('"3600"', 3540), ("null", 270)]
)
def test_a_token_is_renewed_before_it_ends(
    lifetime: str, use_for: float, serve: Serve, connect: Connect, wire: Wire, clock: Clock
) -> None:
    """A token serves until shortly before its own lifetime is over, whatever that is, and then a new one does."""
    server = serve(wire.answer(GOOD), tokens=_selling(wire, lifetime))
    client = connect(server.url, clock=clock)
    for at in (0, use_for - 1, use_for + 1):
        clock.now = 1000 + at
        assert client.deliver("j", b"{}") == AcceptedAnswer("d")
    assert [asked.headers["authorization"][-7:] for asked in server.asked] == ["token-1", "token-1", "token-2"]


@pytest.mark.parametrize("lifetime", ["0", "-5", "0.001"])
def test_a_token_that_lives_no_time_is_used_once(
    lifetime: str, serve: Serve, connect: Connect, wire: Wire, clock: Clock
) -> None:
    """A server that sells dead tokens gets one call with each, and no endless buying."""
    server = serve(wire.answer(GOOD), tokens=_selling(wire, lifetime))
    client = connect(server.url, clock=clock)
    for _ in range(3):
        assert client.deliver("j", b"{}") == AcceptedAnswer("d")
        clock.now += 1
    assert len(server.token_calls) == 3


def test_all_who_wait_share_one_purchase(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Sixteen threads that begin at once buy one token."""
    server = serve(wire.answer(GOOD))
    client = connect(server.url, connections=16)
    barrier = threading.Barrier(16)

    def go(_: int) -> Any:
        barrier.wait()
        return client.deliver("j", b"{}")

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(go, range(16))) == [AcceptedAnswer("d")] * 16
    assert len(server.token_calls) == 1


class CountedLock:
    """A lock that tells when so many threads have come to it."""

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._missing = threading.Semaphore(0)
        self._threads = threads

    def __enter__(self) -> None:
        self._missing.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def wait_for_all(self) -> None:
        for _ in range(self._threads):
            assert self._missing.acquire(timeout=10)


def test_all_who_wait_share_one_refusal() -> None:
    """Wrong credentials are tried once for all threads that were waiting for the token."""
    calls = []

    def fetch() -> Token:
        calls.append(1)
        lock.wait_for_all()
        raise AuthenticationError("refused")

    keeper, lock = TokenKeeper(fetch, lambda: 0.0), CountedLock(8)
    keeper._lock = lock  # type: ignore[assignment]  # a lock that counts

    def go(_: int) -> str:
        with pytest.raises(AuthenticationError) as refused:
            keeper.current()
        return refused.value.message

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(go, range(8))) == ["refused"] * 8
    assert len(calls) == 1


def test_forgetting_an_old_token_keeps_the_new_one() -> None:
    """Several calls that were refused with the same token lead to one purchase."""
    sold = iter([Token("one", 100), Token("two", 100)])
    keeper = TokenKeeper(lambda: next(sold), lambda: 0.0)
    old = keeper.current()
    keeper.forget(old)
    new = keeper.current()
    keeper.forget(old)
    assert keeper.current() is new


@pytest.mark.parametrize(
    "token", ['"a\\r\\nX: y"', '"a b"', '"a\\u0000"', '"\\u007f"', '"é"', '""', "7", "{}", '"%s"' % ("x" * 20_000)]
)
def test_a_token_that_no_header_may_hold_is_refused(token: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """A token with anything but visible ASCII is refused, unseen, and the write stays here."""
    sell = wire.answer(b'{"access_token":%b,"expires_in":9}' % token.encode())
    server = serve(wire.answer(GOOD), tokens=lambda sock, asked: sock.sendall(sell) or True)
    got = connect(server.url).deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "`access_token`" in got.reason
    assert "X: y" not in got.reason
    assert server.asked == []


@pytest.mark.parametrize("token", ["x", "!", "~", "x" * 16_384])
def test_any_token_that_a_header_may_hold_is_taken(token: str) -> None:
    """From one visible sign of ASCII to 16 KiB of them."""
    assert read_token(b'{"access_token":"%b"}' % token.encode()) == Token(token, 300.0)


def test_a_token_that_is_too_long_is_refused() -> None:
    """By a message without it."""
    with pytest.raises(ApiError) as refused:
        read_token(b'{"access_token":"%b"}' % (b"x" * 16_385))
    assert refused.value.message == "POST /oauth/token: `access_token` holds characters that a header cannot hold"


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (
            401,
            "POST /oauth/token answered 401: the credentials were refused.",
            "Check JETPLAN_CLIENT_ID and JETPLAN_CLIENT_SECRET, and that they belong to this API.",
        ),
        (404, "POST /oauth/token answered 404.", "Is JETPLAN_API_URL right?"),
        (302, "POST /oauth/token answered 302.", "Is JETPLAN_API_URL right?"),
    ],
)
def test_a_refused_token_call_says_what_to_look_at(
    status: int, message: str, hint: str, serve: Serve, connect: Connect, wire: Wire
) -> None:
    """The credentials, or the URL."""
    sell = lambda sock, asked: sock.sendall(wire.answer(b"{}", f"{status} X")) or True  # noqa: E731  # one line
    with pytest.raises(ApiError) as refused:
        connect(serve(b"", tokens=sell).url).list_jobs()
    assert (refused.value.message, refused.value.hint) == (message, hint)


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"{}", b'{"access_token":null}', b"\xff"])
def test_an_answer_without_a_token_is_named(body: bytes) -> None:
    """What is missing is said, with the call."""
    with pytest.raises(ApiError, match="POST /oauth/token"):
        read_token(body)


def test_the_token_call_is_tried_again(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Buying a token has no effect, so a passing failure of it is tried again; the write still goes once."""
    answers = iter([wire.answer(b"{}", "503 X"), b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"", b""])

    def sell(sock: socket.socket, asked: Asked) -> bool:
        text = next(answers)
        sock.sendall(text or wire.answer(wire.token))
        return not text.endswith(b"{")

    server = serve(wire.answer(GOOD), tokens=sell)
    assert connect(server.url).deliver("j", b"{}") == AcceptedAnswer("d")
    assert (len(server.token_calls), len(server.asked)) == (3, 1)


def test_the_token_call_is_as_documented(serve: Serve, connect: Connect, wire: Wire) -> None:
    """The credentials travel as JSON in the body, and nowhere else."""
    server = serve(wire.answer(GOOD))
    connect(server.url).deliver("j", b"{}")
    (bought,) = server.token_calls
    assert (bought.method, bought.target) == ("POST", "/oauth/token")
    assert bought.body == (b'{"client_id":"the-id","client_secret":"the-secret","grant_type":"client_credentials"}')
    assert bought.headers["content-type"] == "application/json"
    assert "authorization" not in bought.headers


def test_secrets_are_not_in_reprs() -> None:
    """Neither a secret nor a token shows where objects are printed."""
    assert "hunter2" not in repr(Credentials("me", "hunter2")) + repr(Token("hunter2", 1))


def test_the_token_call_waits_as_it_is_asked_to(serve: Serve, connect: Connect, wire: Wire, clock: Clock) -> None:
    """In seconds, or as a date on the server's own clock."""
    answers = iter(
        [
            wire.answer(b"{}", "429 X", "Retry-After: 7"),
            wire.answer(
                b"{}",
                "503 X",
                "Date: Mon, 23 Nov 2026 10:00:00 GMT",
                "Retry-After: Mon, 23 Nov 2026 10:00:09 GMT",
            ),
            wire.answer(wire.token),
        ]
    )
    server = serve(wire.answer(b'{"items":[]}'), tokens=lambda sock, asked: sock.sendall(next(answers)) or True)
    assert connect(server.url, clock=clock, sleep=clock.sleep).list_jobs() == []
    assert clock.slept == [7.0, 9.0]


def test_the_first_call_asks_for_a_token(serve: Serve, connect: Connect, wire: Wire) -> None:
    """There is none to begin with, whatever the clock says."""
    server = serve(wire.answer(b'{"items":[]}'))
    client = connect(server.url, clock=lambda: -1e9)
    client.list_jobs()
    client.list_jobs()
    assert len(server.token_calls) == 1
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer token-1"] * 2
