"""Commands that read write JSON, too, and each fits its schema."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from stage import JOBS

if TYPE_CHECKING:
    from stage import Stage

SCHEMAS = Path(__file__).parents[2] / "schemas"


def fits(text: str, name: str) -> dict[str, Any]:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    document: dict[str, Any] = json.loads(text)
    Draft202012Validator(schema).validate(document)
    return document


@pytest.fixture
def sent(stage: Stage) -> Stage:
    """One file arrived, another is in doubt."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve --wait")
    stage.write_set("/a.mxf", "/b.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run("jetplan apply --auto-approve", code=3)
    return stage


def test_doctor(sent: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check with its sentence; the exit code of the first that failed, in the document too."""
    told = fits(sent.run("jetplan doctor --format json").out, "diagnosis")
    assert told["exitCode"] == 0
    assert [each["name"] for each in told["checks"]] == ["program", "settings", "ledger", "api"]
    monkeypatch.setenv("JETPLAN_CLIENT_SECRET", "wrong")
    told = fits(sent.run("jetplan doctor --format json", code=4).out, "diagnosis")
    api = told["checks"][-1]
    assert (told["exitCode"], api["exitCode"], bool(api["hint"])) == (4, 4, True)


def test_history(sent: Stage) -> None:
    """Each time with its attempt; none for what was never attempted."""
    told = fits(sent.run("jetplan ledger history --object /b.mxf --format json").out, "history")
    (event,) = told["events"]
    assert (told["relativePath"], event["attempt"]["state"], event["withinFolder"]) == ("/b.mxf", "in_doubt", False)
    assert fits(sent.run("jetplan ledger history --object x --format json").out, "history")["events"] == []


def test_status(sent: Stage) -> None:
    """What is in doubt and what arrived."""
    told = fits(sent.run("jetplan status --format json", code=3).out, "status")
    assert len(told["inDoubt"]) == 1


def test_attempts(sent: Stage) -> None:
    """The list, and one attempt with its story and its first objects."""
    schema = json.loads((SCHEMAS / "attempts.schema.json").read_text())
    told = json.loads(sent.run("jetplan ledger list --format json").out)
    Draft202012Validator(schema).validate(told)
    assert [each["state"] for each in told if each["kind"] == "delivery"] == ["in_doubt", "delivered"]
    doubtful = next(each for each in told if each["state"] == "in_doubt")
    story = fits(sent.run(f"jetplan ledger show {doubtful['attemptId']} --format json").out, "attempt")
    assert [each["state"] for each in story["transitions"]] == ["intended", "sending", "in_doubt"]
    assert story["objects"] == [{"relativePath": "/b.mxf", "sizeInBytes": None, "isDirectory": False}]
    assert story["objectsLeftOut"] == 0


def test_resolve(sent: Stage) -> None:
    """The attempt as it is now, with the word that was said."""
    (doubtful,) = sent.doubtful()
    line = f"jetplan resolve {doubtful['attemptId']} --not-accepted --reason 'looked in Jet' --format json"
    story = fits(sent.run(line).out, "attempt")
    assert story["attempt"]["state"] == "resolved_not_accepted"
    assert story["transitions"][-1]["detail"]["reason"] == "looked in Jet"


def test_retry(stage: Stage) -> None:
    """What was sent again, and of which attempt."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.fail("/b.mxf=permission")
    stage.run("jetplan apply --auto-approve --wait", code=1)
    stage.fail()
    told = fits(stage.run("jetplan retry --set masters --reason mended --format json").out, "outcome")
    [step] = told["steps"]
    assert (told["exitCode"], step["outcome"], step["amount"]["objectCount"]) == (0, "done", 1)


def test_a_retry_that_is_refused(stage: Stage) -> None:
    """The document has the exit code of the process."""
    stage.write_set("/a.mxf")
    stage.fail("/a.mxf=permission")
    stage.run("jetplan apply --auto-approve --wait", code=1)
    stage.faults("POST:/deliveries=status=400*1")
    ran = stage.run("jetplan retry --set masters --reason mended --format json", code=None)
    told = fits(ran.out, "outcome")
    assert told["exitCode"] == ran.code != 0
    assert [(each["outcome"], each["status"]) for each in told["steps"]] == [("rejected", 400)]


def test_ledger_check(sent: Stage) -> None:
    """Sound, or what is wrong with which attempt."""
    line = "jetplan ledger check --format json"
    assert fits(sent.run(line).out, "findings") == {
        "type": "jetplan.findings", "formatVersion": 1, "sound": True, "findings": [],
    }  # fmt: skip
    with closing(sqlite3.connect(sent.project / ".jetplan/ledger.db")) as database, database:
        database.execute("UPDATE jetplan_attempts SET state = 'rejected' WHERE state = 'in_doubt'")
    told = fits(sent.run(line, code=1).out, "findings")
    assert not told["sound"]
    assert any(each["attemptId"] for each in told["findings"])


def test_problems(stage: Stage) -> None:
    """With places where there are some, and no key that says nothing."""
    stage.write("apiVersion: jetplan/v1\nsets: {}\n")
    told = fits(stage.run("jetplan validate --format json", code=1).out, "problems")
    [problem] = told["problems"]
    assert (told["valid"], problem["code"], problem["line"], problem["column"]) == (False, "unknown-key", 2, 1)
    stage.write_set("/a.mxf")
    assert fits(stage.run("jetplan validate --format json").out, "problems")["valid"]


def test_jobs(stage: Stage) -> None:
    """Several of one name are all there."""
    ids = {stage.make_job(), stage.make_job()}
    told = fits(stage.run("jetplan import --format json").out, "jobs")
    assert {each["jobId"] for each in told["jobs"]} == ids
    assert {(each["name"], each["source"]["name"], each["manual"]) for each in told["jobs"]} == {
        ("nyc-to-lax", "NYC Dailies", True)
    }


def test_apply(stage: Stage) -> None:
    """What was done, with the exit code of the process; the plan is on stderr."""
    stage.write_set("/a.mxf")
    line = "jetplan apply --auto-approve --format json"
    ran = stage.run(line)
    told = fits(ran.out, "outcome")
    assert [(each["action"], each["outcome"]) for each in told["steps"]] == [("create", "done"), ("submit", "done")]
    assert "/a.mxf" in ran.err
    told = fits(stage.run(line).out, "outcome")
    assert (told["exitCode"], told["steps"], told["failed"]) == (0, [], [])


def test_apply_that_waits(stage: Stage) -> None:
    """What failed while it waited is in the document; what failed before and nothing else was to do, too."""
    stage.write_set("/a.mxf")
    stage.fail("/a.mxf=permission")
    for line in ("jetplan apply --auto-approve --wait --format json", "jetplan apply --auto-approve --format json"):
        told = fits(stage.run(line, code=1).out, "outcome")
        assert told["exitCode"] == 1
        assert [each["arrived"]["notMoved"][0]["relativePath"] for each in told["failed"]] == ["/a.mxf"]


def test_apply_that_cannot_wait(stage: Stage) -> None:
    """An error after something was sent takes the document of it away from nobody."""
    stage.write_set("/a.mxf")
    stage.faults("GET:/storageProfiles=status=400,skip=2")
    ran = stage.run("jetplan apply --auto-approve --wait --format json", code=1)
    told = fits(ran.out, "outcome")
    assert (told["exitCode"], told["submitted"]["objectCount"]) == (1, 1)
    assert "400" in ran.err


def test_apply_that_is_refused(stage: Stage) -> None:
    """A limit: nothing was done, and the document says so."""
    stage.configure("limits: {maxObjects: 1}\n")
    stage.write_set("/a.mxf", "/b.mxf")
    told = fits(stage.run("jetplan apply --auto-approve --format json", code=7).out, "outcome")
    assert (told["exitCode"], told["steps"]) == (7, [])
    assert stage.delivery_posts() == 0


def test_apply_in_two_windows(stage: Stage) -> None:
    """One document for both runs: what each of them did."""
    soon = (datetime.now(UTC) + timedelta(seconds=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    stage.put("/a.mxf", "/b.mxf")
    stage.write(
        f"{JOBS}deliverySets:\n  a: {{job: nyc-to-lax, objects: [/a.mxf]}}\n"
        f"  b: {{job: nyc-to-lax, objects: [/b.mxf], notBefore: '{soon}'}}\n"
    )
    told = fits(stage.run("jetplan apply --auto-approve --wait-for-windows --format json").out, "outcome")
    assert [each["set"] for each in told["steps"] if each["outcome"] == "done"] == ["", "a", "b"]
    assert (told["exitCode"], told["waiting"], told["submitted"]["objectCount"]) == (0, [], 2)


def test_the_table_names_every_format() -> None:
    """docs/machine-output.md has each command that knows `json`, and each schema."""
    page = (SCHEMAS.parent / "docs/machine-output.md").read_text(encoding="utf-8")
    reference = (SCHEMAS.parent / "docs/cli.md").read_text(encoding="utf-8")
    for section in reference.split("\n## jetplan ")[1:]:
        name = section.partition("\n")[0]
        known = any("--format" in line and "json" in line for line in section.splitlines())
        assert not known or f"`{name}`" in page, name
    for file in SCHEMAS.glob("*.schema.json"):
        assert file.name in page or file.name in {"manifest.schema.json", "configuration.schema.json"}, file.name
