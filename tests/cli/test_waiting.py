"""`apply --wait` and `status --watch`: they end when the deliveries have, and say truly how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.cli.progress import ProgressLines
from jetplan.core.progress import DeliveryProgress, Progress

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


def _progress(moved: int, state: str = "IN_PROGRESS", failed: int = 0) -> Progress:
    delivery = DeliveryProgress(
        attempt_id="1",
        set_name="masters",
        batch=1,
        batches=1,
        state=state,
        size=1_000,
        files=2,
        moved=moved,
        failed=failed,
    )
    return Progress([delivery])


def test_lines_are_rewritten_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time the cursor goes up over the old lines, and they are erased. Every line is ended, and none wraps."""
    monkeypatch.setenv("COLUMNS", "64")
    lines = ProgressLines(terminal=True)
    lines.show(Progress([*_progress(100).deliveries, *_progress(100).deliveries]))
    lines.show(_progress(1_000, "COMPLETED"))
    said = capsys.readouterr().err
    before, after = said.split("\x1b[3A\r\x1b[J")
    assert before.count("\n") == 3
    assert after == "completed [########] 100% 1.0/1.0 kB 0/2 files masters\n"
    assert max(map(len, before.splitlines())) <= 63


def test_few_lines_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each state, each failed file and each tenth of the whole; no escape sequence."""
    lines = ProgressLines(terminal=False)
    for moved, state, failed in (
        (0, "QUEUED", 0),
        (10, "IN_PROGRESS", 0),
        (90, "IN_PROGRESS", 0),
        (110, "IN_PROGRESS", 0),
    ):
        lines.show(_progress(moved, state, failed))
    lines.show(_progress(120, "IN_PROGRESS", 1))
    lines.show(_progress(120, "IN_PROGRESS", 1))
    assert capsys.readouterr().err.splitlines() == [
        "0%, 0 B/1.0 kB, 0/2 files; 1 queued",
        "1%, 10 B/1.0 kB, 0/2 files; 1 in progress",
        "11%, 110 B/1.0 kB, 0/2 files; 1 in progress",
        "12%, 120 B/1.0 kB, 0/2 files, 1 failed; 1 in progress",
    ]
