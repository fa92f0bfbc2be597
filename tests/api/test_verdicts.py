"""The verdicts as functions: whatever the body holds, they answer, and never more than it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetplan.api.verdicts import REFUSING, Answered, on_change, on_creation, on_delivery
from jetplan.core.answers import AcceptedAnswer, Answer, InDoubtAnswer, RejectedAnswer

JOB = json.dumps(
    {
        "name": "n",
        "actions": [
            {"type": "TRANSFER", "data": {end: {"storageProfileId": end} for end in ("source", "destination")}}
        ],
    }
).encode()
OBJECTS = (
    b'{"objects":[{"relativePath":"/a","sizeInBytes":1,"isDirectory":false},{"relativePath":"/e","isDirectory":true}]}'
)


def created(answered: Answered) -> Answer:
    return on_creation(answered, JOB)


def delivered(answered: Answered) -> Answer:
    return on_delivery(answered, "j", OBJECTS)


def changed(answered: Answered) -> Answer:
    return on_change(answered, "j", b'{"paused":true}')


VERDICTS = [created, delivered, changed]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["a/b", "..", "ok"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["jobId", "deliveryId", "id", "message", "objects", "state", "error", "actions", "name", "status"]
            ),
            inner,
        )
    ),
)


@pytest.mark.parametrize("verdict", VERDICTS)
@given(st.integers(100, 999), st.binary() | JSON.map(lambda said: repr(said).replace("'", '"').encode()))
def test_no_body_is_too_odd(verdict: Any, status: int, body: bytes) -> None:
    """Any bytes with any status get a verdict; only 2xx accepts, only the refusing statuses refuse."""
    match verdict(Answered(status, {}, body)):
        case AcceptedAnswer(record_id):
            assert 200 <= status < 300
            assert "/" not in record_id
            assert ".." not in record_id
        case RejectedAnswer():
            assert status in REFUSING
        case InDoubtAnswer(reason):
            assert reason


@pytest.mark.parametrize("verdict", VERDICTS)
def test_an_answer_before_the_whole_request_does_not_accept(verdict: Any) -> None:
    """A server cannot have accepted what it did not read; it can have refused it."""
    good = b'{"jobId":"j","deliveryId":"d"}'
    assert isinstance(verdict(Answered(200, {}, good, whole_request=False)), InDoubtAnswer)
    assert isinstance(verdict(Answered(413, {}, good, whole_request=False)), RejectedAnswer)


def told(verdict: Any, said: object) -> Answer:
    """The verdict on a whole 200."""
    answer: Answer = verdict(Answered(200, {}, said if isinstance(said, bytes) else json.dumps(said).encode()))
    return answer


A, E = {"relativePath": "/a", "isDirectory": False}, {"relativePath": "/e", "isDirectory": True}


@pytest.mark.parametrize(
    "said",
    [
        {"message": "no"},
        {"message": "no", "requestId": "r"},
        {"error": "no"},
        {"error": {"message": "no"}, "deliveryId": "d"},
        {"errors": ["no"]},
        {"errorMessage": "no"},
        {"errorCode": 17},
        {"message": "no", "objects": None, "deliveryId": None},
        {"status": 400, "path": "/v1"},
        {"success": False, "deliveryId": "d"},
        {"deliveryId": "d", "deleted": True},
        [],
        {"deliveryId": "d", "state": "FAILED"},
        {"deliveryId": "d", "state": "error"},
        {"deliveryId": "d", "status": "CANCELLED"},
        {"deliveryId": "d", "jobId": "other"},
        {"deliveryId": "d", "jobId": 7},
        {"deliveryId": "d", "objects": []},
        {"deliveryId": "d", "files": []},
        {"deliveryId": "d", "objects": [A]},
        {"deliveryId": "d", "objects": [A, A]},
        {"deliveryId": "d", "objects": [A, E, A]},
        {"deliveryId": "d", "objects": [A, {"relativePath": "/b"}]},
        {"deliveryId": "d", "objects": [A, {"relativePath": "/e", "isDirectory": False}]},
        {"deliveryId": "d", "items": [A]},
        [A],
    ],
)
def test_a_delivery_that_is_contradicted_is_in_doubt(said: object) -> None:
    """A yes that says no, or speaks of something else, is neither: it says what it contradicts."""
    answer = told(delivered, said)
    assert isinstance(answer, InDoubtAnswer)
    assert answer.status == 200
    assert "but the answer" in answer.reason


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"deliveryId": "d", "message": "accepted"},
        {"state": "QUEUED", "message": "accepted"},
        {"deliveryId": "d", "error": None, "errors": [], "errorMessage": ""},
        {"deliveryId": "d", "success": True, "deleted": False, "status": 200},
        {"deliveryId": "d", "jobId": "J"},
        {"deliveryId": "d", "state": "SOMETHING_NEW"},
        {"deliveryId": "d", "objects": None},
        {"deliveryId": "d", "objects": 2},
        {"deliveryId": "d", "files": ["/a", "/e"]},
        {"deliveryId": "d", "objects": [A, E]},
        {"deliveryId": "d", "objects": [E, A]},
        {"objects": [{"relativePath": "a"}, {"relativePath": "e/"}], "message": "accepted"},
        [E, A],
        {"objects": [{"relativePath": "/e"}, {"relativePath": "/a"}]},
        [{"deliveryId": "d"}],
        OBJECTS,
    ],
)
def test_what_is_missing_or_told_in_other_words_contradicts_nothing(said: object) -> None:
    """The answer's shape is not documented: order, slashes, a missing kind, id or list, a new state are all fine."""
    assert isinstance(told(delivered, said), AcceptedAnswer)


