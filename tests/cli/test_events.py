"""`apply --events FILE`: what happens, as CloudEvents in JSON Lines, as it happens."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from jetplan.app import waiting
from jetplan.app.events import event_log
from jetplan.app.opening import pinned_ledger
from jetplan.app.settings import load_settings
from jetplan.apply import settling
from jetplan.core.plan import Plan
from jetplan.errors import ApiError, ExitCode
from jetplan.render.events import event_schema

if TYPE_CHECKING:
    from stage import Stage

APPLY = "jetplan apply --auto-approve --events events.jsonl"


def events_of(stage: Stage) -> list[Any]:
    """All events in the file; each is valid by the schema, and none has the id of another."""
    lines = (stage.project / "events.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    validator = Draft202012Validator(event_schema())
    for each in found:
        validator.validate(each)
    assert len({(each["source"], each["id"]) for each in found}) == len(found)
    return found


def types_of(found: list[Any]) -> list[str]:
    return [each["type"].removeprefix("jetplan.") for each in found]


def test_the_story_of_an_apply(stage: Stage) -> None:
    """From the start to the end of the run, with ids that the ledger and Jet know; a second run is appended."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run(f"{APPLY} --wait")
    found = events_of(stage)
    assert types_of(found) == [
        "run.started", "job.created", "delivery.submitted", "delivery.accepted", "delivery.delivered", "run.ended",
    ]  # fmt: skip
    [delivery] = stage.ask("GET", "/_sandbox/deliveries")["items"]
    with pinned_ledger(load_settings()) as ledger:
        attempt = ledger.attempt(found[3]["data"]["attemptId"])
        source = f"urn:jetplan:ledger:{ledger.ledger_id}:run:{attempt.run.run_id}"
    assert {each["source"] for each in found} == {source}
    accepted = {
        "runId": attempt.run.run_id,
        "job": "nyc-to-lax",
        "set": "masters",
        "batch": 1,
        "batches": 1,
        "revision": 1,
        "amount": {"objectCount": 2, "knownBytes": 0, "unknownSizes": 2},
        "attemptId": attempt.attempt_id,
        "deliveryId": delivery["deliveryId"],
    }
    assert found[3]["data"] == accepted
    assert found[2]["data"] | {"deliveryId": delivery["deliveryId"]} == accepted
    assert found[4]["data"] | {"jobId": "", "message": ""} == accepted | {"jobId": "", "message": ""}
    assert {each["data"]["runId"] for each in found} == {attempt.run.run_id}
    assert found[3]["subject"] == "masters"
    assert found[-1]["data"]["exitCode"] == 0
    stage.run(APPLY)
    assert types_of(events_of(stage))[6:] == ["run.started", "run.ended"]


def test_what_goes_wrong(stage: Stage) -> None:
    """A rejection, a doubt, a block: each with its reason, and no secret."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=status=400*1")
    stage.run(APPLY, code=8)
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run(APPLY, code=3)
    stage.run(APPLY, code=3)
    types = types_of(events_of(stage))
    assert types == [
        "run.started", "job.created", "delivery.submitted", "delivery.rejected", "run.ended",
        "run.started", "delivery.submitted", "delivery.inDoubt", "run.ended",
        "run.started", "set.blocked", "run.ended",
    ]  # fmt: skip
    rejected, blocked = events_of(stage)[3]["data"], events_of(stage)[10]["data"]
    assert rejected["status"] == 400
    assert blocked["reason"] == "in_doubt"
    assert "Bearer" not in (stage.project / "events.jsonl").read_text()


def test_a_failed_file_is_named(stage: Stage) -> None:
    """What did not arrive, and why."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.fail("/b.mxf=permission")
    stage.run(f"{APPLY} --wait", code=1)
    failed = events_of(stage)[-2]
    assert failed["type"] == "jetplan.delivery.failed"
    assert "/b.mxf (Permission denied)" in failed["data"]["message"]


def test_a_set_that_waits(stage: Stage) -> None:
    """With the moment its window opens."""
    stage.write_set("/a.mxf", extra="notBefore: 2199-01-01T00:00Z")
    stage.run(APPLY)
    [waiting] = [each for each in events_of(stage) if each["type"] == "jetplan.set.waiting"]
    assert waiting["data"]["opens"]["opensOn"] == "2199-01-01T00:00:00Z"


@pytest.mark.parametrize("name", ["missing/events.jsonl", "folder"])
def test_a_file_that_cannot_be_opened(name: str, stage: Stage) -> None:
    """Nothing is sent before the mistake is told."""
    (stage.project / "folder").mkdir()
    stage.write_set("/a.mxf")
    ran = stage.run(f"jetplan apply --auto-approve --events {name}", code=64)
    assert name in ran.err
    assert stage.job_posts() == 0


