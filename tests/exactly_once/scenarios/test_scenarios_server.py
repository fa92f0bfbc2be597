"""A server that refuses some of its calls: what can be sent is sent, the rest is told, nothing is lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from counting import CountingJet
    from stage import Stage

APPLY = "jetplan apply --auto-approve"


@pytest.mark.parametrize(
    "answer",
    [
        (404, {"message": "no"}),
        (403, {"message": "no"}),
        (501, {"message": "no"}),
        (200, {}),
        (200, []),
    ],
    ids=["404", "403", "501", "an object", "a list"],
)
def test_a_job_whose_files_cannot_be_looked_at(project: Stage, jet: CountingJet, answer: Any) -> None:
    """What was there before cannot be told: the objects are sent all the same, once, and a doubt waits for a person."""
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})

    def blind(method: str, path: str, _: object) -> Any:
        return answer if method == "GET" and path.endswith(("/files", "/transfers")) else None

    jet.on_call = blind
    project.write_set("/a.mxf")
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1}
    jet.on_call = lambda method, path, body: (
        (0, None) if method == "POST" and path.endswith("/deliveries") else blind(method, path, body)
    )
    project.write_set("/a.mxf", "/b.mxf")
    for _ in range(2):
        project.run(APPLY, code=3)
    assert jet.objects == {"/a.mxf": 1, "/b.mxf": 1}


_ENDS = {"source": {"storageProfileId": "src-1"}, "destination": {"storageProfileId": "dst-1"}}


def test_tokens_that_end_in_the_middle(project: Stage, jet: CountingJet) -> None:
    """Credentials refused in the middle: nothing more leaves, claims are released, and the next run sends the rest."""
    project.configure("delivery:\n  maxObjects: 1\n")
    paths = [f"/{number}.mxf" for number in range(6)]
    project.write_set(*paths)
    refused = []

    def on_call(method: str, path: str, _: object) -> Any:
        if path == "/oauth/token" and jet.objects:
            refused.append(path)
            return 401, {"message": "revoked"}
        if method == "POST" and path.endswith("/deliveries") and len(jet.objects) >= 3:
            jet.objects.popitem()
            return 401, {"message": "expired"}
        return None

    jet.on_call = on_call
    ran = project.run(f"{APPLY} --parallelism 1", code=None)
    assert ran.code in (4, 8), ran
    assert refused
    jet.on_call = lambda *_: None
    project.run(APPLY)
    assert jet.objects == dict.fromkeys(paths, 1)


@pytest.mark.parametrize("status", [403, 413, 422])
def test_a_refused_delivery(project: Stage, jet: CountingJet, status: int) -> None:
    """A complete no is told with 8 or 1 on each run, and sent by the first run that may."""
    jet.on_call = lambda method, path, _: (
        (status, {"message": "no"}) if method == "POST" and path.endswith("/deliveries") else None
    )
    project.write_set("/a.mxf")
    project.run(APPLY, code=8)
    project.run(APPLY, code=1)
    project.run("jetplan plan --detailed-exitcode", code=2)
    jet.objects.clear()
    jet.on_call = lambda *_: None
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1}


def test_a_patch_whose_answer_is_lost(project: Stage, jet: CountingJet) -> None:
    """Resuming is asked again by the next run; the objects wait for it and are sent once."""
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})
    jet.jobs["job-1"]["paused"] = True
    jet.on_call = lambda method, _path, _body: (0, None) if method == "PATCH" else None
    project.write_set("/a.mxf", job="paused: false")
    assert project.run(APPLY, code=None).code in (1, 8)
    assert not jet.objects
    jet.on_call = lambda *_: None
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1}


def test_a_gateway_that_answers_for_the_api(project: Stage, jet: CountingJet) -> None:
    """A page instead of the API's words, again and again: nothing is sent into that, and the next run sends."""
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})
    jet.on_call = lambda method, path, _: (200, b"<html>") if method == "GET" and path.endswith("/files") else None
    project.write_set("/a.mxf")
    project.run(APPLY, code=8)
    assert not jet.objects
    jet.on_call = lambda *_: None
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1}
