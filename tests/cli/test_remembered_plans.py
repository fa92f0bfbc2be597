"""A plan that is told from memory is the plan that would be made; see `jetplan.app.remembered`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jetplan.app import remembered

if TYPE_CHECKING:
    from stage import Stage


@pytest.fixture
def planned(stage: Stage) -> Stage:
    """A project whose plan was told once."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan plan")
    return stage


def forbid_planning(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on a plan can only be told from memory."""

    def no_planning(*_: object, **__: object) -> None:
        raise AssertionError("it was planned again")

    monkeypatch.setattr("jetplan.app.planning.diff", no_planning)


@pytest.mark.parametrize("options", ["", "--format json", "--format html", "--digest", "--detailed-exitcode"])
def test_the_same_plan_is_told_without_planning(planned: Stage, monkeypatch: pytest.MonkeyPatch, options: str) -> None:
    """Output, talk and exit code are those of the first time; the server is asked for its two lists, once each."""
    fresh = planned.run(f"jetplan plan --no-cache {options}", code=None)
    assert planned.run(f"jetplan plan {options}", code=None) == fresh
    before = len(planned.requests("GET", "/v1/jobs")), len(planned.requests("GET", "/v1/storageProfiles"))
    forbid_planning(monkeypatch)
    assert planned.run(f"jetplan plan {options}", code=None) == fresh
    after = len(planned.requests("GET", "/v1/jobs")), len(planned.requests("GET", "/v1/storageProfiles"))
    assert after == (before[0] + 1, before[1] + 1)


def test_a_refusal_is_told_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a limit refuses stays refused, with the same words on stderr and the same exit code."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.configure("limits:\n  maxObjects: 1\n")
    fresh = stage.run("jetplan plan", code=7)
    forbid_planning(monkeypatch)
    assert stage.run("jetplan plan", code=7) == fresh
    assert "--max-objects 2" in fresh.err


def test_ci_gets_the_same_again(planned: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step's summary and outputs are written each time, also where they were not asked for the first time."""
    texts = []
    for number in range(3):
        if number == 2:
            forbid_planning(monkeypatch)
        files = [planned.folder / f"{name}-{number}" for name in ("summary", "output")]
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(files[0]))
        monkeypatch.setenv("GITHUB_OUTPUT", str(files[1]))
        planned.run("jetplan plan")
        texts.append([file.read_text() for file in files])
    assert "deliveries_to_submit=1" in texts[0][1]
    assert texts[0] == texts[1] == texts[2]


def add_an_object(stage: Stage) -> None:
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf")


def apply_it(stage: Stage) -> None:
    stage.run("jetplan apply --auto-approve")


def make_the_job(stage: Stage) -> None:
    stage.make_job()


def make_it_differ(stage: Stage) -> None:
    stage.make_job(destination="NYC Dailies", source="LAX Ingest")


def set_a_limit(stage: Stage) -> None:
    stage.configure("limits:\n  maxObjects: 1\n")


def split_batches(stage: Stage) -> None:
    stage.configure("delivery:\n  maxObjects: 1\n")


@pytest.mark.parametrize("change", [add_an_object, apply_it, make_the_job, make_it_differ, set_a_limit, split_batches])
def test_every_change_is_planned(planned: Stage, change: Any) -> None:
    """What changes in manifests, ledger, server or settings is in the next plan."""
    before = planned.run("jetplan plan")
    change(planned)
    after = planned.run("jetplan plan", code=None)
    assert after == planned.run("jetplan plan --no-cache", code=None)
    assert after != before


def test_each_step_of_a_jobs_life_is_planned(planned: Stage) -> None:
    """Pausing and another apply are seen, from a plan with nothing to do."""
    planned.run("jetplan apply --auto-approve")
    settled = planned.run("jetplan plan")
    (job,) = planned.jobs()
    planned.write_set("/a.mxf", "/b.mxf", job="paused: false")
    quiet = planned.run("jetplan plan")
    planned.pause(job["jobId"])
    paused = planned.run("jetplan plan")
    assert paused == planned.run("jetplan plan --no-cache")
    assert paused.out not in {quiet.out, settled.out}


@pytest.mark.parametrize(
    ("name", "value", "form"),
    [("FORCE_COLOR", "1", "text"), ("COLUMNS", "40", "text"), ("GITHUB_SHA", "5ca1ab1e" * 5, "markdown")],
)
def test_what_the_environment_asks_for_counts(
    planned: Stage, monkeypatch: pytest.MonkeyPatch, name: str, value: str, form: str
) -> None:
    """Colour, width and commit are those of now."""
    before = planned.run(f"jetplan plan --format {form}")
    monkeypatch.setenv(name, value, form)
    after = planned.run(f"jetplan plan --format {form}")
    assert after == planned.run(f"jetplan plan --no-cache --format {form}")
    assert after != before


@pytest.mark.parametrize("options", ["--no-cache", "--out saved.jetplan"])
def test_some_plans_are_always_made(planned: Stage, monkeypatch: pytest.MonkeyPatch, options: str) -> None:
    """Memory is passed over where somebody says so, and where the plan is to be saved."""
    forbid_planning(monkeypatch)
    with pytest.raises(AssertionError):
        planned.run(f"jetplan plan {options}")


def test_another_program_plans_for_itself(planned: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version told is not told again."""
    monkeypatch.setattr(remembered, "program_digest", lambda _parts: b"p" * 32)
    forbid_planning(monkeypatch)
    with pytest.raises(AssertionError):
        planned.run("jetplan plan")


def test_damage_costs_time_only(planned: Stage) -> None:
    """A file that was cut or changed, is not ours alone, or is gone, gives the plan that would be made."""
    (file,) = planned.cache().glob("*.plan")
    whole, expected = file.read_bytes(), planned.run("jetplan plan --no-cache")
    assert b"a.mxf" in whole
    for damaged in (b"", whole[:40], whole[:-1], whole.replace(b"a.mxf", b"z.mxf"), whole + b"."):
        file.write_bytes(damaged)
        assert planned.run("jetplan plan") == expected
        assert file.read_bytes() == whole
    file.write_bytes(whole.replace(b"a.mxf", b"z.mxf"))
    file.unlink()
    assert planned.run("jetplan plan") == expected
    file.chmod(0o620)
    assert planned.run("jetplan plan") == expected
    assert file.stat().st_mode & 0o077 == 0


def test_wrong_manifests_cause_no_request(planned: Stage) -> None:
    """A remembered plan does not let a manifest through that is wrong now."""
    before = len(planned.requests("GET", "/v1/jobs"))
    planned.write("apiVersion: jetplan/v1\njobs: 7\n")
    assert "main.yaml:2" in planned.run("jetplan plan", code=None).err
    assert len(planned.requests("GET", "/v1/jobs")) == before


def test_what_is_in_doubt_is_looked_at_each_time(planned: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a run still lives is told by the clock, so nothing is remembered while an attempt is unfinished."""
    planned.faults("POST:/deliveries=drop*1")
    planned.run("jetplan apply --auto-approve", code=3)
    planned.faults()
    assert planned.run("jetplan plan", code=3) == planned.run("jetplan plan", code=3)
    forbid_planning(monkeypatch)
    with pytest.raises(AssertionError):
        planned.run("jetplan plan", code=3)
