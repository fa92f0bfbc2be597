"""`jetplan list`: makes, converts and compares lists of objects, for review in git. Sends nothing."""

from __future__ import annotations

import click

from jetplan.cli.lazy import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "from": ("jetplan.cli.list.convert", "Write a list of any known format as CSV."),
    "from-folder": ("jetplan.cli.list.folder", "Write the files of a mounted storage as CSV."),
    "diff": ("jetplan.cli.list.diff", "Compare two lists."),
    "check": ("jetplan.cli.list.check", "Hold a set against a mounted storage or a list."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Make, convert and compare lists of objects. Sends nothing."""
