"""How long a plan says that something takes: as the route did before, told by what the ledger kept of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jetplan.app.opening import pinned_ledger
from jetplan.app.settings import load_settings
from jetplan.core.attempts import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Stage

JOB = "apiVersion: jetplan/v1\njobs:\n  nyc-to-lax: {source: NYC Dailies, destination: LAX Ingest}\n"
FIRST = "  first:\n    job: nyc-to-lax\n    objects: [/a.mxf]\n"
SECOND = "  second:\n    job: nyc-to-lax\n    objects: [{relativePath: /b.mxf, sizeInBytes: 3600000000}]\n"


def test_what_is_kept_of_a_delivery(stage: Stage) -> None:
    """When a delivery has arrived, its bytes and the server's own times are in the ledger."""
    stage.put("/a.mxf")
    stage.write(JOB + "deliverySets:\n" + FIRST)
    stage.run("jetplan apply --auto-approve --wait")
    [delivery] = stage.ask("GET", "/_sandbox/deliveries")["items"]
    seen = stage.call("GET", f"/v1/jobs/{delivery['jobId']}/deliveries/{delivery['deliveryId']}")
    with pinned_ledger(load_settings()) as ledger:
        [attempt] = [each for each in ledger.attempts(_scope(stage)) if each.subject.name == "first"]
    assert attempt.detail == {
        "state": "COMPLETED",
        "bytes": (stage.source / "a.mxf").stat().st_size,
        "beganOn": seen["createdOn"],
        "endedOn": seen["lastModifiedOn"],
    }


def _scope(stage: Stage) -> str:
    settings = load_settings()
    account = stage.jobs()[0]["accountId"]
    with pinned_ledger(settings) as ledger:
        scope = ledger.scope_of(settings.api_url, [account])
    assert scope is not None
    return scope


def test_the_plan_says_what_the_past_tells(open_stage: Callable[..., Stage]) -> None:
    """1 GB in 1,000 s is 8 Mbit/s: 3.6 GB more take an hour. In every format, and a saved plan with it applies."""
    stage = open_stage(workers=0)
    stage.write(JOB + "deliverySets:\n" + FIRST)
    stage.run("jetplan apply --auto-approve")
    scope = _scope(stage)
    with pinned_ledger(load_settings()) as ledger:
        [attempt] = [each for each in ledger.attempts(scope) if each.subject.name == "first"]
        past = {"bytes": 10**9, "beganOn": "2026-11-20T10:00:00.000Z", "endedOn": "2026-11-20T10:16:40.000Z"}
        assert ledger.transition(attempt.attempt_id, State.DELIVERED, past, run_id=attempt.run.run_id).done
    stage.write(JOB + "deliverySets:\n" + FIRST + SECOND)
    text = stage.run("jetplan plan --out saved.jetplan").out
    assert "about 1 h, as in its last delivery" in text
    assert "about 1 h (last delivery)" in stage.run("jetplan show saved.jetplan --format markdown").out
    assert "about 1 h (last delivery)" in stage.run("jetplan show saved.jetplan --format html").out
    [route] = json.loads(stage.run("jetplan show saved.jetplan --format json").out)["routes"]
    assert (route["estimatedSeconds"], route["estimatedFromDeliveries"], route["pastBitsPerSecond"]) == (
        3_600,
        1,
        8_000_000,
    )
    stage.run("jetplan apply saved.jetplan --auto-approve")
    assert stage.delivery_posts() == 2
