"""What cannot be done now: the reason, what settles it, and the exit code; the rest goes on."""

from __future__ import annotations

import json
from typing import Any

from stage import JOBS, Stage


def two_sets(stage: Stage, first: str = "", second: str = "") -> None:
    """Two sets of one job with the same object in both; each may say more."""
    stage.put("/a.mxf", "/b.mxf")
    stage.write(
        f"{JOBS}deliverySets:\n"
        f"  early:\n    job: nyc-to-lax\n{first}    objects: [/a.mxf]\n"
        f"  late:\n    job: nyc-to-lax\n{second}    objects: [/a.mxf, /b.mxf]\n"
    )


def sent_once(stage: Stage, **keys: Any) -> None:
    """A stage on which a set named `early` has sent /a.mxf."""
    stage.put("/a.mxf")
    stage.write(f"{JOBS}deliverySets:\n  early:\n    job: nyc-to-lax\n    objects: [/a.mxf]\n")
    stage.run("jetplan apply --auto-approve")
    two_sets(stage, **keys)


def test_a_paused_job(stage: Stage) -> None:
    """Nothing is tried on a paused job; `paused: false` resumes it first."""
    stage.pause(stage.make_job())
    stage.write_set("/a.mxf")
    for line in ("jetplan plan", "jetplan plan --detailed-exitcode"):
        assert "`paused: false`" in stage.run(line, code=None).out
    assert stage.run("jetplan plan", code=1)
    assert "is paused" in stage.run("jetplan apply --auto-approve", code=None).out
    assert stage.delivery_posts() == 0
    stage.write_set("/a.mxf", job="paused: false")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}
    assert not stage.jobs()[0].get("paused")


def test_nothing_done_of_what_was_wanted_ends_with_1(stage: Stage) -> None:
    """A run that could do nothing ends with 1."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.pause(stage.jobs()[0]["jobId"])
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve", code=1)
    stage.run("jetplan apply --auto-approve", code=1)


def test_done_in_part_ends_with_8(stage: Stage) -> None:
    """One blocked set blocks itself, never the rest."""
    stage.pause(stage.make_job("held"))
    stage.put("/a.mxf", "/b.mxf")
    stage.write(
        f"{JOBS}deliverySets:\n  free:\n    job: nyc-to-lax\n    objects: [/a.mxf]\n"
        "  waiting:\n    job: held\n    objects: [/b.mxf]\n"
    )
    stage.run("jetplan apply --auto-approve", code=8)
    assert stage.delivered() == {"/a.mxf": 1}
    stage.run("jetplan apply --auto-approve", code=1)
    assert stage.delivered() == {"/a.mxf": 1}


def test_a_job_paused_between_plan_and_delivery(stage: Stage) -> None:
    """A refusal of the server releases the objects: a later run sends them, once."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=status=400")
    assert "400" in stage.run("jetplan apply --auto-approve", code=8).out
    stage.faults()
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


def test_another_set_sent_it_already(stage: Stage) -> None:
    """A set that repeats what another one sent there waits for a person, in full."""
    sent_once(stage)
    ran = stage.run("jetplan plan", code=1)
    assert "overlap: skip" in ran.out
    assert "'early'" in ran.out
    stage.run("jetplan apply --auto-approve", code=1)
    assert stage.delivered() == {"/a.mxf": 1}


def test_overlap_skip(stage: Stage) -> None:
    """`overlap: skip` sends only the rest."""
    sent_once(stage, second="    overlap: skip\n")
    stage.run("jetplan apply --auto-approve")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}


def test_overlap_send(stage: Stage) -> None:
    """`overlap: send` is a person's word: all of it, once."""
    sent_once(stage, second="    overlap: send\n")
    stage.run("jetplan apply --auto-approve")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 1}


def test_a_renamed_set(stage: Stage) -> None:
    """A set renamed in git is not sent again: the plan asks, and `renamedFrom` answers."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    renamed = (stage.project / "manifests/main.yaml").read_text().replace("masters", "finals")
    stage.write(renamed)
    assert "renamedFrom: masters" in stage.run("jetplan plan", code=1).out
    stage.write(renamed.replace("  finals:\n", "  finals:\n    renamedFrom: masters\n"))
    assert "No changes" in stage.run("jetplan plan --detailed-exitcode").out
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}


def test_two_new_sets_with_one_object(stage: Stage) -> None:
    """Two sets of one merge that would both send an object do not send it twice."""
    two_sets(stage)
    stage.run("jetplan apply --auto-approve", code=None)
    assert stage.delivered()["/a.mxf"] <= 1


def test_of_two_jobs_of_one_name_what_was_sent_stays_sent(stage: Stage) -> None:
    """Only what was not sent is blocked, and the job that the ledger delivered through is the one that is offered."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve --wait")
    [known] = [job["jobId"] for job in stage.jobs()]
    stage.make_job()
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf")
    plan = json.loads(stage.run("jetplan plan --format json", code=1).out)
    assert plan["totals"]["blocked"]["objectCount"] == 1
    assert plan["totals"]["alreadySubmitted"] == 2
    assert [each["known"] for each in plan["jobs"][0]["candidates"]] == [
        each["jobId"] == known for each in plan["jobs"][0]["candidates"]
    ]
    told = " ".join(stage.run("jetplan plan", code=1).out.split())
    assert f"write `jobId: {known}` on the job" in told
    assert "blocked: 1 object" in told
    for form in ("markdown", "html"):
        assert "known to this ledger" in stage.run(f"jetplan plan --format {form}", code=1).out
    stage.run("jetplan apply --auto-approve", code=1)
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf", job=f"jobId: {known}")
    stage.run("jetplan apply --auto-approve --wait")
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1, "/c.mxf": 1}


def test_of_a_job_that_is_gone_what_was_sent_stays_sent(stage: Stage) -> None:
    """A set on a job that exists only on the server, and was deleted there: all delivered, nothing is blocked."""
    job = stage.make_job()
    stage.put("/a.mxf")
    stage.write("apiVersion: jetplan/v1\ndeliverySets:\n  masters: {job: nyc-to-lax, objects: [/a.mxf]}\n")
    stage.run("jetplan apply --auto-approve --wait")
    stage.call("DELETE", f"/v1/jobs/{job}")
    plan = json.loads(stage.run("jetplan plan --format json", code=1).out)
    assert (plan["totals"]["blocked"]["objectCount"], plan["totals"]["alreadySubmitted"]) == (0, 1)
