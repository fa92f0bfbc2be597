"""Evidence that belongs to somebody else: a part of a batch, sent by hand, says nothing of the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from counting import CountingJet
    from stage import Stage

APPLY = "jetplan apply --auto-approve"


def test_a_part_sent_by_hand_does_not_settle_the_whole(stage: Stage) -> None:
    """In doubt, a person sends the urgent file by hand through the same job: the others still wait for a word."""
    stage.write_set("/urgent.mxf", "/b.mxf", "/c.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run(APPLY, code=3)
    job_id = stage.jobs()[0]["jobId"]
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [{"relativePath": "/urgent.mxf"}]})
    stage.settle()
    stage.run(APPLY, code=3)
    attempt = stage.doubtful()[0]["attemptId"]
    stage.run(f"jetplan resolve {attempt} --not-accepted --reason 'only the urgent one went, by hand'")
    stage.run(APPLY, code=6)
    stage.run(f"{APPLY} --allow-resend 'the urgent one once more'")
    assert stage.delivered()["/b.mxf"] == stage.delivered()["/c.mxf"] == 1


def test_what_somebody_else_sent_before_is_no_evidence(stage: Stage) -> None:
    """The same files, moved through the same job by hand before the attempt, settle nothing."""
    job_id = stage.make_job()
    stage.write_set("/a.mxf", "/b.mxf")
    objects = [{"relativePath": "/a.mxf"}, {"relativePath": "/b.mxf"}]
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": objects})
    stage.settle()
    stage.run(APPLY, code=6)
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run(f"{APPLY} --allow-resend 'the copy was corrupt'", code=3)
    stage.run(APPLY, code=3)


@pytest.fixture
def lost(jet: CountingJet, project: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Declares objects, and loses the one request that would send them: Jet never had it."""
    monkeypatch.setattr("jetplan.apply.settling._LOOKS", (0.01,))

    def losing(*objects: Any, source: str = "file:///src-1", destination: str = "file:///dst-1") -> None:
        jet.urls = {"src-1": source, "dst-1": destination}
        job = {"source": "NYC Dailies", "destination": "LAX Ingest"}
        wanted = {"masters": {"job": "nyc-to-lax", "objects": "all" if objects == ("all",) else list(objects)}}
        manifest = {"apiVersion": "jetplan/v1", "jobs": {"nyc-to-lax": job}, "deliverySets": wanted}
        project.write(json.dumps(manifest))
        jet.on_call = lambda method, path, _: (0, None) if method == "POST" and path.endswith("/deliveries") else None
        project.run(APPLY, code=3)

    return losing


def file(url: str, transfer: str = "t-1", size: Any = None, kind: str = "file", state: str = "COMPLETED") -> Any:
    """A file as a job lists it."""
    sized = {} if size is None else {"sizeInBytes": size}
    return {"url": url, "transferId": transfer, "state": state, "fileType": kind, **sized}


SRC = "file:///src-1"
SIZED = [{"relativePath": "/a", "sizeInBytes": 7}, {"relativePath": "/b", "sizeInBytes": 8}]
QUESTIONS: dict[str, Any] = {
    "a count": (SIZED, [file(f"{SRC}/a", size=7)], {"count": 2, "bytes": 15}),
    "a literal escape": (["/a%20b"], [file(f"{SRC}/a%20b")], None),
    "an escape that may be literal": (["/a b"], [file(f"{SRC}/a%20b")], None),
    "a file for a folder": (["/ep/"], [file(f"{SRC}/ep")], None),
    "a folder for a file": (["/ep"], [file(f"{SRC}/ep", kind="directory")], None),
    "another size": (SIZED[:1], [file(f"{SRC}/a", size=8)], None),
    "a part of the content": (["/ep/"], [file(f"{SRC}/ep/a", size=7)], {"count": 2, "bytes": 15}),
    "content that nobody summed up": (["all"], [file(f"{SRC}/ep/a", size=7)], None),
    "a file too many": (["/a"], [file(f"{SRC}/a"), file(f"{SRC}/b")], None),
}
ANSWERS: dict[str, Any] = {
    "all by name": (SIZED, [file(f"{SRC}/a", size=7), file(f"{SRC}/b", size=8)], None),
    "a space": (["/a b"], [file(f"{SRC}/a b")], None),
    "a folder by name": (["/ep/"], [file(f"{SRC}/ep", kind="directory")], None),
    "content, summed up": (["/ep/"], [file(f"{SRC}/ep/a%20b", size=7)], {"count": 1, "bytes": 7}),
    "the whole profile": (["all"], [file(f"{SRC}/ep/a", size=7), file(f"{SRC}/b", size=0)], {"count": 2, "bytes": 7}),
}


