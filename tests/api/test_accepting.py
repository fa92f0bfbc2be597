"""What an answer that accepts says, and what is made of ids that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jetplan.core.answers import AcceptedAnswer, InDoubtAnswer, NotSentAnswer, RejectedAnswer

if TYPE_CHECKING:
    from rawserver import Connect, Serve, Wire

BAD_IDS = ['"a/b"', '".."', '"a..b"', '"a\\\\b"', '"a\\u0000"', '"a\\u001b[2J"', '"a\\u202eb"', '""', "7", "{}", "[]"]


def test_a_created_job_has_its_id(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A created job's id is what the answer says."""
    server = serve(wire.answer(b'{"jobId":"j-9","id":"other"}', "201 Created"))
    assert connect(server.url).create_job(b"{}") == AcceptedAnswer("j-9", 201)


@pytest.mark.parametrize("answer", [b"{}", b"[]", b'{"id":"j-9"}', b'{"jobId":null}'])
def test_a_job_without_an_id_is_in_doubt(answer: bytes, serve: Serve, connect: Connect, wire: Wire) -> None:
    """An answer that accepts a job without naming it does not say which job: in doubt, naming call and key."""
    got = connect(serve(wire.answer(answer)).url).create_job(b"{}")
    assert got == InDoubtAnswer("POST /v1/jobs: the answer has no `jobId`", 200)


@pytest.mark.parametrize("bad", BAD_IDS)
def test_a_job_with_an_unusable_id_is_in_doubt(bad: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """An id that would change a URL is never handed on."""
    got = connect(serve(wire.answer(b'{"jobId":%b}' % bad.encode())).url).create_job(b"{}")
    assert isinstance(got, InDoubtAnswer)
    assert "`jobId`" in got.reason


@pytest.mark.parametrize(
    ("body", "record_id"),
    [(b'{"deliveryId":"d-1","id":"x"}', "d-1"), (b'{"id":"d-2"}', "d-2"), (b"{}", ""), (b'[{"id":"x"}]', "")],
)
def test_a_delivery_is_accepted_with_or_without_an_id(
    body: bytes, record_id: str, serve: Serve, connect: Connect, wire: Wire
) -> None:
    """A delivery's answer accepts whatever it calls the id, and also without one."""
    got = connect(serve(wire.answer(body, "201 Created")).url).deliver("j", b"{}")
    assert isinstance(got, AcceptedAnswer)
    assert got.record_id == record_id
    assert bool(got.note) is not bool(record_id)


@pytest.mark.parametrize("bad", [*BAD_IDS, '"%s"' % ("x" * 201)])
def test_an_unusable_delivery_id_never_loses_the_acceptance(
    bad: str, serve: Serve, connect: Connect, wire: Wire
) -> None:
    """What was accepted stays accepted; only the id is dropped, and that is noted."""
    got = connect(serve(wire.answer(b'{"deliveryId":%b}' % bad.encode())).url).deliver("j", b"{}")
    assert isinstance(got, AcceptedAnswer)
    assert got.record_id == ""
    assert got.note


def test_a_change_may_be_answered_without_a_body(serve: Serve, connect: Connect, wire: Wire) -> None:
    """204 with a whole head is a proper answer to a PATCH, and none to a POST."""
    server = serve(b"HTTP/1.1 204 No Content\r\n\r\n")
    client = connect(server.url)
    assert client.set_paused("j", True) == AcceptedAnswer("", 204)
    assert isinstance(client.deliver("j", b"{}"), InDoubtAnswer)
    assert isinstance(client.create_job(b"{}"), InDoubtAnswer)


@pytest.mark.parametrize("job_id", ["", "a/b", "..", ".", "a\r\nb", "x" * 201, "a\\b"])
def test_an_id_that_changes_the_url_is_never_sent(job_id: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """A job's id that cannot be one segment of a path stops before the wire."""
    server = serve(wire.answer(b"{}"))
    client = connect(server.url)
    assert isinstance(client.deliver(job_id, b"{}"), NotSentAnswer)
    assert isinstance(client.set_paused(job_id, True), NotSentAnswer)
    assert server.connections == 0


def test_an_id_is_encoded_in_the_url(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Signs that mean something in a URL are encoded."""
    server = serve(wire.answer(b"{}"))
    connect(server.url).deliver("a?b#c d%2f", b"{}")
    assert [asked.target for asked in server.asked] == ["/v1/jobs/a%3Fb%23c%20d%252f/deliveries"]


def test_messages_are_bounded_and_hold_no_secret(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A server that repeats our token or secret, at length, is quoted without them and briefly."""
    words = b"bad header Bearer token-1 of the-secret " + b"x" * 9000
    got = connect(serve(wire.answer(b'{"message":"%b"}' % words, "400 No")).url).deliver("j", b"{}")
    assert isinstance(got, RejectedAnswer)
    assert got.message.startswith("bad header Bearer [hidden] of [hidden] xxx")
    assert len(got.message) <= 500


@pytest.mark.parametrize(
    "body",
    [b'{"error":"no"}', b'{"error":{"message":"no"}}', b'{"errors":[{"message":"no"}]}', b'{"errors":["no"]}'],
)
def test_the_message_is_found_in_the_usual_places(body: bytes, serve: Serve, connect: Connect, wire: Wire) -> None:
    """The envelope of errors is not documented: the usual ones are read."""
    assert connect(serve(wire.answer(body, "422 No")).url).deliver("j", b"{}") == RejectedAnswer(422, "no")
