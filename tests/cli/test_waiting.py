"""`apply --wait` and `status --watch`: they end when the deliveries have, and say truly how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.apply.waiting import Headway
from jetplan.cli.headway import HeadwayLine, line_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from stage import Stage


def test_waiting_until_everything_has_arrived(stage: Stage) -> None:
    """With --wait the files are there when the command ends, and the ledger knows that they are."""
    stage.write_set("/a.mxf", "/b.mxf")
    ran = stage.run("jetplan apply --auto-approve --wait")
    assert stage.same_trees()
    assert "\r" not in ran.err
    assert "1 delivered" in stage.run("jetplan status").out


def test_a_delivery_that_fails(stage: Stage) -> None:
    """A delivery that the server reports as failed ends --wait with 1, by name."""
    stage.write_set("/a.mxf")
    (stage.source / "a.mxf").unlink()
    ran = stage.run("jetplan apply --auto-approve --wait", code=1)
    assert "of set masters" in ran.err
    assert stage.delivery_posts() == 1


def test_time_that_runs_out(open_stage: Callable[..., Stage]) -> None:
    """What has not ended in time ends --wait with 1; the delivery itself goes on, and is never sent again."""
    stage = open_stage(workers=0)
    stage.write_set("/a.mxf")
    ran = stage.run("jetplan apply --auto-approve --wait --timeout 0.1", code=1)
    assert "Not every delivery had ended" in ran.err
    stage.run("jetplan apply --auto-approve --wait --timeout 0.1", code=1)
    stage.run("jetplan apply --auto-approve")
    assert stage.delivery_posts() == 1


def test_a_timeout_needs_a_wait(stage: Stage) -> None:
    """--timeout alone is a mistake."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve --timeout 5", code=64)
    assert stage.job_posts() == 0


def test_the_last_exit_code_counts_in_ci(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What CI reads is how it ended after the wait."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    stage = open_stage(workers=0)
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve --wait --timeout 0.1", code=1)
    codes = [line for line in (tmp_path / "output").read_text().splitlines() if line.startswith("exitcode=")]
    assert codes == ["exitcode=0", "exitcode=1"]


def test_a_delivery_that_the_server_lost(open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait for what the server tells nothing of comes to an end, with 1."""
    monkeypatch.setattr("jetplan.apply.waiting.PATIENCE", 3)
    monkeypatch.setattr("jetplan.app.waiting.INTERVAL", 0.01)
    stage = open_stage(workers=0)
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.faults("GET:/deliveries/=status=404")
    ran = stage.run("jetplan apply --auto-approve --wait", code=1)
    assert "tells nothing of 1 delivery" in ran.err


def test_the_line_says_what_is_known() -> None:
    """States, bytes, rate and remaining time; what is not known is left out."""
    states = {"IN_PROGRESS": 2, "COMPLETED": 1, "\x1b[31mODD": 1}
    assert line_of(Headway(states, 4_000_000_000, 1_000_000_000, 400_000_000.0)) == (
        "2 in progress, 1 completed, 1 \\x1b[31modd, 1.0 GB of 4.0 GB (25%), 400 Mbit/s, about 1 min left"
    )
    assert line_of(Headway({"QUEUED": 1}, 0, 0, 0.0)) == "1 queued"


def test_one_line_on_a_terminal_and_few_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal's line is rewritten and ended; elsewhere only changes of state are lines."""
    steps = [Headway({"IN_PROGRESS": 1}, 100, moved, 8.0) for moved in (10, 20, 90)]
    with HeadwayLine(terminal=True) as line:
        for step in steps:
            line.show(step)
    said = capsys.readouterr().err
    assert said.count("\r") == 3
    assert said.count("\n") == 1
    with HeadwayLine(terminal=False) as line:
        for step in [*steps, Headway({"COMPLETED": 1}, 100, 100, 0.0)]:
            line.show(step)
    assert capsys.readouterr().err == "1 in progress\n1 completed\n"
