"""A receipt says what became of each object, shows a failure and its retry, and can be held against the ledger."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from stage import JOBS

from jetplan.render.receipt import COLUMNS, receipt_schema

if TYPE_CHECKING:
    from stage import Stage

APPLY = "jetplan apply --auto-approve --wait"


def receipt(stage: Stage, target: str = "masters") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stage.run(f"jetplan receipt {target} --format json").out)
    Draft202012Validator(receipt_schema()).validate(found)
    content: dict[str, Any] = found["content"]
    return content


def fates(content: dict[str, Any]) -> list[list[tuple[str, str]]]:
    return [[(each["relativePath"], each["fate"]) for each in attempt["objects"]] for attempt in content["attempts"]]


def test_everything_arrived(stage: Stage) -> None:
    """Each object, with where from and to, when, on whose run; complete."""
    stage.put("/a.mxf", "/audio/left.wav")
    stage.write_set("/a.mxf", "/audio/")
    stage.run(APPLY)
    stage.run("jetplan status")
    content = receipt(stage)
    assert content["complete"]
    assert fates(content) == [[("/a.mxf", "arrived"), ("/audio", "arrived")]]
    (attempt,) = content["attempts"]
    assert (attempt["source"]["name"], attempt["destination"]["name"]) == ("NYC Dailies", "LAX Ingest")
    assert attempt["claimedOn"] < attempt["acceptedOn"] <= attempt["endedOn"]
    assert [each["state"] for each in attempt["history"]] == ["intended", "sending", "accepted", "delivered"]
    assert content["notKnown"] == [f"the declared size of 2 of the objects of attempt {attempt['attemptId']}"]


def test_a_missing_file_is_found_fixed_and_sent_alone(stage: Stage) -> None:
    """One of many is not there: named, put there, sent again by a word; the receipt shows both attempts."""
    paths = [f"/ep/{number:03}.mxf" for number in range(200)]
    stage.write_set(*paths)
    (stage.source / "ep/077.mxf").unlink()
    stage.run(APPLY, code=1)
    assert "/ep/077.mxf" in stage.run("jetplan status", code=1).out
    stage.put("/ep/077.mxf")
    stage.run("jetplan retry --set masters --reason 'the copy was late'")
    stage.settle()
    stage.run("jetplan status")
    content = receipt(stage)
    first, second = content["attempts"]
    failed = [each for each in first["objects"] if each["fate"] != "arrived"]
    assert [(each["relativePath"], each["fate"]) for each in failed] == [("/ep/077.mxf", "failed")]
    assert failed[0]["reason"]
    assert (second["retryOf"], fates(content)[1]) == (first["attemptId"], [("/ep/077.mxf", "arrived")])
    assert any(each["reason"] == "the copy was late" for each in second["history"])
    assert content["complete"]


def test_what_is_not_known_is_said(stage: Stage) -> None:
    """A lost answer is no arrival, and nobody looked at what was just accepted."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run("jetplan apply --auto-approve", code=3)
    content = receipt(stage)
    assert (content["complete"], fates(content)) == (False, [[("/a.mxf", "unknown")]])
    assert content["notKnown"] == [f"whether Jet accepted attempt {content['attempts'][0]['attemptId']}"]
    ident = content["attempts"][0]["attemptId"]
    stage.run(f"jetplan resolve {ident} --accepted --reason 'seen in the console'")
    content = receipt(stage, ident[:8])
    assert not content["complete"]
    assert any("were not looked at" in each for each in content["notKnown"])
    words = content["attempts"][0]["history"][-1]
    assert (words["state"], words["reason"], bool(words["who"])) == ("resolved_accepted", "seen in the console", True)


@pytest.mark.parametrize("target", ["nothing", "0123", "''"])
def test_nothing_of_that_name(stage: Stage, target: str) -> None:
    """A receipt of what was never submitted is an error."""
    stage.write_set("/a.mxf")
    assert "nothing was submitted under the name" in stage.run(f"jetplan receipt {target}", code=64).err
    stage.run("jetplan receipt", code=64)


