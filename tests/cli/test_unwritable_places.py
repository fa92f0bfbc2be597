"""A folder or file that may not be written is told as that: one sentence, what to do, and nothing half done."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from stage import Stage

_DROP_A_CAPABILITY, _DAC_OVERRIDE = 24, 1
MANIFEST = "apiVersion: jetplan/v1\njobs:\n     j:\n           source: a\n           destination: b\n"


def _as_anybody() -> None:
    """Let modes count for root too. Who is not root may not do this, and need not."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(_DROP_A_CAPABILITY, _DAC_OVERRIDE)


def run_as_anybody(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One command line in a folder, by a user for whom modes count."""
    return subprocess.run(
        [sys.executable, "-m", *line.split()],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_as_anybody,
    )


@pytest.mark.parametrize(
    "line",
    [
        "jetplan init --ledger sqlite:///{closed}/jetplan.db",
        "jetplan init --config {closed}/jetplan.yaml --ledger sqlite:///other.db",
        "jetplan plan --out {closed}/saved.plan",
        "jetplan ledger export --out {closed}/export.jsonl",
        "jetplan schema --out {closed}",
        "jetplan fmt {closed}",
    ],
)
def test_a_folder_that_may_not_be_written(stage: Stage, tmp_path: Path, line: str) -> None:
    """The sentence names the place and the reason; nothing is left in the folder."""
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "a.yaml").write_text(MANIFEST)
    (closed / "a.yaml").chmod(0o444)
    closed.chmod(0o555)
    if "init" in line:
        (stage.project / "jetplan.yaml").unlink()
    ran = run_as_anybody(line.format(closed=closed), stage.project)
    assert ran.returncode in {1, 6, 64}, ran
    assert str(closed) in ran.stderr, ran.stderr
    assert "permission denied" in ran.stderr.lower(), ran.stderr
    assert "Traceback" not in ran.stderr
    assert "bug" not in ran.stderr
    assert [each.name for each in closed.iterdir()] == ["a.yaml"]
    assert (closed / "a.yaml").read_text() == MANIFEST
