"""The verdicts as functions: whatever the body holds, they answer, and never more than it says."""

from __future__ import annotations

from http.client import HTTPMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetplan.api.verdicts import REFUSING, Answered, on_change, on_creation, on_delivery
from jetplan.core.answers import Accepted, NoAnswer, Refused

VERDICTS = [on_creation, on_delivery, on_change]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["a/b", "..", "ok"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["jobId", "deliveryId", "id", "message"]), inner),
)


@pytest.mark.parametrize("verdict", VERDICTS)
@given(st.integers(100, 999), st.binary() | JSON.map(lambda said: repr(said).replace("'", '"').encode()))
def test_no_body_is_too_odd(verdict, status: int, body: bytes) -> None:
    """Any bytes with any status get a verdict; only 2xx accepts, only the refusing statuses refuse."""
    match verdict(Answered(status, HTTPMessage(), body)):
        case Accepted(record_id):
            assert 200 <= status < 300
            assert "/" not in record_id
            assert ".." not in record_id
        case Refused():
            assert status in REFUSING
        case NoAnswer(reason):
            assert reason


@pytest.mark.parametrize("verdict", VERDICTS)
def test_an_answer_before_the_whole_request_does_not_accept(verdict) -> None:
    """A server cannot have accepted what it did not read; it can have refused it."""
    good = b'{"jobId":"j","deliveryId":"d"}'
    assert isinstance(verdict(Answered(200, HTTPMessage(), good, whole_request=False)), NoAnswer)
    assert isinstance(verdict(Answered(413, HTTPMessage(), good, whole_request=False)), Refused)
