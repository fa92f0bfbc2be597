"""How far deliveries are, on stderr: one line that is rewritten on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from jetplan.cli.screen import width
from jetplan.render import words
from jetplan.render.escape import safe_text

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from jetplan.apply.waiting import Headway

_ORDER = ("CREATED", "QUEUED", "SCHEDULED", "IN_PROGRESS", "COMPLETED", "FAILED", "UNKNOWN")


class HeadwayLine:
    """Shows one headway after another; use it in a `with`, so that the line is ended however the wait ends."""

    def __init__(self, *, terminal: bool | None = None) -> None:
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal and self._shown:
            click.echo(err=True)

    def show(self, headway: Headway) -> None:
        """Rewrite the line, or add one where what it says of states has changed."""
        if self._terminal:
            line = line_of(headway)[: max(width() - 1, 20)]
            click.echo(f"\r{line:<{len(self._shown)}}", err=True, nl=False)
        else:
            line = states_of(headway)
            if line != self._shown:
                click.echo(line, err=True)
        self._shown = line


def line_of(headway: Headway) -> str:
    """States, bytes, rate and remaining time, as far as they are known."""
    said = [states_of(headway)]
    if headway.total_bytes:
        percent = 100 * headway.moved // headway.total_bytes
        said.append(f"{words.size(headway.moved)} of {words.size(headway.total_bytes)} ({percent}%)")
    if headway.rate:
        said.append(words.rate(round(headway.rate)))
    if headway.seconds_left is not None:
        said.append(f"about {words.duration(headway.seconds_left)} left")
    return ", ".join(said)


def states_of(headway: Headway) -> str:
    """`2 in progress, 1 completed`, in the order that deliveries go through; harmless to terminals."""
    ranked = sorted(headway.states.items(), key=lambda item: (_ORDER.index(item[0]) if item[0] in _ORDER else 99, item))
    return safe_text(", ".join(f"{count:,} {state.lower().replace('_', ' ')}" for state, count in ranked))
