"""`from jetplan import Project`: the way in for Python programs, played on the sandbox."""

from __future__ import annotations

import gc
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jetplan import Lifts, Project
from jetplan.core.outcome import DeliveryAccepted, JobApplied
from jetplan.errors import ExitCode, LedgerMismatch, ManifestInvalid, StalePlan, UsageError

if TYPE_CHECKING:
    from stage import Stage

DOCS = Path(__file__).parents[2] / "docs"
LOST = "POST:/deliveries=cut-before-commit*1"


def test_the_example_of_the_docs(stage: Stage) -> None:
    """The task that docs/python.md shows delivers once, and finds nothing to do the second time."""
    source = (DOCS / "orchestrator.py").read_text(encoding="utf-8")
    assert f"```python\n{source}```" in (DOCS / "python.md").read_text(encoding="utf-8")
    deliver = runpy.run_path(str(DOCS / "orchestrator.py"))["deliver"]
    stage.write_set("/a.mxf", "/b.mxf")
    with pytest.raises(RuntimeError, match="2 objects would be sent"):
        deliver(most_objects=1)
    assert stage.delivery_posts() == 0
    assert len(deliver()) == 1
    assert deliver() == []
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}


def test_the_example_stops_at_a_doubt(stage: Stage) -> None:
    """A lost answer ends the task with an error, and it is not sent again."""
    deliver = runpy.run_path(str(DOCS / "orchestrator.py"))["deliver"]
    stage.write_set("/a.mxf")
    stage.faults(LOST)
    with pytest.raises(RuntimeError, match="in doubt: attempts"):
        deliver()
    with pytest.raises(RuntimeError, match="exit code 3"):
        deliver()
    assert stage.delivery_posts() == 1


def test_plan_and_apply_give_objects_and_print_nothing(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Steps and results are objects, told as they come; not a word is written."""
    stage.write_set("/a.mxf")
    project = Project.load()
    told: list[Any] = []
    capsys.readouterr()
    planned = project.plan()
    assert planned.exit_code is ExitCode.CHANGES_PENDING
    applied = project.apply(planned, on_result=told.append)
    assert [type(each) for each in told] == [JobApplied, DeliveryAccepted]
    assert applied.outcome is not None
    assert list(applied.outcome.results) == told
    assert applied.exit_code is ExitCode.DONE
    assert project.apply().outcome is None
    assert [each.state.value for each in project.attempts()] == ["accepted", "accepted"]
    standing = project.status()
    assert standing is not None
    assert standing.exit_code is ExitCode.DONE
    assert capsys.readouterr() == ("", "")
    assert stage.delivered() == {"/a.mxf": 1}


def test_only_what_was_planned_is_applied(stage: Stage) -> None:
    """A plan that something was added to is stale: nothing of it is done."""
    stage.write_set("/a.mxf")
    project = Project.load()
    planned = project.plan()
    stage.write_set("/a.mxf", "/b.mxf")
    with pytest.raises(StalePlan):
        project.apply(planned)
    assert stage.job_posts() == stage.delivery_posts() == 0


def test_a_limit_refuses_until_it_is_lifted(stage: Stage) -> None:
    """What a limit of jetplan.yaml refuses is not begun; a lift lets it through once."""
    stage.configure("limits: {maxObjects: 1}\n")
    stage.write_set("/a.mxf", "/b.mxf")
    project = Project.load()
    refused = project.apply()
    assert refused.outcome is None
    assert refused.exit_code is project.plan().exit_code is ExitCode.REFUSED
    assert stage.job_posts() == 0
    assert project.apply(lifts=Lifts(max_objects=2)).exit_code is ExitCode.DONE


def test_a_persons_word(stage: Stage) -> None:
    """A doubt stands until it is resolved, and is sent again only after that word."""
    stage.write_set("/a.mxf")
    stage.faults(LOST)
    project = Project.load()
    assert project.apply().exit_code is ExitCode.IN_DOUBT
    (doubtful,) = [each for each in project.attempts() if each.state.value == "in_doubt"]
    with pytest.raises(UsageError):
        project.resolve(doubtful.attempt_id, accepted=False, reason=" ")
    assert project.apply().exit_code is ExitCode.IN_DOUBT
    assert project.resolve(doubtful.attempt_id, accepted=False, reason="looked in Jet").live is False
    assert project.apply().exit_code is ExitCode.DONE
    assert stage.delivered() == {"/a.mxf": 1}


def test_errors_are_objects_too(stage: Stage) -> None:
    """Problems in manifests come with their places; a ledger that is not the pinned one is refused."""
    file = stage.project / "manifests" / "bad.yaml"
    file.write_text("apiVersion: jetplan/v1\njbos: {}\n")
    with pytest.raises(ManifestInvalid) as invalid:
        Project.load().plan()
    assert [(each.place.line, each.code) for each in invalid.value.problems] == [(2, "unknown-key")]
    file.unlink()
    stage.run("jetplan init --config other.yaml --ledger sqlite:///other.db")
    with pytest.raises(LedgerMismatch):
        Project.load(ledger="sqlite:///other.db").attempts()


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was_found(stage: Stage, enabled: bool) -> None:
    """A library does not change how its host collects garbage."""
    stage.write_set("/a.mxf")
    before, was_on = gc.get_threshold(), gc.isenabled()
    try:
        gc.set_threshold(701, 11, 12)
        (gc.enable if enabled else gc.disable)()
        Project.load().apply()
        stage.run("jetplan plan")
        assert gc.get_threshold() == (701, 11, 12)
        assert gc.isenabled() is enabled
    finally:
        gc.set_threshold(*before)
        (gc.enable if was_on else gc.disable)()
