"""What the commands that write lists share: options, and the writing itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jetplan.cli.screen import write_a_file_format
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.errors import Problem

F = TypeVar("F", bound="Callable[..., Any]")
_TOLD_EACH = 10_000

out_option = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write here instead of to stdout."
)


def place_options(command: F) -> F:
    """Where the paths lie in the storage profile."""
    for option in (
        click.option("--prefix", metavar="FOLDER", help="Put this folder in front of every path."),
        click.option("--strip", metavar="FOLDER", help="Take this folder off the front of every path."),
    ):
        command = option(command)
    return command


def write_listing(listing: Mapping[str, int], out: Path | None) -> None:
    """Write CSV, and say on stderr how much it is."""
    from jetplan.render.lists import render_csv
    from jetplan.render.words import count

    if out is None:
        write_a_file_format()
        for line in render_csv(listing):
            click.echo(line, nl=False)
    else:
        try:
            with out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(render_csv(listing))
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error.strerror}", hint="name another file") from error
    click.echo(f"{count(len(listing), 'object')}.", err=True)


def progress() -> Callable[[int], None]:
    """Tells on a terminal how many files were found so far."""
    terminal = sys.stderr.isatty()

    def show(number: int) -> None:
        if terminal and number % _TOLD_EACH == 0 and number:
            click.echo(f"\r{number:,} files", err=True, nl=False)

    return show


def tell_left_out(left_out: Sequence[tuple[str, str]]) -> None:
    """Say what of a storage cannot be sent, and why."""
    from jetplan.render.escape import safe_text

    for path, why in left_out[:20]:
        click.echo(safe_text(f"left out: {path}: {why}"), err=True)
    if len(left_out) > 20:
        click.echo(f"left out: {len(left_out) - 20:,} more", err=True)


def tell_warnings(warnings: Sequence[Problem]) -> None:
    """Write what is odd in a list to stderr."""
    from jetplan.cli.problems import write_problems

    write_problems([], warnings)
