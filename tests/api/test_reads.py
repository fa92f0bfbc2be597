"""Reads: tried again within bounds, never redirected, and clear about why they failed."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.api.refusals import CallRefused, RoleRefused
from jetplan.api.wire import Delivery
from jetplan.errors import ApiError, AuthenticationError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from rawserver import Asked, Clock, Connect, Serve, Wire

    from jetplan.api.client import JetClient

EMPTY = b'{"items":[]}'
JOB = b'{"jobId":"j-1","name":"nyc"}'


def _in_turn(*answers: bytes) -> Any:
    """Gives one answer after another; the connection ends where an answer does not say how long it is."""
    turn = iter(answers)

    def play(sock: socket.socket, asked: Asked) -> bool:
        text = next(turn)
        sock.sendall(text)
        return b"Content-Length" in text and b"9999" not in text

    return play


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\n\r\n" + JOB[:-1],
        b"HTTP/1.1 200 OK\r\n\r\n<html>",
        *(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status for status in (408, 429, 500, 502, 503, 504)),
    ],
)
def test_a_passing_failure_is_tried_again(first: bytes, serve: Serve, connect: Connect, wire: Wire) -> None:
    """What may be otherwise next time is asked again, and the good answer counts."""
    server = serve(_in_turn(first, first, wire.answer(JOB)))
    assert connect(server.url).view_job("j-1").name == "nyc"
    assert [asked.method for asked in server.asked] == ["GET"] * 3


def test_the_waits_grow_and_the_tries_end(serve: Serve, connect: Connect, wire: Wire, clock: Clock) -> None:
    """Five tries, each wait up to twice the one before, then an error that names the call and the reason."""
    server = serve(wire.answer(b"{}", "503 X"))
    client = connect(server.url, clock=clock, sleep=clock.sleep, random=lambda: 1.0)
    with pytest.raises(Unreachable, match=r"GET /v1/jobs: no usable answer after 5 tries: it answered 503"):
        client.list_jobs()
    assert clock.slept == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("Retry-After: 7", 7.0),
        ("Retry-After: 999999", 60.0),
        ("Retry-After: -3", 0.0),
        ("Retry-After: abc", 0.25),
        ("Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nRetry-After: Mon, 23 Nov 2026 10:00:09 GMT", 9.0),
        ("Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nRetry-After: Mon, 23 Nov 2020 10:00:00 GMT", 0.0),
        ("Retry-After: Mon, 99 Nov 2026 10:00:09 GMT", 0.25),
    ],
)
def test_a_wish_to_wait_is_honoured_within_bounds(
    header: str, waited: float, serve: Serve, connect: Connect, wire: Wire, clock: Clock
) -> None:
    """Retry-After, in seconds or as a date by the server's own clock, replaces our wait, between 0 and 60 s."""
    server = serve(_in_turn(wire.answer(b"{}", "429 X", header), wire.answer(EMPTY)))
    client = connect(server.url, clock=clock, sleep=clock.sleep, random=lambda: 0.5)
    assert client.list_jobs() == []
    assert clock.slept == [waited]


def test_the_time_in_all_is_bounded(serve: Serve, connect: Connect, wire: Wire, clock: Clock) -> None:
    """A server that asks for a minute each time does not hold a read for longer than the time it has."""
    server = serve(wire.answer(b"{}", "429 X", "Retry-After: 60"))
    client = connect(server.url, clock=clock, sleep=clock.sleep, list_timeout=100.0)
    with pytest.raises(Unreachable):
        client.list_jobs()
    assert clock.slept == [60.0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, serve: Serve, connect: Connect, wire: Wire) -> None:
    """A redirect ends the read: it could lead the token to another server."""
    server = serve(wire.answer(b"", f"{status} X", "Location: /v1/elsewhere"))
    with pytest.raises(CallRefused, match=f"answered {status}, a redirect") as refused:
        connect(server.url).list_jobs()
    assert refused.value.status == status
    assert len(server.asked) == 1


