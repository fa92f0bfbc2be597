"""The project's limits: what they refuse, how it is told, and what lifts each."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from stage import JOBS, Stage

SET = f"{JOBS}deliverySets:\n  masters:\n    job: nyc-to-lax\n    objects:\n"
SIZED = f"{SET}      - {{relativePath: /a.mxf, sizeInBytes: 700}}\n      - {{relativePath: /b.mxf, sizeInBytes: 500}}\n"
WHOLE = f"{JOBS}deliverySets:\n  night mirror:\n    job: nyc-to-lax\n    objects: all\n"


@pytest.mark.parametrize(
    ("manifest", "limits", "said", "flag"),
    [
        (SIZED, "maxObjects: 1", "2 objects", "--max-objects 2"),
        (SIZED, "maxBytes: 1199", "1,200 bytes", "--max-bytes 1200"),
        (WHOLE, "allowWholeProfiles: [other]", "whole profile `NYC Dailies`", "--allow-whole-profile 'night mirror'"),
        (
            SIZED,
            "allowDestinations: []",
            "first delivery to `LAX Ingest` in this ledger",
            "--allow-destination 'LAX Ingest'",
        ),
    ],
)
def test_a_limit_refuses_until_it_is_lifted(stage: Stage, manifest: Any, limits: str, said: str, flag: str) -> None:
    """plan and apply exit 7, name the flag that lifts it, and send nothing; with the flag it is sent."""
    stage.put("/a.mxf", "/b.mxf")
    stage.write(manifest)
    stage.configure(f"limits:\n  {limits}\n")
    for line in ("jetplan plan", "jetplan apply --auto-approve", "jetplan plan --format markdown"):
        refused = stage.run(line, code=7)
        assert said in refused.err
        assert flag in refused.err
        assert "refused by a limit" in refused.out.lower()
    assert stage.job_posts() == stage.delivery_posts() == 0
    stage.run(f"jetplan plan {flag}")
    stage.run(f"jetplan apply --auto-approve {flag}")
    assert stage.delivery_posts() == 1


DELETES = {"deleteTransferredSourceFiles": {"enabled": True}}
MOVES = {"moveTransferredSourceFiles": {"enabled": True, "destination": {"storageProfileId": "sp"}}}


def test_a_job_that_deletes_at_the_source_needs_a_word(stage: Stage) -> None:
    """Without any setting it is refused, wherever it was approved before; the flag or the edit lets it through."""
    stage.make_job(postTransfer=DELETES)
    stage.write_set("/a.mxf")
    said = "At the source: job nyc-to-lax deletes the files at the source after it sent them."
    for form in ("text", "markdown", "html", "json"):
        told = stage.run(f"jetplan plan --format {form}", code=7)
        assert "Refused: job `nyc-to-lax` deletes the files at the source" in told.err
        assert said in " ".join(re.sub("<[^>]*>|`", "", unescape(told.out)).split())
    stage.run("jetplan apply --auto-approve", code=7)
    assert stage.delivery_posts() == 0
    stage.run("jetplan plan --allow-source-deletion nyc-to-lax")
    stage.configure("limits:\n  allowSourceDeletion: [nyc-to-lax]\n")
    stage.run("jetplan plan --out p.json")
    stage.run("jetplan apply p.json --auto-approve")
    assert stage.delivery_posts() == 1


def test_what_else_a_job_does_beside_sending_is_said_first(stage: Stage) -> None:
    """Files that are moved away, filters, and what has no documented shape; nothing of jobs that are not used."""
    stage.make_job(postTransfer=MOVES, patterns=["**/*.mxf"])
    stage.make_job("odd", postTransfer={"transcodeTransferredSourceFiles": {"enabled": True}})
    stage.make_job("unused", postTransfer=MOVES)
    stage.write_set("/a.mxf")
    kinds = {each["kind"]: each for each in json.loads(stage.run("jetplan plan --format json").out)["notices"]}
    assert kinds["sourceMove"]["sets"] == kinds["filtered"]["sets"] == ["masters"]
    assert "moves the files at the source away" in kinds["sourceMove"]["message"]
    stage.write(f"{JOBS.split('jobs:')[0]}deliverySets: {{s: {{job: odd, objects: [/a.mxf]}}}}\n")
    told = stage.run("jetplan plan").out
    assert "does something after sending that jetplan does not know" in " ".join(told.split())
    assert "moves the files" not in told


def test_a_job_that_starts_by_itself_on_the_same_route_is_told(stage: Stage) -> None:
    """It may send the same files a second time; one that goes elsewhere, or nothing to send, is no news."""
    stage.make_job("watch", triggers=[{"type": "HOT_FOLDER"}])
    stage.make_job("back", source="LAX Ingest", destination="NYC Dailies", triggers=[{"type": "HOT_FOLDER"}])
    stage.write_set("/a.mxf")
    notices = json.loads(stage.run("jetplan plan --format json").out)["notices"]
    (told,) = (each for each in notices if each["kind"] == "selfStarting")
    ways = "job `watch` from `NYC Dailies` to `LAX Ingest`"
    assert told["message"] == f"On the same route: {ways} starts by itself and may send the same files."
    assert told["sets"] == ["masters"]
    stage.run("jetplan plan --out p.json")
    stage.run("jetplan apply p.json --auto-approve")
    assert "selfStarting" not in stage.run("jetplan plan --format json").out


def test_the_edit_lifts_it_too(stage: Stage) -> None:
    """What the refusal says to write into jetplan.yaml is enough."""
    stage.put("/a.mxf")
    stage.write(WHOLE)
    stage.configure(
        "limits:\n  allowWholeProfiles: [night mirror]\n  allowDestinations: [LAX Ingest]\n  maxObjects: 1\n"
    )
    stage.run("jetplan apply --auto-approve")
    assert stage.delivery_posts() == 1


def test_a_later_delivery_is_not_the_first(stage: Stage) -> None:
    """Once something was delivered to a destination, it needs no more permission."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.configure("limits:\n  allowDestinations: []\n")
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivery_posts() == 2


def test_a_saved_plan_does_not_pass_the_limits(stage: Stage) -> None:
    """The limits of the moment hold for saved plans: approval is not a way around them."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan plan --out plan.json")
    stage.configure("limits:\n  maxObjects: 1\n")
    stage.run("jetplan apply plan.json --auto-approve", code=7)
    assert stage.job_posts() == 0
    stage.run("jetplan apply plan.json --auto-approve --max-objects 2")
    assert stage.delivery_posts() == 1


def test_twins_are_told_apart(stage: Stage) -> None:
    """Two storage profiles of one name are shown with their ids, in every format and in a saved plan."""
    endpoint = stage.call("GET", "/v1/endpoints")["items"][0]["endpointId"]
    (stage.folder / "twin").mkdir()
    body = {"endpointId": endpoint, "name": "LAX Ingest", "url": f"file://{stage.folder}/twin"}
    twin = stage.call("POST", "/v1/storageProfiles", body)["storageProfileId"]
    stage.write_set("/a.mxf")
    manifest = stage.project / "manifests/main.yaml"
    manifest.write_text(manifest.read_text().replace("LAX Ingest", f"{{storageProfileId: {twin}}}"))
    for form in ("text", "markdown", "html", "json"):
        assert f"LAX Ingest ({twin})" in stage.run(f"jetplan plan --format {form}").out
    stage.run("jetplan plan --out p.json")
    stage.run("jetplan apply p.json --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}
