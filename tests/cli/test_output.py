"""Output goes where it can, in what the other side can read; where it cannot, a sentence says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from repository import Repository
    from stage import Stage

MANIFEST = "apiVersion: jetplan/v1\njobs:\n  é→x: {source: ä, destination: 日本}\n"
MANIFEST += "deliverySets:\n  s: {job: é→x, objects: [/é/日.mxf]}\n"
PROGRAM = str(Path(sys.executable).with_name("jetplan"))
ENCODINGS = ("latin-1", "cp1252")  # click itself takes ASCII for UTF-8


@pytest.fixture
def project(repository: Repository) -> Repository:
    repository.commit("empty")
    repository.write(MANIFEST)
    return repository


def told(project: Repository, *words: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run([PROGRAM, *words], cwd=project.folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_terminal_that_is_not_utf_8(project: Repository, encoding: Any) -> None:
    """What it lacks is shown as an escape; a file format is UTF-8 all the same."""
    text = told(project, "diff", "--base", "HEAD", encoding=encoding)
    assert (text.returncode, b"\\u2192" in text.stdout) == (0, True), text.stderr
    for form in ("json", "markdown", "html"):
        ran = told(project, "diff", "--base", "HEAD", "--format", form, encoding=encoding)
        assert "日" in ran.stdout.decode("utf-8")
        if form == "json":
            json.loads(ran.stdout)
    assert told(project, "validate", "no→where", encoding=encoding).returncode == 64


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("line", ["diff --base HEAD", "validate --format json", "--help", "--version"])
def test_a_full_disk_under_stdout(project: Repository, line: str) -> None:
    """It is told as that, and not as a bug."""
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [PROGRAM, *line.split()], cwd=project.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert "no space left on device" in ran.stderr.lower()
    assert "bug" not in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr


def test_paths_that_begin_with_the_profiles_own_folder(stage: Stage) -> None:
    """Pasted from a file manager, they are looked for below the folder once more: told, with where that is."""
    own = f"{stage.source}/ep101/a.mov"
    stage.write_set(own, f"{stage.source}/ep102/", "/ep101/b.mov")
    (told,) = (
        each
        for each in json.loads(stage.run("jetplan plan --format json").out)["notices"]
        if each["kind"] == "profileFolder"
    )
    assert told["sets"] == ["masters"]
    assert told["message"] == (
        f"Paths: 2 paths of set `masters` begin with `{stage.source}/`, the folder of `NYC Dailies` itself; "
        f"`{own}` is looked for at `{stage.source}{own}`."
    )
    stage.write_set("/ep101/b.mov", f"{stage.source}2/a.mov")
    assert "the folder of" not in stage.run("jetplan plan").out
