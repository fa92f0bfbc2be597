"""A 2xx that contradicts itself is neither yes nor no: it waits for evidence or a person, and is never sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from counting import CountingJet
    from stage import Stage

APPLY = "jetplan apply --auto-approve"


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that has lost sight of something looks once."""
    monkeypatch.setattr("jetplan.apply.settling._LOOKS", (0.01,))


def answering(end: Any, method: str, answer: Any) -> Any:
    """A server that gives one answer to the calls that end so, once it has done what it was asked."""
    return lambda asked, path, _: (200, answer) if asked == method and path.endswith(end) else None


OBJECTS = [{"relativePath": "/a", "isDirectory": False}]
CONTRADICTIONS = {
    "a message": {"message": "Internal server error"},
    "an error": {"error": "no", "deliveryId": "d-1"},
    "errors": {"errors": [{"message": "no"}]},
    "an empty list": [],
    "failed": {"deliveryId": "d-1", "state": "FAILED", "objects": OBJECTS},
    "no objects": {"deliveryId": "d-1", "objects": []},
    "other objects": {"deliveryId": "d-1", "objects": [{"relativePath": "/b"}]},
    "another job": {"deliveryId": "d-1", "jobId": "job-9"},
}


@pytest.mark.parametrize("story", CONTRADICTIONS)
def test_a_delivery_that_is_contradicted_waits(story: Any, jet: CountingJet, project: Stage) -> None:
    """Every run says so and sends nothing again; a person's word or evidence ends it."""
    jet.on_call = answering("/deliveries", "POST", CONTRADICTIONS[story])
    project.write_set("/a")
    project.run(APPLY, code=3)
    project.run(APPLY, code=3)
    project.run("jetplan status", code=3)
    assert jet.objects == {"/a": 1}
    jet.files = [{"url": "file:///src-1/a", "transferId": "t-1", "state": "COMPLETED", "fileType": "file"}]
    project.run(APPLY)
    assert project.doubtful() == []
    assert jet.objects == {"/a": 1}


@pytest.mark.parametrize(
    "answer",
    [{}, {"deliveryId": "d-1", "message": "taken"}, {"deliveryId": "d-1", "objects": [{"relativePath": "a"}]}],
    ids=["nothing", "a message beside an id", "no leading slash"],
)
def test_an_answer_that_leaves_things_out_is_a_yes(answer: Any, jet: CountingJet, project: Stage) -> None:
    """The mirror: what is missing, or written in another way, contradicts nothing."""
    jet.on_call = answering("/deliveries", "POST", answer)
    project.write_set("/a")
    for _ in range(2):
        project.run(APPLY)
    assert jet.objects == {"/a": 1}


@pytest.mark.parametrize("key", ["name", "deleted", "error"])
def test_a_job_that_is_contradicted_is_looked_for(key: str, jet: CountingJet, project: Stage) -> None:
    """The list of jobs tells which job was made: found is accepted, and it is not made again."""

    def making(method: str, path: str, body: Any) -> Any:
        if (method, path) != ("POST", "/v1/jobs"):
            return None
        return 200, {**jet.make(body), key: "other" if key == "name" else True}

    jet.on_call = making
    project.write_set("/a")
    project.run(APPLY)
    assert jet.job_posts == {"nyc-to-lax": 1}
    assert jet.objects == {"/a": 1}


@pytest.mark.parametrize("answer", [{"message": "no"}, {"jobId": "job-1", "paused": True}, []])
def test_a_change_that_is_contradicted_sends_nothing(answer: Any, jet: CountingJet, project: Stage) -> None:
    """A job whose resuming was not confirmed gets no delivery, and the run does not end with 0."""
    ends = {end: {"storageProfileId": ident} for end, ident in (("source", "src-1"), ("destination", "dst-1"))}
    jet.make({"name": "nyc-to-lax", "actions": [{"data": ends}]})["paused"] = True
    jet.on_call = answering("/job-1", "PATCH", answer)
    project.write_set("/a", job="paused: false")
    assert project.run(APPLY, code=None).code in (1, 8)
    assert jet.objects == {}


def test_a_delivery_id_that_comes_twice_is_never_forgotten(jet: CountingJet, project: Stage) -> None:
    """The second attempt under one id waits on every run, in every command, until a person says what became of it."""
    jet.on_call = answering("/deliveries", "POST", {"deliveryId": "d-1"})
    project.configure("delivery:\n  maxObjects: 1\n")
    project.write_set("/a", "/b")
    ran = project.run(APPLY, code=3)
    assert "ALARM" in ran.out + ran.err
    jet.on_call = lambda method, path, _: (
        (200, {"deliveryId": "d-1", "state": "COMPLETED"}) if path.endswith("/deliveries/d-1") else None
    )
    for line, code in ((APPLY, 3), ("jetplan status", 3), ("jetplan plan", 3), (APPLY, 3)):
        ran = project.run(line, code=code)
        assert "delivery id d-1" in ran.out + ran.err, line
    project.run("jetplan ledger check")
    assert jet.objects == {"/a": 1, "/b": 1}
    (card,) = project.doubtful()
    project.run(f"jetplan resolve {card['attemptId']} --not-accepted --reason 'only one is there'")
    there = {"/a": "/b", "/b": "/a"}[card["firstPaths"][0]]
    jet.files = [{"url": f"file:///src-1{there}", "transferId": "t-1", "state": "COMPLETED"}]
    project.run("jetplan status")
    jet.on_call = lambda *_: None
    project.run(APPLY)
    assert jet.objects[card["firstPaths"][0]] == 2
    assert sum(jet.objects.values()) == 3


def test_a_delivery_id_that_comes_twice_is_settled_by_evidence(jet: CountingJet, project: Stage) -> None:
    """The mirror: both are there, and the files say so."""
    jet.on_call = answering("/deliveries", "POST", {"deliveryId": "d-1"})
    project.configure("delivery:\n  maxObjects: 1\n")
    project.write_set("/a", "/b")
    project.run(APPLY, code=3)
    jet.files = [{"url": f"file:///src-1/{name}", "transferId": name, "state": "COMPLETED"} for name in "ab"]
    project.run(APPLY)
    assert jet.objects == {"/a": 1, "/b": 1}
    assert project.doubtful() == []
