"""Two command lines on one ledger whose clocks differ: nothing that is sent rests on what a clock says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from counting import CountingJet
    from stage import Stage

JOBS = """\
apiVersion: jetplan/v1
jobs:
  nyc-to-lax:
    source: NYC Dailies
    destination: LAX Ingest
"""
ANOTHER_JOB = """\
  another:
    source: NYC Dailies
    destination: LAX Ingest
"""
OFF = """\
import sys, time
from datetime import timedelta
import jetplan.ledger.times as times
begun, real = time.monotonic(), times.now
first, later, after = map(float, sys.argv.pop(1).split(","))
times.now = lambda: real() + timedelta(seconds=first if time.monotonic() - begun < after else later)
from jetplan.__main__ import main
main()
"""
"""Runs the command line with a clock that is off by `first` seconds, and `after` some seconds by `later`."""


def start(project: Stage, folder: str, off: str) -> Any:
    return subprocess.Popen(
        [sys.executable, "-c", OFF, off, "apply", folder, "--auto-approve"],
        cwd=project.project,
        env={**os.environ, "JETPLAN_TIMEOUT": "60"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def write(project: Stage, folder: str, jobs: str, name: str, path: str) -> None:
    (project.project / folder).mkdir()
    text = f"{jobs}deliverySets:\n  {name}:\n    job: nyc-to-lax\n    objects:\n      - {path}\n"
    (project.project / folder / "main.yaml").write_text(text)


@pytest.mark.parametrize(
    "off",
    ["0,0,0", "90,90,0", "-90,-90,0", "86400,86400,0", "-86400,-86400,0", "0,3600,0.8", "3600,0,0.8"],
    ids=["right", "fast", "slow", "a day fast", "a day slow", "steps forward", "steps back"],
)
@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("/x/f1.mxf", "/x/f1.mxf"), ("/x/", "/x/f1.mxf"), ("/x/f1.mxf", "/x/"), ("/X/f1.mxf", "/x/f1.mxf")],
    ids=["file and file", "folder and file", "file and folder", "another spelling"],
)
def test_another_run_begins_sends_and_ends_in_the_middle_of_this_one(
    project: Stage, jet: CountingJet, off: str, mine: str, theirs: str
) -> None:
    """This run has planned and waits for a job. Another sends the same to the same place, and ends: it went once."""
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})
    write(project, "mine", JOBS + ANOTHER_JOB, "a", mine)
    write(project, "theirs", JOBS, "b", theirs)
    creating, over = threading.Event(), threading.Event()

    def on_call(method: str, path: str, _: object) -> None:
        if (method, path) == ("POST", "/v1/jobs"):
            creating.set()
            over.wait(60)

    jet.on_call = on_call
    run = start(project, "mine", off)
    assert creating.wait(60)
    project.run("jetplan apply theirs --auto-approve")
    over.set()
    said, code = run.communicate(timeout=120), run.returncode
    assert jet.objects == {theirs.rstrip("/"): 1}, said
    assert code == 8, said
    assert "Not done: 1 blocked." in said[0]
    assert project.run("jetplan apply mine --auto-approve", code=1).out.count("blocked") > 0
    assert jet.objects == {theirs.rstrip("/"): 1}


_ENDS = {"source": {"storageProfileId": "src-1"}, "destination": {"storageProfileId": "dst-1"}}
