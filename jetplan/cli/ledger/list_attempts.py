"""`jetplan ledger list`: attempts, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options, text_or_json_option
from jetplan.cli.screen import write_a_file_format

if TYPE_CHECKING:
    from pathlib import Path


STATES = (
    "intended",
    "sending",
    "not_sent",
    "accepted",
    "rejected",
    "in_doubt",
    "evidenced",
    "resolved_accepted",
    "resolved_not_accepted",
    "delivered",
    "failed",
    "abandoned",
)
"""Every state of an attempt, written out so that help need not load them; a test holds them together."""


@click.command()
@project_options
@click.option("--set", "set_name", metavar="NAME", help="Only attempts of this delivery set (or job).")
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Only attempts in this state. Repeatable.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@text_or_json_option
def command(
    config: Path,
    api_url: str | None,
    ledger: str | None,
    set_name: str | None,
    state: tuple[str, ...],
    limit: int,
    form: str,
) -> None:
    """List attempts, newest first."""
    from jetplan.app.project import Project
    from jetplan.core.attempts import State
    from jetplan.render.recorded import render_attempts, render_attempts_json

    found = Project.load(config, api_url, ledger).attempts(set_name, {State(word) for word in state})
    if form == "json":
        write_a_file_format()
    click.echo(render_attempts_json(found[:limit]) if form == "json" else render_attempts(found, limit), nl=False)
