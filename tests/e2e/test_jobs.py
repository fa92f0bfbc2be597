"""What is done, and left alone, with jobs that are on the server already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stage import JOBS, Stage

if TYPE_CHECKING:
    import pytest

SETS = "deliverySets:\n  masters:\n    job: nyc-to-lax\n    objects: [/a.mxf]\n"


def test_a_job_of_the_same_name_and_profiles_is_adopted(stage: Stage) -> None:
    """The job is found, recorded and used; none is created."""
    job_id = stage.make_job()
    stage.write_set("/a.mxf")
    assert "adopt" in stage.run("jetplan plan").out
    stage.run("jetplan apply --auto-approve")
    assert [job["jobId"] for job in stage.jobs()] == [job_id]
    assert stage.delivered() == {"/a.mxf": 1}
    assert "No changes" in stage.run("jetplan plan --detailed-exitcode").out


def test_a_job_that_only_the_server_has(stage: Stage) -> None:
    """A set may name a job that no manifest declares."""
    stage.make_job("by-hand")
    stage.put("/a.mxf")
    stage.write("apiVersion: jetplan/v1\n" + SETS.replace("nyc-to-lax", "by-hand"))
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}
    assert stage.job_posts() == 1


def test_a_job_that_nobody_knows(stage: Stage) -> None:
    """A set whose job is nowhere is blocked, and the nearest name is offered."""
    stage.make_job("nyc-to-lax-2")
    stage.write("apiVersion: jetplan/v1\n" + SETS)
    ran = stage.run("jetplan apply --auto-approve", code=1)
    assert "nyc-to-lax-2" in ran.out
    assert stage.delivery_posts() == 0


def test_drift_is_shown_and_never_replaced(stage: Stage) -> None:
    """A job that goes elsewhere on the server is left as it is, and its deliveries wait."""
    stage.make_job(destination="NYC Dailies")
    stage.write_set("/a.mxf")
    for line in ("jetplan plan", "jetplan apply --auto-approve"):
        ran = stage.run(line, code=1)
        assert "drift" in ran.out.lower()
    assert (stage.job_posts(), stage.delivery_posts()) == (1, 0)
    assert not stage.requests("PATCH", "")
    assert not stage.requests("DELETE", "")


def test_several_jobs_of_one_name(stage: Stage) -> None:
    """An ambiguous name is an error that lists the ids; `jobId` settles it."""
    first, second = stage.make_job(), stage.make_job()
    stage.write_set("/a.mxf")
    ran = stage.run("jetplan apply --auto-approve", code=1)
    assert first in ran.out
    assert second in ran.out
    assert stage.delivery_posts() == 0
    stage.write_set("/a.mxf", job=f"jobId: {second}")
    stage.run("jetplan apply --auto-approve")
    assert [item["jobId"] for item in stage.ask("GET", "/_sandbox/deliveries")["items"]] == [second]


def test_a_storage_profile_that_is_missing(stage: Stage) -> None:
    """A misspelt profile blocks the job, and the nearest name is offered."""
    stage.write(JOBS.replace("LAX Ingest", "LAX Ingset") + SETS)
    ran = stage.run("jetplan apply --auto-approve", code=1)
    assert "'LAX Ingest'" in ran.out
    assert (stage.job_posts(), stage.delivery_posts()) == (0, 0)


def test_jobs_that_no_manifest_names_are_left_alone(stage: Stage) -> None:
    """Other people's jobs are neither changed nor mentioned."""
    stage.make_job("somebody-elses")
    stage.write_set("/a.mxf")
    assert "somebody-elses" not in stage.run("jetplan plan").out
    stage.run("jetplan apply --auto-approve")
    assert {job["name"] for job in stage.jobs()} == {"somebody-elses", "nyc-to-lax"}


def test_a_job_declared_paused_is_made_paused(stage: Stage) -> None:
    """`paused: true` holds from the start; deliveries to it wait."""
    stage.write_set("/a.mxf", job="paused: true")
    stage.run("jetplan apply --auto-approve", code=None)
    assert [job["paused"] for job in stage.jobs()] == [True]
    assert not stage.delivered()


def test_view_only_credentials_can_plan(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of storage profiles are learnt from the listed jobs where they may not be listed."""
    stage.make_job()
    monkeypatch.setenv("JETPLAN_CLIENT_ID", "sandbox-viewer")
    stage.write_set("/a.mxf")
    assert "1 object" in stage.run("jetplan plan --detailed-exitcode", code=2).out


def test_view_only_credentials_cannot_apply(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's no is told, nothing is in doubt, and better credentials send it once."""
    stage.make_job()
    stage.write_set("/a.mxf")
    monkeypatch.setenv("JETPLAN_CLIENT_ID", "sandbox-viewer")
    assert "403" in stage.run("jetplan apply --auto-approve", code=None).out
    monkeypatch.setenv("JETPLAN_CLIENT_ID", "sandbox")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


def test_a_plan_takes_a_constant_number_of_requests(stage: Stage) -> None:
    """Ten jobs are planned with as many calls as one."""
    stage.write_set("/a.mxf")
    stage.run("jetplan plan")
    before = len(stage.requests("GET", ""))
    jobs = "".join(f"  job-{n}: {{source: NYC Dailies, destination: LAX Ingest}}\n" for n in range(10))
    stage.write(f"apiVersion: jetplan/v1\njobs:\n{jobs}")
    stage.run("jetplan apply --auto-approve")
    middle = len(stage.requests("GET", ""))
    stage.run("jetplan plan")
    assert len(stage.requests("GET", "")) - middle == before