def job(**more: object) -> dict[str, object]:
    """A job as it is answered."""
    return {"jobId": "j", **json.loads(JOB), **more}


def ends(source: str, destination: str) -> list[object]:
    """The actions of a job between two storage profiles."""
    data = {"source": {"storageProfileId": source}, "destination": {"storageProfileId": destination}}
    return [{"type": "TRANSFER", "data": data}]


@pytest.mark.parametrize(
    "said",
    [
        job(name="m"),
        job(actions=ends("other", "destination")),
        job(actions=ends("source", "other")),
        job(actions=ends("destination", "source")),
        job(deleted=True),
        job(error="no"),
        job(state="FAILED"),
    ],
)
def test_another_job_than_was_asked_for_is_in_doubt(said: object) -> None:
    """A creation that is answered with another job is settled by the list of jobs."""
    answer = told(created, said)
    assert isinstance(answer, InDoubtAnswer)
    assert answer.reason.startswith("POST /v1/jobs: the answer")


@pytest.mark.parametrize(
    "said",
    [
        {"jobId": "j"},
        job(),
        job(paused=True, status="ERROR", message="made"),
        job(name=" n "),
        job(actions=[]),
        job(actions=[{"data": {"source": "source"}}]),
        job(actions=None, error=None),
    ],
)
def test_a_job_that_is_told_in_part_was_created(said: object) -> None:
    """Only what is told is compared; paused without being asked is fine."""
    assert told(created, said) == AcceptedAnswer("j")


@pytest.mark.parametrize(
    "said",
    [{"message": "no"}, {"errors": ["no"]}, [], {"jobId": "k"}, {"paused": False}, {"jobId": "j", "deleted": True}],
)
def test_a_change_that_is_contradicted_is_no_success(said: object) -> None:
    """An error, another job, or the old value."""
    assert isinstance(told(changed, said), InDoubtAnswer)


@pytest.mark.parametrize("said", [{}, {"jobId": "j"}, job(paused=True, status="ERROR"), {"paused": True}])
def test_a_change_that_is_told_in_part_was_made(said: object) -> None:
    """A job's own status is no answer to the change."""
    assert told(changed, said) == AcceptedAnswer("")
