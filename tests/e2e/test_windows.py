"""Windows, played on a clock that is moved by hand: what waits, what opens, what has expired."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.sandbox.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Stage

NIGHTS = "windows: [{rrule: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=20', timeZone: Europe/Berlin, duration: PT10H}]"
NOON, NIGHT, SATURDAY = "2077-01-01T11:00:00Z", "2077-01-01T19:30:00Z", "2077-01-02T12:00:00Z"
"""1 January 2077 is a Friday."""
AT = "Fri 1 Jan 20:00 Europe/Berlin"


@pytest.fixture
def timed(open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage in another time, which goes by the local Jet's clock."""
    stage = open_stage(clock=Clock(virtual=True))
    monkeypatch.setenv("JETPLAN_CLOCK", "server")
    move(stage, NOON)
    return stage


def move(stage: Stage, to: str) -> None:
    """Set the local Jet's clock."""
    stage.ask("POST", "/_sandbox/clock", {"to": to})


def plan_of(stage: Stage, code: int = 0, options: str = "") -> Any:
    """The plan as programs read it."""
    return json.loads(stage.run(f"jetplan plan --format json {options}", code=code).out)


def test_it_waits_and_is_sent_in_its_window(timed: Stage) -> None:
    """Waiting is no failure, and every format says how long. In the window a later apply sends it, once."""
    timed.write_set("/a.mxf", "/b.mxf", extra=NIGHTS)
    said = f"waits for its window, opens {AT} (in 8 h)"
    assert said in timed.run("jetplan plan").out
    for form in ("markdown", "html"):
        assert said in timed.run(f"jetplan plan --format {form}").out
    plan = plan_of(timed, 2, "--detailed-exitcode")
    assert (plan["totals"]["waiting"]["objectCount"], plan["totals"]["setsWaiting"]) == (2, 1)
    assert plan["jobs"][0]["sets"][0]["opens"] == {
        "opensOn": "2077-01-01T19:00:00Z",
        "at": AT,
        "inSeconds": 8 * 3600,
    }
    ran = timed.run("jetplan apply --auto-approve")
    assert "Waiting for a window: 2 objects (unknown size) of 1 set." in ran.out
    assert (timed.job_posts(), timed.delivery_posts()) == (1, 0)
    move(timed, NIGHT)
    timed.run("jetplan apply --auto-approve")
    assert timed.delivered() == {"/a.mxf": 1, "/b.mxf": 1}
    timed.settle()
    timed.run("jetplan apply --auto-approve")
    move(timed, SATURDAY)
    assert plan_of(timed)["totals"]["setsWaiting"] == 0
    assert timed.delivery_posts() == 1


def test_what_waits_does_not_keep_the_rest(timed: Stage) -> None:
    """Another set goes at once, and the numbers are of CI's outputs too."""
    timed.put("/a.mxf", "/b.mxf")
    timed.write(
        "apiVersion: jetplan/v1\njobs:\n  nyc-to-lax: {source: NYC Dailies, destination: LAX Ingest}\n"
        "deliverySets:\n  now: {job: nyc-to-lax, objects: [/a.mxf]}\n"
        '  later: {job: nyc-to-lax, notBefore: "2077-01-01T12:00Z", objects: [/b.mxf]}\n'
    )
    timed.run("jetplan apply --auto-approve")
    assert timed.delivered() == {"/a.mxf": 1}


