"""What the terminal can do: colours and width, with NO_COLOR, FORCE_COLOR and pipes respected."""

from __future__ import annotations

import io
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


def escape_what_cannot_be_shown() -> None:
    """Let stdout and stderr show what their encoding lacks as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_a_file_format() -> None:
    """Switch stdout to UTF-8: from now on a file format is written, whatever the terminal's encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict")


def width() -> int:
    """Columns to fill: the terminal's, 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def stderr_size() -> tuple[int, int]:
    """Columns and lines of the terminal that stderr writes to; 80 and 24 where there is none."""
    try:
        terminal = os.get_terminal_size(sys.stderr.fileno())
    except (OSError, ValueError):
        return shutil.get_terminal_size((80, 24))
    return shutil.get_terminal_size((terminal.columns, terminal.lines))
