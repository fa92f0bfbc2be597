"""What happened, by file: every command names what failed and why, and how much arrived."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jetplan.apply.waiting import LAG

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Stage

APPLY = "jetplan apply --auto-approve"


def test_the_file_that_failed_is_named_with_its_reason(stage: Stage) -> None:
    """status, plan, apply, ledger show and their formats name it; what arrived is counted."""
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf")
    (stage.source / "b.mxf").unlink()
    told = stage.run(f"{APPLY} --wait", code=1).err
    assert "/b.mxf (No such file or directory)" in told
    document = json.loads(stage.run("jetplan status --format json", code=1).out)
    (card,) = document["failed"]
    arrived = card["arrived"]
    assert (arrived["files"], arrived["moved"]) == (3, 2)
    missing = {"relativePath": "/b.mxf", "sizeInBytes": None, "reason": "No such file or directory"}
    assert arrived["notMoved"] == [missing]
    assert document["sets"][0]["arrived"]["moved"] == 2
    lines = ["jetplan status", APPLY, "jetplan plan", "jetplan plan --format markdown", "jetplan plan --format html"]
    for line in [*lines, "jetplan plan --format json"]:
        told = " ".join(stage.run(line, code=1).out.split())
        assert "/b.mxf" in told, line
        assert "No such file or directory" in told, line
    assert "2 of 3 files" in stage.run("jetplan status", code=1).out
    assert "/b.mxf (No such file" in stage.run(f"jetplan ledger show {card['attemptId']}").out


def test_what_has_ended_is_never_asked_about_again(stage: Stage) -> None:
    """The files of a delivery that arrived are asked for once, however often somebody looks."""
    stage.write_set("/a.mxf")
    stage.run(f"{APPLY} --wait")
    asked = len(stage.requests("GET", "/files"))
    for line in ("jetplan status", "jetplan plan", APPLY, f"{APPLY} --wait"):
        stage.run(line)
    assert len(stage.requests("GET", "/files")) == asked
    assert "arrived: 1 file" in stage.run("jetplan status").out


def test_a_size_other_than_declared(stage: Stage) -> None:
    """A file that arrived with another size than was declared is not delivered."""
    stage.write_set("relativePath: /a.mxf\n        sizeInBytes: 7")
    stage.put("/a.mxf")
    stage.run(f"{APPLY} --wait", code=1)
    told = stage.run("jetplan status", code=1).out
    assert "instead of 7" in told
    assert "1 arrived in part" in told
    assert "delivered" not in told


def test_a_folder_is_told_in_files_and_bytes(stage: Stage) -> None:
    """Of a folder whose job leaves files out: how many of how many files and bytes, never that it was delivered."""
    stage.put("/dir/a.mxf", "/dir/b.mxf", "/dir/c.txt", "/dir/d.txt")
    stage.make_job(patterns=["**/*.mxf"])
    stage.write_set("/dir/")
    stage.run(f"{APPLY} --wait", code=1)
    told = " ".join(stage.run("jetplan status", code=1).out.split())
    assert "2 of 4 files" in told
    assert "2 files that Jet does not name, 2 of them left out by the job" in told
    assert "delivered" not in told


def test_a_list_that_lags(open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    """What Jet calls completed and does not list is not delivered: a wait looks again, and then tells what lacks."""
    monkeypatch.setattr("jetplan.app.waiting.INTERVAL", 0.01)
    stage = open_stage(workers=0)
    stage.write_set("/a.mxf")
    stage.faults("GET:/deliveries/=set=state:COMPLETED")
    stage.run(f"{APPLY} --wait", code=1)
    assert len(stage.requests("GET", "/files")) == 3 * LAG
    for line in ("jetplan status", "jetplan plan", APPLY):
        assert "0 of 1 file" in stage.run(line, code=1).out
    stage.faults()
    assert "1 created" in stage.run("jetplan status").out


def test_a_list_that_cannot_be_read(stage: Stage) -> None:
    """Files that cannot be looked at are neither missing nor delivered; the server's word is told."""
    stage.write_set("/a.mxf")
    stage.run(APPLY)
    stage.settle()
    stage.faults("GET:/files=status=403")
    assert "1 completed" in stage.run("jetplan status").out
    stage.faults()
    assert "1 delivered" in stage.run("jetplan status").out


def test_many_deliveries_are_looked_at_in_portions(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files a job's deliveries hold, some are looked for at a time, and each ends as it should."""
    monkeypatch.setattr("jetplan.apply.arriving.AT_ONCE", 2)
    stage.configure("delivery: {maxObjects: 1}\n")
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf", "/d.mxf", "/e.mxf")
    stage.fail("/d.mxf=missing")
    stage.run(APPLY)
    stage.settle()
    told = " ".join(stage.run("jetplan status", code=1).out.split())
    assert "4 delivered, 1 failed; arrived: 4 of 5 files" in told
    assert len(stage.requests("GET", "/files")) == 3 * 3


@pytest.mark.parametrize("fault", ["short-body", "broken-json", "html-200", "set=nextToken:x", "status=500"])
def test_a_list_that_is_cut(fault: str, stage: Stage) -> None:
    """Less than a whole list says nothing: nothing is delivered, nothing is missing, and nothing is sent again."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run(APPLY)
    stage.settle()
    stage.faults(f"GET:/files={fault}")
    told = stage.run("jetplan status").out
    assert "1 completed" in told
    assert "delivered" not in told
    stage.run("jetplan retry --set masters --reason now", code=1)
    stage.faults()
    assert "1 delivered" in stage.run("jetplan status").out
    assert stage.delivery_posts() == 1


def test_files_of_others(stage: Stage) -> None:
    """What the same job moved for others, or before, is no part of a delivery."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.put("/c.mxf")
    stage.run(f"{APPLY} --wait")
    job_id = stage.jobs()[0]["jobId"]
    stage.fail("/c.mxf=missing")
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [{"relativePath": "/c.mxf"}]})
    stage.settle()
    stage.fail("/b.mxf=checksum*1")
    stage.write_set("/a.mxf", "/b.mxf", extra="revision: 2")
    stage.run(f"{APPLY} --wait", code=1)
    told = " ".join(stage.run("jetplan status", code=1).out.split())
    assert "1 of 2 files" in told
    assert "/b.mxf (the checksum" in told
    assert "/c.mxf" not in told


def test_one_that_is_found_by_evidence_and_fails_later(stage: Stage) -> None:
    """A delivery that has no id is followed by its files, to its end."""
    stage.write_set("/a.mxf", "/b.mxf")
    (stage.source / "b.mxf").unlink()
    stage.faults("POST:/deliveries=cut-after-commit*1")
    stage.run(APPLY, code=None)
    stage.settle()
    stage.faults()
    stage.run(APPLY, code=1)
    for line in (APPLY, "jetplan status", "jetplan plan", f"{APPLY} --wait"):
        assert "/b.mxf" in stage.run(line, code=1).out + stage.run(line, code=1).err
    assert stage.delivery_posts() == 1


def test_a_failure_that_jet_mended_by_itself(stage: Stage) -> None:
    """A file that is seen complete after its delivery failed has arrived, and the failure ends."""
    stage.write_set("/a.mxf")
    (stage.source / "a.mxf").unlink()
    stage.run(f"{APPLY} --wait", code=1)
    stage.put("/a.mxf")
    job_id = stage.jobs()[0]["jobId"]
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [{"relativePath": "/a.mxf", "isDirectory": False}]})
    stage.settle()
    stage.run("jetplan status")
    for line in ("jetplan plan", APPLY, "jetplan status", f"{APPLY} --wait"):
        stage.run(line)