@pytest.mark.parametrize("story", QUESTIONS)
def test_what_somebody_else_sent_stays_a_question(
    story: Any, jet: CountingJet, project: Stage, lost: Callable[..., None]
) -> None:
    """The request never arrived, and something alike was sent by hand: every run asks, and none says done."""
    objects, files, total = QUESTIONS[story]
    lost(*objects)
    jet.files, jet.sums = files, {"t-1": total} if total else {}
    for _ in range(2):
        project.run(APPLY, code=3)
    project.run("jetplan status", code=3)
    attempt = project.doubtful()[0]["attemptId"]
    project.run(f"jetplan resolve {attempt} --not-accepted --reason 'sent by hand'")
    jet.on_call = lambda *_: None
    project.run(APPLY, code=6)
    assert set(jet.objects.values()) == {1}
    project.run(f"{APPLY} --allow-resend 'what was sent by hand is not it'")
    assert set(jet.objects.values()) == {2}


@pytest.mark.parametrize("story", ANSWERS)
def test_what_the_server_shows_by_name_settles(
    story: Any, jet: CountingJet, project: Stage, lost: Callable[..., None]
) -> None:
    """The mirror: the request arrived and its answer was lost. Nobody is asked, and nothing is sent again."""
    objects, files, total = ANSWERS[story]
    lost(*objects)
    jet.files, jet.sums = files, {"t-1": total} if total else {}
    project.run(APPLY)
    project.run(APPLY)
    assert project.doubtful() == []
    assert set(jet.objects.values()) == {1}


@pytest.mark.parametrize(
    ("url", "code"), [("file:///srv/x", 3), ("file:///srv/nyc/x", 3), ("file:///srv/nyc/nyc/x", 0)]
)
def test_a_destination_above_the_source_is_no_root(
    url: str, code: int, jet: CountingJet, project: Stage, lost: Callable[..., None]
) -> None:
    """The source is /srv/nyc and the destination /srv: only what is below the source is /nyc/x."""
    lost("/nyc/x", source="file:///srv/nyc", destination="file:///srv")
    jet.files = [file(url)]
    project.run(APPLY, code=code)


@pytest.mark.parametrize("state", ["FAILED", "ERROR"])
def test_a_file_that_failed_is_recorded_as_failed(
    state: str, jet: CountingJet, project: Stage, lost: Callable[..., None]
) -> None:
    """It was accepted, and did not arrive: the run that finds it does not end with 0, and status names it."""
    lost("/a", "/b")
    jet.files = [file(f"{SRC}/a", state=state), file(f"{SRC}/b")]
    (told,) = project.doubtful()[0]["evidence"]
    assert told.endswith("records it as accepted and failed")
    ran = project.run(APPLY, code=1)
    assert "/a failed" in ran.out + ran.err
    status = json.loads(project.run("jetplan status --format json", code=1).out)
    assert (len(status["failed"]), status["inDoubt"]) == (1, [])
    assert "failed: /a" in status["failed"][0]["reason"]
    history = project.run(f"jetplan ledger show {status['failed'][0]['attemptId']}").out
    assert "evidenced" in history
    assert jet.objects == {"/a": 1, "/b": 1}


def test_a_file_that_failed_is_told_by_the_run_that_lost_the_answer(
    jet: CountingJet, project: Stage, lost: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run looks at once after it has lost the answer; what it then sees as failed is no success of its own."""
    shown = [file(f"{SRC}/a", state="FAILED")]

    def losing(method: str, path: str, _: object) -> Any:
        if method == "POST" and path.endswith("/deliveries"):
            jet.files = shown
            return 0, None
        return None

    lost("/z")
    attempt = project.doubtful()[0]["attemptId"]
    project.run(f"jetplan resolve {attempt} --accepted --reason 'seen'")
    project.write_set("/z", "/a")
    jet.on_call = losing
    project.run(APPLY, code=8)
    project.run("jetplan status", code=1)


def test_a_name_with_a_space_settles_once_the_servers_spelling_is_known(stage: Stage) -> None:
    """The local Jet lists names encoded: that is a question until an accepted name has shown it."""
    stage.write_set("/a b.mxf")
    stage.run(APPLY)
    stage.settle()
    stage.write_set("/a b.mxf", "/c d.mxf")
    stage.faults("POST:/deliveries=cut-after-commit*1")
    stage.run(APPLY)
    assert stage.doubtful() == []
    assert stage.delivered() == {"/a b.mxf": 1, "/c d.mxf": 1}


def test_a_name_with_a_space_is_a_question_at_first(stage: Stage) -> None:
    """Nothing has shown yet how the server spells: a person is asked, and nothing is sent again."""
    stage.write_set("/c d.mxf")
    stage.faults("POST:/deliveries=cut-after-commit*1")
    stage.run(APPLY, code=3)
    attempt = stage.doubtful()[0]["attemptId"]
    stage.run(f"jetplan resolve {attempt} --accepted --reason 'seen in the console'")
    stage.run(APPLY)
    assert stage.delivered() == {"/c d.mxf": 1}
