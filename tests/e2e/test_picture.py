"""The picture in the README shows what jetplan does today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_picture_is_fresh() -> None:
    """The plan of which docs/plan.png was made is the plan that the same story has now, word for word."""
    command = [sys.executable, str(ROOT / "docs/generate/picture.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "docs/plan.png" in (ROOT / "README.md").read_text(encoding="utf-8")
