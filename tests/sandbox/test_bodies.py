"""Whatever a client sends, the answer is a 4xx with a message, or a 2xx: never a 500."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from caller import Caller

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
KEYS = st.sampled_from(
    [
        "name",
        "actions",
        "type",
        "data",
        "source",
        "destination",
        "storageProfileId",
        "objects",
        "relativePath",
        "sizeInBytes",
        "isDirectory",
        "paused",
        "stop",
        "triggers",
        "options",
        "offset",
        "limit",
        "sortBy",
        "status",
        "jobId",
        "path",
        "state",
        "endpointId",
        "url",
        "client_id",
        "client_secret",
        "grant_type",
        "transferOptions",
        "objectPatterns",
    ]
)
BODIES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5))
PATCHES = st.dictionaries(st.sampled_from(["paused", "stop", "triggers", "options", "actions"]), BODIES)
DELIVERIES = st.fixed_dictionaries({"objects": st.lists(st.dictionaries(KEYS, BODIES, max_size=4), max_size=3)})
PLACES = st.sampled_from(
    [
        ("POST", "/oauth/token"),
        ("POST", "/v1/jobs"),
        ("POST", "/v1/jobs/search"),
        ("POST", "/v1/jobs/fileSearch"),
        ("POST", "/v1/storageProfiles"),
        ("POST", "/v1/storageProfiles/search"),
        ("POST", "/v1/jobs/{}/deliveries"),
        ("PATCH", "/v1/jobs/{}"),
    ]
)


def check(answer: Any) -> None:
    assert answer.status < 500, answer
    if answer.status >= 400:
        assert answer.document["message"]


@pytest.fixture
def ready(start: Callable[..., Caller]) -> tuple[Caller, str]:
    sandbox = start(workers=0)
    return sandbox, sandbox.make_job()


def try_body(ready: tuple[Caller, str], place: Any, body: Any) -> None:
    sandbox, job_id = ready
    method, path = place
    check(sandbox.call(method, path.format(job_id), body))
    sandbox.call("PATCH", f"/v1/jobs/{job_id}", {"paused": False, "triggers": []})


@given(place=PLACES, body=BODIES | PATCHES | DELIVERIES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json(ready: tuple[Caller, str], place: Any, body: Any) -> None:
    """Any JSON document anywhere."""
    try_body(ready, place, json.dumps(body).encode())


@given(place=PLACES, body=st.binary(max_size=200))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes(ready: tuple[Caller, str], place: Any, body: Any) -> None:
    """Any bytes anywhere."""
    try_body(ready, place, body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"objects": [{"relativePath": "/\\ud800"}]}',
        b'{"objects": [{"relativePath": "/a", "sizeInBytes": 1e400}]}',
        b'{"objects": [{"relativePath": "/a", "sizeInBytes": 9007199254740992}]}',
        b'{"objects": [{"relativePath": "/a", "sizeInBytes": -1}]}',
        b'{"objects": [{"relativePath": ""}]}',
        b'{"objects": [{"relativePath": "/%s"}]}' % (b"x" * 5000),
        b'{"objects": []}',
        b'{"objects": [{"relativePath": "/a", "isDirectory": "true"}]}',
        b"{}",
        b"",
        b"\xff\xfe{\x00}\x00",
    ],
)
def test_bad_deliveries_are_400(ready: tuple[Caller, str], body: Any) -> None:
    """Each of these is refused with a message, and nothing of it is kept."""
    sandbox, job_id = ready
    answer = sandbox.call("POST", f"/v1/jobs/{job_id}/deliveries", body)
    assert (answer.status, bool(answer.document["message"])) == (400, True)
    assert sandbox.backstage("state")["deliveries"] == 0
