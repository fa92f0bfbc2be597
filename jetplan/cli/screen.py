"""What the terminal can do: colours and width, with NO_COLOR, FORCE_COLOR and pipes respected."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def wants_color(stream: TextIO | None = None) -> bool:
    """Whether to colour what goes to a stream (default stdout)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to fill: the terminal's, 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns
