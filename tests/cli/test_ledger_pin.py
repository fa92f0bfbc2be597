"""The ledger that a project pins: another one, or none, stops every run with 6, before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

RUNS = ("jetplan plan", "jetplan apply --auto-approve", "jetplan status")


@pytest.mark.parametrize("line", RUNS)
def test_no_project(run_line, line):
    """Where `jetplan init` was not run, it is what to do."""
    Path("manifests").mkdir()
    assert "jetplan init" in run_line(line, code=6).err


@pytest.mark.parametrize("line", RUNS)
def test_a_ledger_that_is_gone(stage, line):
    """A ledger that is not where the project says is never made anew in silence."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    (stage.project / ".jetplan/ledger.db").unlink()
    stage.run(line, code=6)
    assert not (stage.project / ".jetplan/ledger.db").exists()
    assert stage.delivered() == {"/a.mxf": 1}


@pytest.mark.parametrize("line", RUNS)
def test_a_foreign_ledger(stage, line):
    """A ledger with another id is refused, by name."""
    stage.write_set("/a.mxf")
    stage.run("jetplan init --config other.yaml --ledger sqlite:///other.db")
    assert "pins" in stage.run(f"{line} --ledger sqlite:///other.db", code=6).err
    assert stage.delivery_posts() == 0


def test_in_ci_a_ledger_must_be_named(stage, monkeypatch):
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


def test_in_ci_init_wants_a_name_too(run_line, monkeypatch):
    """`init` in CI makes no ledger on a runner that is thrown away."""
    monkeypatch.setenv("CI", "true")
    run_line("jetplan init", code=6)


def test_init_again_changes_nothing(stage):
    """`init` can be run again: it looks, and leaves everything as it is."""
    before = (stage.project / "jetplan.yaml").read_bytes()
    assert "nothing to do" in stage.run("jetplan init").err
    assert (stage.project / "jetplan.yaml").read_bytes() == before


def test_init_writes_an_example_where_there_is_none(run_line, tmp_path):
    """A first manifest is there, valid, and declares nothing."""
    run_line("jetplan init")
    assert (tmp_path / "manifests/example.yaml").is_file()
    assert "0 jobs" in run_line("jetplan validate").err


def test_init_keeps_what_is_there(run_line, tmp_path):
    """Settings and manifests that exist are kept; the pin is added."""
    (tmp_path / "jetplan.yaml").write_text("apiUrl: http://127.0.0.1:9\n")
    (tmp_path / "manifests").mkdir()
    run_line("jetplan init")
    text = (tmp_path / "jetplan.yaml").read_text()
    assert text.startswith("apiUrl: http://127.0.0.1:9\nledgerId: ")
    assert list((tmp_path / "manifests").iterdir()) == []