def test_a_401_renews_the_token_once(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A token that ended early is replaced, and the read goes on."""
    server = serve(_in_turn(wire.answer(b"{}", "401 X"), wire.answer(EMPTY)))
    assert connect(server.url).list_jobs() == []
    assert (len(server.token_calls), len(server.asked)) == (2, 2)


def test_a_second_401_is_the_end(serve: Serve, connect: Connect, wire: Wire) -> None:
    """An API that refuses a new token too refuses these credentials."""
    server = serve(wire.answer(b"{}", "401 X"))
    with pytest.raises(AuthenticationError):
        connect(server.url).list_jobs()
    assert (len(server.token_calls), len(server.asked)) == (2, 2)


def test_a_role_may_not_list_profiles(serve: Serve, connect: Connect, wire: Wire) -> None:
    """403 on the storage profiles means that this role cannot see them; elsewhere it is an error."""
    client = connect(serve(wire.answer(b'{"message":"view only"}', "403 X")).url)
    assert client.list_storage_profiles() is None
    with pytest.raises(RoleRefused, match="GET /v1/jobs answered 403: view only"):
        client.list_jobs()


def test_a_missing_record_says_so(serve: Serve, connect: Connect, wire: Wire) -> None:
    """404 comes out as such, with the call and the server's words."""
    client = connect(serve(wire.answer(b'{"message":"no such job"}', "404 X")).url)
    with pytest.raises(CallRefused, match="GET /v1/jobs/j-1 answered 404: no such job") as refused:
        client.view_job("j-1")
    assert refused.value.status == 404


def test_a_server_that_is_not_there(connect: Connect) -> None:
    """A refused connection is tried again and then said plainly."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match="nothing listens there"):
        connect(f"http://127.0.0.1:{port}").list_jobs()


@pytest.mark.parametrize("bad", ["", "..", "a/b", "a\nb"])
def test_an_id_that_changes_the_url_is_not_asked_for(bad: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """Reads refuse such an id before the wire."""
    server = serve(wire.answer(EMPTY))
    client = connect(server.url)
    for read in (client.view_job, lambda bad: client.view_delivery("j", bad), lambda bad: client.list_files(bad, "X")):
        with pytest.raises(ApiError):
            read(bad)
    assert server.connections == 0


def test_the_servers_clock_is_learnt(serve: Serve, connect: Connect, wire: Wire, clock: Clock) -> None:
    """Date headers tell the server's time, wherever our own clock stands, and nonsense in them is passed over."""
    server = serve(
        _in_turn(
            wire.answer(EMPTY, "200 OK", "Date: Mon, 23 Nov 2026 10:00:00 GMT"),
            wire.answer(EMPTY, "200 OK", "Date: yesterday"),
        )
    )
    client = connect(server.url, clock=clock)
    at_first = client.server_time
    assert at_first is None
    client.list_jobs()
    clock.now += 5
    assert client.server_time == 1795428005.0
    client.list_jobs()
    assert client.server_time == 1795428005.0


def test_a_delivery_as_it_is_told(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Its state and times come as they were written; keys that are not known are passed over."""
    body = b'{"deliveryId":"d","jobId":"j","state":"QUEUED","createdOn":"C","lastModifiedOn":"M","more":[1]}'
    server = serve(wire.answer(body))
    assert connect(server.url).view_delivery("j", "d") == Delivery("QUEUED", "d", "j", "C", "M")
    assert server.asked[0].target == "/v1/jobs/j/deliveries/d"


def test_only_lists_are_asked_for_packed(serve: Serve, connect: Connect, wire: Wire) -> None:
    """One job is small: there is nothing to be won, and one thing less that can be wrong."""
    server = serve(_in_turn(wire.answer(EMPTY), wire.answer(JOB)))
    client = connect(server.url)
    client.list_jobs()
    client.view_job("j-1")
    assert [asked.headers["accept-encoding"] for asked in server.asked] == ["gzip", "identity"]


def test_a_list_has_more_time_than_one_job(serve: Serve, connect: Connect, clock: Clock) -> None:
    """A page of a list may take as long as lists may, and longer than one request otherwise may."""

    def slowly(sock: socket.socket, asked: Asked) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(EMPTY))
        clock.now += 200.0
        sock.sendall(EMPTY)
        return True

    server = serve(slowly)
    assert connect(server.url, clock=clock, total_timeout=60.0, list_timeout=300.0).list_jobs() == []
    assert clock.now == 1200.0


@pytest.mark.parametrize(
    "lengths",
    ["Content-Length: 2\r\nContent-Length: 3", "Content-Length: 2\r\nContent-Length: 02", "Content-Length: two"],
)
def test_a_length_that_cannot_be_is_refused(lengths: str, serve: Serve, connect: Connect) -> None:
    """Nobody can tell where such an answer ends."""
    server = serve(b"HTTP/1.1 200 OK\r\n" + lengths.encode() + b"\r\n\r\n{}")
    with pytest.raises(Unreachable, match="the answer was not proper HTTP"):
        connect(server.url).view_job("j-1")


def test_a_name_that_cannot_stand_in_a_path(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Ids are put into paths as they are: what would lead elsewhere is refused before anything is asked."""
    server = serve(wire.answer(JOB))
    for ident in ("a/b", "a\\b", "..", ""):
        with pytest.raises(ApiError):
            connect(server.url).view_job(ident)
    assert server.asked == []


def test_the_live_status_of_a_job(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Asked for by name, in a search that is posted, and taken from the job of that id."""
    found = b'{"items":[{"jobId":"other","status":"READY"},{"jobId":"j","status":"ERROR","errorCode":"E"}]}'
    server = serve(wire.answer(found))
    client = connect(server.url)
    status = client.job_status("j", "nyc to lax")
    assert (status.job_id, status.status, status.error_code) == ("j", "ERROR", "E")
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.headers["content-type"]) == (
        "POST",
        "/v1/jobs/search",
        "application/json",
    )
    assert json.loads(asked.body)["query"] == {"text": "nyc to lax"}
    assert json.loads(asked.body)["filters"]["jobIds"] == ["j"]
    with pytest.raises(ApiError, match="POST /v1/jobs/search: job gone is not among the jobs found"):
        client.job_status("gone", "")
    assert "query" not in json.loads(server.asked[1].body)


def test_a_list_is_called_without_its_query(serve: Serve, connect: Connect, wire: Wire) -> None:
    """An error names the call, and no parameters."""
    server = serve(wire.answer(b"[]"))
    with pytest.raises(ApiError, match=r"GET /v1/jobs/j/files: (?!.*\?)"):
        connect(server.url).list_files("j", "FAILED")
    assert server.asked[0].target == "/v1/jobs/j/files?state=FAILED"


@pytest.mark.parametrize(
    ("call", "search"),
    [
        ("POST /v1/jobs/search", lambda client: client.job_status("j", "n")),
        ("POST /v1/jobs/fileSearch", lambda client: client.search_files("j", "/a", "ERROR", 5)),
        ("GET /v1/jobs/j", lambda client: client.view_job("j")),
        ("GET /v1/jobs/j/deliveries/d", lambda client: client.view_delivery("j", "d")),
        ("GET /v1/jobs/j/transfers/t", lambda client: client.view_transfer("j", "t")),
    ],
)
def test_an_answer_of_another_shape_names_the_call(
    call: str, search: Callable[[JetClient], object], serve: Serve, connect: Connect, wire: Wire
) -> None:
    """Whatever is asked, an answer that is a list is an error of that call."""
    with pytest.raises(ApiError, match=f"^{call}: "):
        search(connect(serve(wire.answer(b"[]")).url))


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (302, "GET /v1/jobs answered 302, a redirect, which is not followed.", "Is JETPLAN_API_URL right?"),
        (401, "GET /v1/jobs answered 401 to a new token.", "Are the credentials those of this API?"),
        (403, "GET /v1/jobs answered 403: no", "The role of these credentials may not make this call."),
        (400, "GET /v1/jobs answered 400: no", ""),
        (404, "GET /v1/jobs answered 404: no", ""),
    ],
)
def test_a_refusal_says_what_to_look_at(
    status: int, message: str, hint: str, serve: Serve, connect: Connect, wire: Wire
) -> None:
    """The call, the status, the server's words, and where the mistake may lie."""
    with pytest.raises(ApiError) as refused:
        connect(serve(wire.answer(b'{"message":"no"}', f"{status} X")).url).list_jobs()
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_a_large_record_is_read_whole(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Whatever the pieces are in which it comes."""
    name = "".join(map(str, range(100_000)))
    server = serve(wire.answer(json.dumps({"jobId": "j-1", "name": name}).encode()))
    assert connect(server.url).view_job("j-1").name == name
