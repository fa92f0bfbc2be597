"""The versions that `make pins` wrote down, and tests that hold with those only."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pins(file: str) -> dict[str, str]:
    """The version of each package in a file."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))


PINNED = pins("constraints.txt")
as_generated = pytest.mark.skipif(
    any(version(name) != PINNED[name] for name in ("click", "msgspec", "pydantic")),
    reason="other versions of click, msgspec or pydantic write it in other words",
)
"""For what is committed and compared byte by byte: it was written with the pinned versions."""