def test_a_disk_that_is_full(stage: Stage) -> None:
    """It is told once, and everything is sent all the same."""
    stage.write_set("/a.mxf")
    ran = stage.run("jetplan apply --auto-approve --events /dev/full")
    assert ran.err.count("Events are not written any more: No space left on device. The run goes on.") == 1
    assert stage.delivered() == {"/a.mxf": 1}


def test_what_arrived_in_part(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jet calls it completed, and a file is there with another size than was declared."""
    monkeypatch.setattr(waiting, "INTERVAL", 0.05)
    stage.write_set("relativePath: /a.mxf\n        sizeInBytes: 7")
    stage.put("/a.mxf")
    stage.run(f"{APPLY} --wait", code=1)
    partial = events_of(stage)[-2]
    assert partial["type"] == "jetplan.delivery.partial"
    assert "instead of 7" in partial["data"]["message"]


def test_a_doubt_that_is_settled(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run finds the files of a delivery whose answer was lost."""
    monkeypatch.setattr(settling, "_LOOKS", ())
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=cut-after-commit*1")
    stage.run(APPLY, code=3)
    stage.settle()
    doubtful = events_of(stage)[-2]
    assert doubtful["type"] == "jetplan.delivery.inDoubt"
    stage.run(APPLY)
    [settled] = [each for each in events_of(stage) if each["type"] == "jetplan.delivery.evidenced"]
    assert settled["data"]["attemptId"] == doubtful["data"]["attemptId"]
    assert settled["data"]["runId"] != doubtful["data"]["runId"]


def test_what_ends_an_apply_before_it_begins(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's no, an error: each is told as an end, with its exit code, and ids stay unique."""
    stage.write_set("/a.mxf")
    for _ in range(2):
        stage.run("jetplan apply --events events.jsonl", code=None)
    monkeypatch.setenv("JETPLAN_CLIENT_SECRET", "wrong")
    stage.run(APPLY, code=4)
    found = events_of(stage)
    assert types_of(found) == ["run.ended"] * len(found)
    assert found[-1]["data"]["exitCode"] == 4
    assert found[-1]["data"]["message"]
    assert stage.job_posts() == 0


def test_an_error_in_the_middle_ends_the_run(stage: Stage) -> None:
    """It is told with its exit code, and goes its way."""
    file = stage.project / "events.jsonl"

    def gone() -> None:
        with event_log(file, "L", "r0", pytest.fail) as log:
            assert log is not None
            log.begin(Plan(()), "r1")
            raise ApiError("the server is gone")

    with pytest.raises(ApiError):
        gone()
    found = events_of(stage)
    assert types_of(found) == ["run.started", "run.ended"]
    assert found[-1]["data"] == {"runId": "r1", "message": "the server is gone", "exitCode": 1}


def test_a_line_that_was_cut(stage: Stage) -> None:
    """What a killed run or a full disk left of a line takes no event with it."""
    (stage.project / "events.jsonl").write_text('{"specversion":"1.')
    stage.write_set("/a.mxf")
    stage.run(APPLY)
    first, *rest = (stage.project / "events.jsonl").read_text().splitlines()
    assert first == '{"specversion":"1.'
    assert json.loads(rest[0])["type"] == "jetplan.run.started"
    stage.run(APPLY)
    assert all(rest), "no line is empty"


def test_each_window_is_a_run(stage: Stage) -> None:
    """A run that is begun while another is open ends it, and the last one has the exit code."""
    file = stage.project / "events.jsonl"
    plan = Plan(())
    with event_log(file, "L", "r0", pytest.fail) as log:
        assert log is not None
        log.begin(plan, "r1")
        log.begin(plan, "r2")
        log.end(ExitCode.DONE)
        log.end(ExitCode.ERROR)
    told = [(each["type"], each["data"]["runId"], each["data"].get("exitCode")) for each in events_of(stage)]
    assert told == [
        ("jetplan.run.started", "r1", None),
        ("jetplan.run.ended", "r1", None),
        ("jetplan.run.started", "r2", None),
        ("jetplan.run.ended", "r2", 0),
    ]


def test_nothing_is_told_between_permission_and_request(stage: Stage) -> None:
    """An event is written before its request is permitted: a slow disk cannot make a permission old."""
    stage.write_set("/a.mxf")
    stage.run(APPLY)
    [submitted] = [each for each in events_of(stage) if each["type"] == "jetplan.delivery.submitted"]
    story = json.loads(stage.run(f"jetplan ledger show {submitted['data']['attemptId']} --format json").out)
    [permitted] = [each["on"] for each in story["transitions"] if each["state"] == "sending"]
    assert datetime.fromisoformat(submitted["time"]) <= datetime.fromisoformat(permitted)
