"""What is said of an answer: the words, the status and the id, as they are told and recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jetplan.api.ids import is_sound, segment
from jetplan.api.verdicts import (
    REFUSING,
    Answered,
    message_in,
    message_of,
    on_change,
    on_creation,
    on_delivery,
)
from jetplan.core.answers import AcceptedAnswer, InDoubtAnswer, RejectedAnswer

DELIVERY = b'{"objects":[]}'
JOB = b'{"name":"n","actions":[]}'
NEITHER: list[Any] = [{}, []]
REFUSED_BY_A_GATEWAY: list[Any] = [None, b"<html>", []]
YES = {"deliveryId": "d"}


def answered(status: int, said: Any = None, **more: Any) -> Answered:
    """A whole answer in JSON; bytes are sent as they are."""
    body = said if isinstance(said, bytes) else b"" if said is None else json.dumps(said).encode()
    return Answered(status, more.pop("headers", {}), body, **more)


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_a_delivery_that_is_accepted(status: int) -> None:
    """Its id is kept where it can be used; it is accepted without one too."""
    assert on_delivery(answered(status, {"deliveryId": "d", "id": "x"}), "j", DELIVERY) == AcceptedAnswer("d", status)
    assert on_delivery(answered(status, {"id": "x"}), "j", DELIVERY) == AcceptedAnswer("x", status)
    for said in NEITHER:
        note = "the answer gave the delivery no id"
        assert on_delivery(answered(status, said), "j", DELIVERY) == AcceptedAnswer("", status, note)
    for ident in ("a/b", "..", 7):
        note = "the delivery's id cannot stand in a URL and was dropped"
        assert on_delivery(answered(status, {"deliveryId": ident}), "j", DELIVERY) == AcceptedAnswer("", status, note)


def test_a_job_that_is_created() -> None:
    """Without a usable id it is in doubt, and looked for in the list."""
    assert on_creation(answered(201, {"jobId": "j-1"}), JOB) == AcceptedAnswer("j-1", 201)
    for said in NEITHER:
        expected = InDoubtAnswer("POST /v1/jobs: the answer has no `jobId`", 201)
        assert on_creation(answered(201, said), JOB) == expected
    expected = InDoubtAnswer("POST /v1/jobs: `jobId` holds characters that a URL cannot hold", 201)
    assert on_creation(answered(201, {"jobId": "a/b"}), JOB) == expected


def test_a_change_that_is_made() -> None:
    """204 has no body; any other status needs one."""
    assert on_change(answered(204), "j", b"{}") == AcceptedAnswer("", 204)
    assert on_change(answered(200, {}), "j", b"{}") == AcceptedAnswer("", 200)
    assert on_change(answered(200), "j", b"{}") == InDoubtAnswer("the server answered 200 and nothing more", 200)
    for cut in ({"whole_head": False}, {"whole_request": False}):
        assert isinstance(on_change(answered(204, **cut), "j", b"{}"), InDoubtAnswer)


@pytest.mark.parametrize("status", [100, 199, 300, 304, 402, 408, 409, 500, 503])
def test_a_status_that_says_neither(status: int) -> None:
    """Nor does a success that is cut short, or not in JSON."""
    reason = f"the server answered {status}, which does not say whether it acted"
    assert on_delivery(answered(status, {"deliveryId": "d"}), "j", DELIVERY) == InDoubtAnswer(reason, status)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            answered(200, YES, whole_request=False),
            "the server answered before it had the whole request",
        ),
        (answered(200), "the server answered 200 and nothing more"),
        (answered(200, b"<html>"), "the server answered 200, and not in JSON"),
        (answered(200, b'"d"'), "the server answered 200, and not in JSON"),
        (answered(200, b'{"deliveryId":"\xff"}'), "the server answered 200, and not in JSON"),
    ],
)
def test_a_success_that_is_none(answer: Answered, reason: str) -> None:
    """It may have been accepted."""
    assert on_delivery(answer, "j", DELIVERY) == InDoubtAnswer(reason, 200)


@pytest.mark.parametrize("status", sorted(REFUSING))
def test_a_refusal(status: int) -> None:
    """The API's own no, with its words and the wait that it asks for; a gateway's no is none."""
    said = answered(status, {"message": "no"}, headers={"retry-after": "7"})
    assert on_delivery(said, "j", DELIVERY) == RejectedAnswer(status, "no", 7.0)
    assert on_creation(said, JOB) == on_change(said, "j", b"{}") == RejectedAnswer(status, "no", 7.0)
    dates = {"retry-after": "Mon, 23 Nov 2026 10:00:09 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    assert on_delivery(answered(status, {}, headers=dates), "j", DELIVERY) == RejectedAnswer(status, "", 9.0)
    reason = f"something answered {status}, and not in the API's words"
    for body in REFUSED_BY_A_GATEWAY:
        assert on_delivery(answered(status, body), "j", DELIVERY) == InDoubtAnswer(reason, status)


KEYS = ("message", "error_description", "errorMessage", "detail", "title", "error", "errors")


@pytest.mark.parametrize("key", KEYS)
def test_the_servers_words(key: str) -> None:
    """Under each key that servers use; in a list, and in an object of their own; never more than 500 characters."""
    assert message_in({key: "no"}) == "no"
    assert message_in({key: ["no", "never"]}) == "no"
    assert message_in({key: {"message": "no"}}) == "no"
    assert message_in({key: [{"message": "no"}]}) == "no"
    assert message_in({key: "x" * 501}) == "x" * 500
    for nothing in ("", [], {}, None, 7, [""], [7], {"message": 7}):
        assert message_in({key: nothing}) == ""
        assert message_in({key: nothing, "errors": "no"} if key != "errors" else {"errors": "no"}) == "no"
    assert message_of(json.dumps({key: "no"}).encode()) == "no"


def test_the_first_key_that_says_something_counts() -> None:
    """In the order in which they were written down here."""
    for at, key in enumerate(KEYS):
        assert message_in({later: later for later in KEYS[at:]}) == key
    for body in (b"", b"<html>", b"[]", b'"no"'):
        assert message_of(body) == ""


@pytest.mark.parametrize("ident", ["a", "x" * 200, "a.b", "-", "\u00e9", "a b", "a%2Fb"])
def test_ids_that_can_stand_in_a_url(ident: str) -> None:
    """As one segment of its path."""
    assert is_sound(ident)
    assert "/" not in segment(ident)


@pytest.mark.parametrize("ident", ["", "x" * 201, "a/b", "a\\b", "..", ".", "a..b", "a\n", "\u200b", None, 7, ["a"]])
def test_ids_that_cannot(ident: Any) -> None:
    """One that leads to another call, or that cannot be read, is dropped."""
    assert not is_sound(ident)
    with pytest.raises(ValueError, match="cannot stand in a URL"):
        segment(ident)
