"""Answers that never come: one request each, in doubt until evidence or a person decides, and never a second send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from stage import Stage

TAKEN = (
    "cut-after-commit",
    "reset-after-commit",
    "drop-after-commit",
    "cut-status-line",
    "empty-200",
    "html-200",
    "broken-json",
    "short-body",
    "reset-body",
    "trickle=200",
    "continue-flood=30",
    "gzip-bomb=64",
    "status-after-commit=500",
    "status-after-commit=409",
    "status-after-commit=307,location=/v1/jobs",
)
"""Faults after the delivery was taken: evidence can show it."""

NOT_TAKEN = ("drop", "cut-before-commit", "status=503")
"""Faults before: nothing was taken, and nothing on the server proves that."""

REFUSED = ("status=400", "status=403", "status=413", "status=422")
"""A complete no: nothing happened, and a later run may try again."""


@pytest.mark.parametrize("fault", TAKEN)
def test_taken_but_never_answered(stage: Stage, fault: Any) -> None:
    """The delivery was taken, its answer lost: evidence settles it, and it is never POSTed again."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.faults(f"POST:/deliveries={fault}*1")
    first = stage.run("jetplan apply --auto-approve", code=None)
    assert first.code in (0, 3), first
    stage.settle()
    stage.run("jetplan apply --auto-approve")
    assert "No changes" in stage.run("jetplan apply --auto-approve").out
    assert stage.delivery_posts() == 1
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}


@pytest.mark.parametrize("fault", NOT_TAKEN)
def test_in_doubt_until_a_person_decides(stage: Stage, fault: Any) -> None:
    """Nothing shows whether it was taken: every run ends with 3 and sends nothing, until somebody says so."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.faults(f"POST:/deliveries={fault}*1")
    stage.run("jetplan apply --auto-approve", code=3)
    stage.faults()
    for line in ("jetplan apply --auto-approve", "jetplan plan", "jetplan status"):
        ran = stage.run(line, code=3)
        assert "--not-accepted" in ran.out, ran
    assert stage.delivery_posts() == 1
    attempt = stage.doubtful()[0]["attemptId"]
    stage.run(f"jetplan resolve {attempt} --not-accepted --reason 'nothing in the console'")
    stage.run("jetplan apply --auto-approve")
    stage.run("jetplan apply --auto-approve")
    stage.run("jetplan status")
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}
    assert stage.delivery_posts() == 2


def test_a_person_says_accepted(stage: Stage) -> None:
    """After --accepted the objects count as sent, and the word cannot be used twice."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=cut-before-commit")
    stage.run("jetplan apply --auto-approve", code=3)
    stage.faults()
    attempt = stage.doubtful()[0]["attemptId"]
    stage.run(f"jetplan resolve {attempt} --accepted --reason 'seen in the console'")
    assert "No changes" in stage.run("jetplan apply --auto-approve").out
    assert "nothing to resolve" in stage.run(f"jetplan resolve {attempt} --not-accepted --reason oops", code=1).err
    assert stage.delivery_posts() == 1


@pytest.mark.parametrize("fault", REFUSED)
def test_refused(stage: Stage, fault: Any) -> None:
    """A refusal is told with the server's words; nothing is in doubt, and the next run sends it."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve --parallelism 1", code=0)
    stage.write_set("/a.mxf", "/b.mxf")
    stage.faults(f"POST:/deliveries={fault}*1")
    ran = stage.run("jetplan apply --auto-approve", code=1)
    assert fault.partition("=")[2] in ran.out
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}


def test_asked_to_slow_down(stage: Stage) -> None:
    """429 is a complete no: the run tries again by itself, and the delivery is made once."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=status=429,retry-after=0*2")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


def test_a_token_that_ran_out(stage: Stage) -> None:
    """A 401 in the middle: one new token, one new attempt."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=status=401*1")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}
    assert stage.delivery_posts() == 2


def test_one_doubtful_batch_blocks_itself_alone(stage: Stage) -> None:
    """Of three batches one is in doubt: the others are sent, and only that one waits."""
    stage.configure("delivery: {maxObjects: 1}\n")
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf")
    stage.faults("POST:/deliveries=reset-before-commit*1")
    stage.run("jetplan apply --auto-approve --parallelism 1", code=3)
    assert sum(stage.delivered().values()) == 2
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf", "/d.mxf")
    stage.run("jetplan apply --auto-approve", code=3)
    assert sum(stage.delivered().values()) == 3
    assert set(stage.delivered().values()) == {1}
    assert stage.delivery_posts() == 4


@pytest.mark.parametrize("fault", ["cut-after-commit", "drop-after-commit", "empty-200", "status-after-commit=500"])
def test_a_job_made_but_never_answered(stage: Stage, fault: str) -> None:
    """A creation in doubt is settled by looking at the list: one POST, one job."""
    stage.write_set("/a.mxf")
    stage.faults(f"POST:/v1/jobs$={fault}*1")
    stage.run("jetplan apply --auto-approve", code=None)
    stage.run("jetplan apply --auto-approve")
    assert stage.job_posts() == 1
    assert len(stage.jobs()) == 1
    assert stage.delivered() == {"/a.mxf": 1}


def test_a_job_not_made_and_never_answered(stage: Stage) -> None:
    """A creation of which the list shows nothing is made by a later run, once."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/v1/jobs$=cut-before-commit*1")
    stage.run("jetplan apply --auto-approve", code=None)
    stage.run("jetplan apply --auto-approve", code=None)
    stage.run("jetplan apply --auto-approve")
    assert len(stage.jobs()) == 1
    assert stage.delivered() == {"/a.mxf": 1}


def test_many_answers_lost_at_random(stage: Stage) -> None:
    """Half of all answers are lost over many batches, run after run: each object is taken once, and all settle."""
    stage.configure("delivery: {maxObjects: 2}\n")
    stage.write_set(*(f"/f{number:02}.mxf" for number in range(40)))
    stage.faults("POST:/deliveries=reset-body,p=0.5,seed=11")
    for _ in range(3):
        stage.run("jetplan apply --auto-approve", code=None)
        stage.settle()
    stage.faults()
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {f"/f{number:02}.mxf": 1 for number in range(40)}
    assert stage.delivery_posts() == 20


def test_a_server_that_is_not_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection, no attempt: exit 1 with a sentence, and nothing in the ledger."""
    stage.write_set("/a.mxf")
    monkeypatch.setenv("JETPLAN_API_URL", "http://127.0.0.1:9")
    assert "127.0.0.1:9" in stage.run("jetplan plan", code=1).err
    stage.run("jetplan apply --auto-approve", code=1)
    monkeypatch.setenv("JETPLAN_API_URL", stage.url)
    stage.run("jetplan status")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}