def test_verify(stage: Stage) -> None:
    """A receipt that was changed, or that is older than the ledger, is refused with its reason."""
    stage.put("/a.mxf")
    stage.write_set("/a.mxf")
    stage.run(APPLY)
    stage.run("jetplan status")
    file = Path("receipt.json")
    file.write_text(stage.run("jetplan receipt masters --format json").out)
    assert "is what the ledger says" in stage.run(f"jetplan receipt --verify {file}").err
    assert stage.run("jetplan receipt masters --format json").out == file.read_text()
    whole = json.loads(file.read_text())
    forged = Path("forged.json")
    forged.write_text(json.dumps(whole).replace("/a.mxf", "/b.mxf"))
    assert "was changed after it was made" in stage.run(f"jetplan receipt --verify {forged}", code=1).err
    forged.write_text("[]")
    assert "not a receipt" in stage.run(f"jetplan receipt --verify {forged}", code=1).err
    stage.write_set("/a.mxf", extra="revision: 2")
    stage.run(APPLY)
    assert "came later" in stage.run(f"jetplan receipt --verify {file}", code=1).err
    stage.run(f"jetplan receipt masters --verify {file}", code=64)


def test_a_spreadsheet_calculates_nothing(stage: Stage) -> None:
    """CSV: a row an object; a name that begins a formula is quoted, and every row is whole."""
    stage.write(JOBS + "deliverySets:\n  '=cmd|x': {job: nyc-to-lax, objects: ['/a,b\".mxf']}\n")
    stage.run("jetplan apply --auto-approve")
    rows = list(csv.DictReader(io.StringIO(stage.run("jetplan receipt '=cmd|x' --format csv").out)))
    assert [row["set"] for row in rows] == ["'=cmd|x"]
    assert rows[0]["relativePath"] == '/a,b".mxf'
    assert tuple(rows[0]) == COLUMNS


def test_text_and_page(stage: Stage) -> None:
    """For people: a headline, each object, each step; nothing from outside is markup or an escape."""
    stage.write_set("/<b>a.mxf")
    stage.run("jetplan apply --auto-approve")
    text = stage.run("jetplan receipt masters").out
    assert text.startswith("Receipt of masters: 1 object, not every object is known to have arrived (1 not known)")
    assert "not known     unknown  /<b>a.mxf" in text
    page = stage.run("jetplan receipt masters --format html").out
    assert "&lt;b&gt;a.mxf" in page
    assert "<script" not in page


def test_of_what_is_chosen(stage: Stage) -> None:
    """One receipt of several sets, by patterns; it is held against the ledger as others are."""
    sets = "".join(f"  {name}: {{job: nyc-to-lax, objects: [/{name}.mxf]}}\n" for name in ("ep1", "ep2", "other"))
    stage.put("/ep1.mxf", "/ep2.mxf", "/other.mxf")
    stage.write(f"{JOBS}deliverySets:\n{sets}")
    stage.run("jetplan apply --auto-approve --wait")
    text = stage.run("jetplan receipt --set 'ep*' --format json").out
    content = json.loads(text)["content"]
    assert (content["target"], content["sets"], content["jobs"]) == ("ep*", ["ep*"], [])
    assert sorted(each["set"] for each in content["attempts"]) == ["ep1", "ep2"]
    every = json.loads(stage.run("jetplan receipt --job nyc-to-lax --format json").out)["content"]
    assert (every["target"], len(every["attempts"])) == ("job nyc-to-lax", 3)
    file = stage.project / "receipt.json"
    file.write_text(text, encoding="utf-8")
    stage.run("jetplan receipt --verify receipt.json")
    stage.run("jetplan receipt --set 'no*'", code=64)
    stage.run("jetplan receipt ep1 --set ep1", code=64)
