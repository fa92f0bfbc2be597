"""How far deliveries are, on stderr: lines that are rewritten on a terminal, a line for each change elsewhere.

Two escape sequences do it, so no library for terminals is loaded, or installed in each CI job, for them.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from jetplan.cli.screen import stderr_size
from jetplan.render.progress import changed, progress_lines, sum_line

if TYPE_CHECKING:
    from jetplan.core.progress import Progress


class ProgressLines:
    """Shows progress again and again. Each time it leaves whole lines, with the cursor below them."""

    def __init__(self, *, terminal: bool | None = None) -> None:
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._shown = 0
        self._last: Progress | None = None

    def show(self, progress: Progress) -> None:
        """Rewrite the lines, or add one where something has changed."""
        with suppress(BrokenPipeError):  # a closed stderr must not end a wait
            if self._terminal:
                columns, height = stderr_size()
                lines = progress_lines(progress, columns - 1, height - 1)
                back = f"\x1b[{self._shown}A\r\x1b[J" if self._shown else ""
                click.echo(back + "\n".join(lines), err=True, color=True)
                self._shown = len(lines)
            elif changed(self._last, progress):
                click.echo(sum_line(progress), err=True)
        self._last = progress