def test_outputs_in_ci(timed: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workflow can read how much waits."""
    file = timed.folder / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    timed.write_set("/a.mxf", extra=NIGHTS)
    timed.run("jetplan plan")
    assert "waiting=1\n" in file.read_text()
    assert "blocked=0\n" in file.read_text()


@pytest.mark.parametrize("where", ["job", "destination by name", "destination by id"])
def test_every_place_counts(where: str, timed: Stage) -> None:
    """A job's window, and a destination's in the settings, hold as well."""
    job = NIGHTS if where == "job" else ""
    timed.write_set("/a.mxf", job=job)
    if where != "job":
        ids = {each["name"]: each["storageProfileId"] for each in timed.call("GET", "/v1/storageProfiles")["items"]}
        name = "LAX Ingest" if where.endswith("name") else ids["LAX Ingest"]
        timed.configure(f'destinations:\n  "{name}":\n    {NIGHTS}\n  Elsewhere: {{notAfter: "2000-01-01T00:00Z"}}\n')
    timed.run("jetplan apply --auto-approve")
    assert timed.delivery_posts() == 0
    move(timed, NIGHT)
    timed.run("jetplan apply --auto-approve")
    assert timed.delivered() == {"/a.mxf": 1}


def test_what_expired_is_not_sent_and_is_not_forgotten(timed: Stage) -> None:
    """Exit 1, with the reason and the way on, until the manifest says otherwise."""
    timed.write_set("/a.mxf", extra="notAfter: 2077-01-01T11:00:00Z")
    ran = timed.run("jetplan plan", code=1)
    assert "expired: its `notAfter` was Fri 1 Jan 11:00 UTC" in ran.out
    assert plan_of(timed, 1)["jobs"][0]["sets"][0]["blocked"][0]["problem"]["reason"] == "window_expired"
    timed.run("jetplan apply --auto-approve", code=8)
    assert timed.delivery_posts() == 0
    timed.write_set("/a.mxf", extra="notAfter: 2077-01-01T11:00:01Z")
    timed.run("jetplan apply --auto-approve")
    assert timed.delivered() == {"/a.mxf": 1}
    move(timed, SATURDAY)
    timed.run("jetplan plan")


def test_a_plan_saved_outside_a_window_is_applied_inside_it(timed: Stage) -> None:
    """What was approved with it is what waits; the digest is the same before and in the window."""
    timed.write_set("/a.mxf", extra=NIGHTS)
    timed.run("jetplan plan --out saved.jetplan")
    digest = timed.run("jetplan plan --digest").out
    move(timed, NIGHT)
    assert timed.run("jetplan plan --digest").out == digest
    timed.run("jetplan apply saved.jetplan --auto-approve")
    assert timed.delivered() == {"/a.mxf": 1}


def test_a_window_that_was_changed_makes_a_saved_plan_stale(timed: Stage) -> None:
    """When something goes is a part of what was approved."""
    timed.write_set("/a.mxf", extra=NIGHTS)
    timed.run("jetplan plan --out saved.jetplan")
    timed.write_set("/a.mxf")
    timed.run("jetplan apply saved.jetplan --auto-approve", code=5)
    assert timed.delivery_posts() == 0


def test_limits_are_told_before_the_window(timed: Stage) -> None:
    """A limit that would refuse it then refuses it now, when somebody looks."""
    timed.write_set("/a.mxf", "/b.mxf", extra=NIGHTS)
    timed.configure("limits: {maxObjects: 1}\n")
    timed.run("jetplan plan", code=7)


def test_a_plan_is_not_remembered_past_a_window(timed: Stage) -> None:
    """Nothing but the time changes between the two."""
    timed.write_set("/a.mxf", extra=NIGHTS)
    timed.run("jetplan apply --auto-approve")
    first = timed.run("jetplan plan").out
    move(timed, NIGHT)
    second = timed.run("jetplan plan").out
    assert "waits for its window" in first
    assert "waits for its window" not in second


def test_staying_until_the_window(timed: Stage) -> None:
    """`--wait-for-windows` sends what is open, and the rest when its window opens; then it ends."""
    timed.write_set("/a.mxf", extra=NIGHTS)
    process = timed.start("jetplan apply --auto-approve --wait-for-windows")
    lists = len(timed.requests("GET", "/v1/jobs"))
    deadline = time.monotonic() + 60
    while len(timed.requests("GET", "/v1/jobs")) < lists + 4 and time.monotonic() < deadline:
        time.sleep(0.05)  # until it has looked again after its first round
    assert process.poll() is None
    assert timed.delivery_posts() == 0
    move(timed, NIGHT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert "1 delivery submitted" in out
    assert timed.delivered() == {"/a.mxf": 1}


def test_clocks_that_differ(open_stage: Callable[..., Stage]) -> None:
    """Minutes are told, and Jet's clock counts; more than an hour is refused where a window depends on it."""
    stage = open_stage()
    soon = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    stage.write_set("/a.mxf", extra=f"notBefore: {soon}")
    stage.faults("/v1=clock=600")
    ran = stage.run("jetplan plan")
    assert "This machine's clock is 10 min behind Jet's; windows go by Jet's." in ran.out
    assert "waits for its window" not in ran.out
    stage.faults("/v1=clock=-7200")
    ran = stage.run("jetplan plan", code=1)
    assert "this machine's clock is 2 h ahead of Jet's" in ran.err
    stage.run("jetplan apply --auto-approve", code=1)
    assert stage.delivery_posts() == 0
    stage.write_set("/a.mxf")
    stage.run("jetplan plan")


def test_a_failed_file_is_retried_in_its_window(timed: Stage) -> None:
    """`onFailure` waits as everything else does; a person's own word does not."""
    timed.write_set("/a.mxf", extra=f"{NIGHTS}\nonFailure: {{retry: 1}}")
    timed.fail("/a.mxf=permission*1")
    move(timed, NIGHT)
    timed.run("jetplan apply --auto-approve --wait", code=1)
    move(timed, SATURDAY)
    timed.run("jetplan apply --auto-approve", code=1)
    assert timed.delivery_posts() == 1
    timed.run("jetplan retry --set masters --reason 'air time moved'", code=None)
    assert timed.delivery_posts() == 2
