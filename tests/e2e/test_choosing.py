"""--set and --job: only what was chosen is shown, created, adopted, sent and recorded, and the rest is counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stage import Stage

APPLY = "jetplan apply --auto-approve"
MANIFEST = """\
apiVersion: jetplan/v1
jobs:
  east: {source: NYC Dailies, destination: LAX Ingest}
  west: {source: NYC Dailies, destination: LAX Ingest}
deliverySets:
  ep1-masters: {job: east, objects: [/a.mxf]}
  ep1-audio: {job: west, objects: [/b.wav]}
  ep2-masters: {job: west, objects: [/c.mxf]}
"""


@pytest.fixture
def chosen(stage: Stage) -> Stage:
    stage.write(MANIFEST)
    stage.put("/a.mxf", "/b.wav", "/c.mxf")
    return stage


@pytest.mark.parametrize(
    ("words", "jobs", "sent"),
    [
        ("--set ep1-masters", {"east"}, {"/a.mxf"}),
        ("--set 'ep1*'", {"east", "west"}, {"/a.mxf", "/b.wav"}),
        ("--set '*masters'", {"east", "west"}, {"/a.mxf", "/c.mxf"}),
        ("--job west", {"west"}, {"/b.wav", "/c.mxf"}),
        ("--job east --set ep2-masters", {"east", "west"}, {"/a.mxf", "/c.mxf"}),
    ],
)
def test_only_what_was_chosen_is_done(chosen: Stage, words: str, jobs: set[str], sent: set[str]) -> None:
    """By set, by job, by pattern; a set brings its job along. Then the rest, as if nothing had been left out."""
    left_out = json.loads(chosen.run(f"jetplan plan {words} --format json").out)["leftOut"]
    assert left_out == {"sets": 3 - len(sent), "jobs": 2 - len(jobs), "attempts": 0}
    chosen.run(f"{APPLY} {words}")
    assert {job["name"] for job in chosen.jobs()} == jobs
    assert chosen.delivered() == dict.fromkeys(sent, 1)
    chosen.run(f"{APPLY} {words}")
    chosen.run(APPLY)
    assert chosen.delivered() == {"/a.mxf": 1, "/b.wav": 1, "/c.mxf": 1}


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_what_was_left_out_is_said_in_every_format(chosen: Stage, form: str) -> None:
    """Two sets and one job; and nothing of it where nothing was chosen."""
    told = " ".join(chosen.run(f"jetplan plan --set ep1-masters --format {form}").out.split())
    assert "left out 2 sets and 1 job" in told
    assert "left out" not in chosen.run(f"jetplan plan --format {form}").out


def test_a_saved_plan_keeps_the_choice(chosen: Stage) -> None:
    """It is applied as it was made, and no other choice may be added."""
    chosen.run("jetplan plan --set ep1-masters --out plan.json")
    chosen.run(f"{APPLY} --set ep2-masters plan.json", code=64)
    ran = chosen.run(f"{APPLY} plan.json")
    assert "More came up" not in ran.out + ran.err
    assert chosen.delivered() == {"/a.mxf": 1}


@pytest.mark.parametrize(
    ("words", "told"), [("--set ep1-master", "did you mean 'ep1-masters'?"), ("--job 'north*'", "no job is named")]
)
def test_a_name_that_matches_nothing(chosen: Stage, words: str, told: str) -> None:
    """A misspelt name is an error, not an empty plan."""
    for line in (f"jetplan plan {words}", f"{APPLY} {words}"):
        assert told in chosen.run(line, code=64).err
    assert chosen.delivered() == {}


def test_a_choice_lifts_no_block(chosen: Stage) -> None:
    """What the whole plan blocks, a choice of it blocks, too: another set sends the same object."""
    chosen.write(MANIFEST.replace("objects: [/c.mxf]", "objects: [/a.mxf]"))
    chosen.run("jetplan plan", code=1)
    chosen.run(f"{APPLY} --set ep2-masters", code=8)  # its job is created
    assert chosen.delivered() == {}


def test_the_exit_code_is_that_of_what_was_chosen(chosen: Stage) -> None:
    """A doubt elsewhere is counted, and does not stop a pipeline that chose something else."""
    chosen.faults("POST:/deliveries=cut-before-commit*1")
    chosen.run(f"{APPLY} --set ep1-masters", code=3)
    chosen.run("jetplan plan --set ep2-masters")
    left_out = json.loads(chosen.run("jetplan plan --set ep2-masters --format json").out)["leftOut"]
    assert left_out["attempts"] == 1
    chosen.run(f"{APPLY} --set ep2-masters")
    chosen.run("jetplan status --set ep2-masters")
    chosen.run("jetplan status --set ep1-masters", code=3)
    chosen.run("jetplan status", code=3)
    assert chosen.delivered() == {"/c.mxf": 1}


def test_status_of_what_was_chosen(chosen: Stage) -> None:
    """Other sets are counted; a name that nothing was submitted under is an error."""
    chosen.run(APPLY)
    told = json.loads(chosen.run("jetplan status --job west --format json").out)
    assert ([each["set"] for each in told["sets"]], told["setsLeftOut"]) == (["ep1-audio", "ep2-masters"], 1)
    assert "Not chosen: 1 other set." in chosen.run("jetplan status --job west").out
    chosen.run("jetplan status --set nothing", code=64)
