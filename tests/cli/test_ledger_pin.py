"""The ledger that a project pins: another one, or none, stops every run with 6, before anything is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Ran, Stage

RUNS = ("jetplan plan", "jetplan apply --auto-approve", "jetplan status")


@pytest.mark.parametrize("line", RUNS)
def test_no_project(run_line: Callable[..., Ran], line: str) -> None:
    """Where `jetplan init` was not run, it is what to do."""
    Path("manifests").mkdir()
    assert "jetplan init" in run_line(line, code=6).err


@pytest.mark.parametrize("line", RUNS)
def test_a_ledger_that_is_gone(stage: Stage, line: str) -> None:
    """A ledger that is not where the project says is never made anew in silence."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    (stage.project / ".jetplan/ledger.db").unlink()
    stage.run(line, code=6)
    assert not (stage.project / ".jetplan/ledger.db").exists()
    assert stage.delivered() == {"/a.mxf": 1}


@pytest.mark.parametrize("line", [*RUNS, "jetplan init", "jetplan doctor", "jetplan ledger check"])
@pytest.mark.parametrize("empty", [False, True])
def test_a_lost_ledger_is_told_with_the_ways_out(stage: Stage, line: str, empty: bool) -> None:
    """Missing or empty: each command names the ways that send nothing twice, and none that makes a fresh ledger."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    file = stage.project / ".jetplan/ledger.db"
    file.unlink()
    if empty:
        file.touch()
    result = stage.run(line, code=6)
    told = " ".join((result.out + result.err).split())
    assert "a new one would send everything again" in told
    assert "JETPLAN_LEDGER" in told
    assert "`jetplan ledger import --source-gone`" in told
    assert "`jetplan ledger baseline`" in told
    assert "jetplan init" not in told
    assert file.exists() == empty


def test_an_export_leads_out_of_a_lost_ledger(stage: Stage) -> None:
    """The hint followed: after the import nothing is sent again."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    (stage.project / "kept.jsonl").write_text(stage.run("jetplan ledger export").out)
    (stage.project / ".jetplan/ledger.db").unlink()
    stage.run("jetplan plan", code=6)
    stage.run("jetplan ledger import kept.jsonl --source-gone")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


def test_a_baseline_leads_out_of_a_ledger_lost_for_good(stage: Stage) -> None:
    """The steps of docs/exactly-once.md, `A lost ledger`: the new ledger sends nothing again."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    (stage.project / ".jetplan/ledger.db").unlink()
    api = next(
        line.split()[1] for line in (stage.project / "jetplan.yaml").read_text().splitlines() if "apiUrl" in line
    )
    stage.run(f"jetplan init --config new.yaml --api-url {api} --ledger sqlite:///new.db")
    stage.run("jetplan ledger baseline --config new.yaml --set masters --reason 'seen at the destination'")
    stage.run("jetplan apply --config new.yaml --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


@pytest.mark.parametrize("line", RUNS)
def test_a_foreign_ledger(stage: Stage, line: str) -> None:
    """A ledger with another id is refused, by name."""
    stage.write_set("/a.mxf")
    stage.run("jetplan init --config other.yaml --ledger sqlite:///other.db")
    assert "pins" in stage.run(f"{line} --ledger sqlite:///other.db", code=6).err
    assert stage.delivery_posts() == 0


def test_in_ci_a_ledger_must_be_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """With CI set, a ledger that nobody named would be fresh, and would send everything again."""
    stage.write_set("/a.mxf")
    config = stage.project / "jetplan.yaml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if not line.startswith("ledger:")))
    monkeypatch.setenv("CI", "true")
    assert "JETPLAN_LEDGER" in stage.run("jetplan apply --auto-approve", code=6).err
    stage.run("jetplan plan", code=6)
    monkeypatch.setenv("JETPLAN_LEDGER", "sqlite:///.jetplan/ledger.db")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


def test_in_ci_init_wants_a_name_too(run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """`init` in CI makes no ledger on a runner that is thrown away."""
    monkeypatch.setenv("CI", "true")
    run_line("jetplan init", code=6)


def test_init_again_changes_nothing(stage: Stage) -> None:
    """`init` can be run again: it looks, and leaves everything as it is."""
    before = (stage.project / "jetplan.yaml").read_bytes()
    assert "nothing to do" in stage.run("jetplan init").err
    assert (stage.project / "jetplan.yaml").read_bytes() == before


def test_init_writes_an_example_where_there_is_none(run_line: Callable[..., Ran], tmp_path: Path) -> None:
    """A first manifest is there, valid, and declares nothing."""
    run_line("jetplan init")
    assert (tmp_path / "manifests/example.yaml").is_file()
    assert "0 jobs" in run_line("jetplan validate").err


def test_init_keeps_what_is_there(run_line: Callable[..., Ran], tmp_path: Path) -> None:
    """Settings and manifests that exist are kept; the pin is added."""
    (tmp_path / "jetplan.yaml").write_text("apiUrl: http://127.0.0.1:9\n")
    (tmp_path / "manifests").mkdir()
    run_line("jetplan init")
    text = (tmp_path / "jetplan.yaml").read_text()
    assert text.startswith("apiUrl: http://127.0.0.1:9\nledgerId: ")
    assert list((tmp_path / "manifests").iterdir()) == []


def test_init_keeps_the_ledger_out_of_git(run_line: Callable[..., Ran], tmp_path: Path) -> None:
    """Git sees settings and manifests, and nothing of the ledger."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    told = run_line("jetplan init").err
    assert "commit jetplan.yaml and your manifests" in told
    shown = subprocess.run(
        ["git", "-C", str(tmp_path), "ls-files", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert shown.stdout.split() == ["jetplan.yaml", "manifests/example.yaml"]


def test_init_hides_nothing_beside_a_ledger_elsewhere(run_line: Callable[..., Ran], tmp_path: Path) -> None:
    """A ledger in the project's own folder brings no `.gitignore`: it would hide the manifests."""
    run_line("jetplan init --ledger sqlite:///ledger.db")
    assert not (tmp_path / ".gitignore").exists()


def test_init_refuses_a_ledger_that_git_tracks(run_line: Callable[..., Ran], tmp_path: Path) -> None:
    """Told with the way out, which works when it is followed."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    run_line("jetplan init --ledger sqlite:///ledger.db")
    subprocess.run(["git", "-C", str(tmp_path), "add", "ledger.db"], check=True)
    told = run_line("jetplan init", code=6).err
    assert f"git rm --cached {tmp_path}/ledger.db" in " ".join(told.split())
    subprocess.run(["git", "-C", str(tmp_path), "rm", "-q", "--cached", "ledger.db"], check=True)
    assert "nothing to do" in run_line("jetplan init").err
