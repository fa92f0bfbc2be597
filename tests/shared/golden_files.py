"""Compares an output with a file under golden/; JETPLAN_REWRITE_GOLDEN=1 rewrites it for a person to review."""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "render/golden"
REWRITE = bool(os.environ.get("JETPLAN_REWRITE_GOLDEN"))


def check(path: Path, text: str) -> None:
    """Assert that the file holds exactly this text, or write it when asked to."""
    if REWRITE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.exists(), f"{path} is missing: run the tests with JETPLAN_REWRITE_GOLDEN=1 and review it"
    assert text == path.read_text(encoding="utf-8")
