"""`apply --events FILE`: what happens, as CloudEvents in JSON Lines, as it happens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from jetplan.app.opening import pinned_ledger
from jetplan.app.settings import load_settings
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
    assert types_of(found) == ["run.started", "job.created", "delivery.accepted", "delivery.delivered", "run.ended"]
    [delivery] = stage.ask("GET", "/_sandbox/deliveries")["items"]
    with pinned_ledger(load_settings()) as ledger:
        attempt = ledger.attempt(found[2]["data"]["attemptId"])
        assert {each["source"] for each in found} == {f"urn:jetplan:ledger:{ledger.ledger_id}"}
    assert found[2]["data"] | {"runId": ""} == {
        "runId": "",
        "job": "nyc-to-lax",
        "set": "masters",
        "batch": 1,
        "batches": 1,
        "revision": 1,
        "amount": {"objectCount": 2, "knownBytes": 0, "unknownSizes": 2},
        "attemptId": attempt.attempt_id,
        "deliveryId": delivery["deliveryId"],
    }
    assert {each["data"]["runId"] for each in found} == {attempt.run.run_id}
    assert found[2]["subject"] == "masters"
    assert found[-1]["data"]["exitCode"] == 0
    stage.run(APPLY)
    assert types_of(events_of(stage))[5:] == ["run.started", "run.ended"]


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
        "run.started", "job.created", "delivery.rejected", "run.ended",
        "run.started", "delivery.inDoubt", "run.ended",
        "run.started", "set.blocked", "run.ended",
    ]  # fmt: skip
    rejected, blocked = events_of(stage)[2]["data"], events_of(stage)[8]["data"]
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
