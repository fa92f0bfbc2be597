"""What is said of a 2xx answer that contradicts itself or its request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jetplan.api.verdicts import Answered, on_change, on_creation, on_delivery
from jetplan.core.answers import AcceptedAnswer, InDoubtAnswer

SENT = {"objects": [{"relativePath": "/a", "isDirectory": False}, {"relativePath": "/e", "isDirectory": True}]}
YES = {"deliveryId": "d"}


def ends(source: str, destination: str) -> dict[str, Any]:
    """A job's definition."""
    data = {"source": {"storageProfileId": source}, "destination": {"storageProfileId": destination}}
    return {"name": "n", "actions": [{"type": "TRANSFER", "data": data}]}


def answered(said: object) -> Answered:
    return Answered(200, {}, json.dumps(said).encode())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        *((YES | {key: "x"}, f"the answer holds `{key}`") for key in ("error", "errors", "errorMessage")),
        (YES | {"error_description": "x"}, "the answer holds `error_description`"),
        (YES | {"status": 400}, "the answer holds `status` 400"),
        (YES | {"success": False}, "the answer says that the request failed"),
        (YES | {"ok": False}, "the answer says that the request failed"),
        (YES | {"deleted": True}, "the answer says `deleted`"),
        ({"message": "later"}, "the answer holds `message` and nothing that accepts"),
        ({"reason": "later"}, "the answer holds `reason` and nothing that accepts"),
        (YES | {"state": "failed"}, "the answer's `state` is FAILED"),
        (YES | {"status": "Cancelled"}, "the answer's `status` is CANCELLED"),
        (YES | {"jobId": "k"}, "the answer is about another `jobId`"),
        (YES | {"objects": []}, "the answer lists no objects"),
        ([], "the answer lists no objects"),
        (YES | {"files": [{"relativePath": "/b"}]}, "the answer lists other objects than those sent"),
        (YES | {"items": [{"relativePath": "/a"}]}, "the answer lists other objects than those sent"),
    ],
)
def test_of_a_delivery(said: object, reason: str) -> None:
    """In doubt, for this reason."""
    assert on_delivery(answered(said), "j", json.dumps(SENT).encode()) == InDoubtAnswer(
        f"the server answered 200, but {reason}", 200
    )


@pytest.mark.parametrize(
    "said",
    [
        {"status": 399},
        {"status": "ok", "state": "QUEUED", "message": "fine"},
        {"success": True, "ok": None, "deleted": False},
        {"error": None, "errors": [], "errorMessage": ""},
        {"jobId": "J", "objects": SENT["objects"]},
        {"objects": [{"relativePath": "e"}, {"relativePath": "/a/"}]},
        {"objects": None, "files": "two", "items": [{"name": "/a"}]},
    ],
)
def test_what_contradicts_nothing(said: dict[str, Any]) -> None:
    """It was accepted."""
    assert on_delivery(answered(YES | said), "j", json.dumps(SENT).encode()) == AcceptedAnswer("d", 200)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"message": "later"}, "the answer holds `message` and nothing that accepts"),
        ({"jobId": "j", "state": "aborted"}, "the answer's `state` is ABORTED"),
        ({"jobId": "j", **ends("s", "d"), "name": "m"}, "the answer is about a job of another `name`"),
        ({"jobId": "j", **ends("x", "d")}, "the answer is about a job of another `source`"),
        ({"jobId": "j", **ends("s", "x")}, "the answer is about a job of another `destination`"),
    ],
)
def test_of_a_creation(said: object, reason: str) -> None:
    """In doubt, for this reason."""
    sent = json.dumps(ends("s", "d")).encode()
    assert on_creation(answered(said), sent) == InDoubtAnswer(f"POST /v1/jobs: {reason}", 200)
    assert on_creation(answered({"jobId": "j", "status": "ERROR", **ends("s", "d")}), sent) == AcceptedAnswer("j", 200)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ([], "the answer is an empty list"),
        ({"detail": "later"}, "the answer holds `detail` and nothing that accepts"),
        ({"jobId": "k"}, "the answer is about another `jobId`"),
        ({"jobId": "j", "paused": False}, "the answer's `paused` is not the one asked for"),
    ],
)
def test_of_a_change(said: object, reason: str) -> None:
    """In doubt, for this reason."""
    assert on_change(answered(said), "j", b'{"paused":true}') == InDoubtAnswer(
        f"the server answered 200, but {reason}", 200
    )
    assert on_change(answered([{"jobId": "k"}]), "j", b'{"paused":true}') == AcceptedAnswer("", 200)
    assert on_change(answered({"status": "ERROR"}), "j", b'{"paused":true}') == AcceptedAnswer("", 200)
