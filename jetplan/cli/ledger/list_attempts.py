"""`jetplan ledger list`: attempts, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.cli.screen import write_a_file_format

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.core.attempts import Attempt

_STATES = (
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
)


@click.command()
@project_options
@click.option("--set", "set_name", metavar="NAME", help="Only attempts of this delivery set (or job).")
@click.option("--state", type=click.Choice(_STATES), multiple=True, help="Only attempts in this state. Repeatable.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
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
    from jetplan.cli.ledger.scopes import attempts_of
    from jetplan.core.attempts import State

    project = Project.load(config, api_url, ledger)
    wanted = {State(word) for word in state}
    with project.open_ledger(verify=False) as opened:
        found = [
            attempt
            for attempt in attempts_of(project.settings, opened)
            if (not wanted or attempt.state in wanted) and set_name in {None, attempt.subject.name}
        ]
    found.sort(key=lambda attempt: attempt.created_on, reverse=True)
    if form == "json":
        _write_json(found[:limit])
    else:
        _write_text(found, limit)


def _write_text(found: list[Attempt], limit: int) -> None:
    from jetplan.render.escape import safe_text
    from jetplan.render.words import count, size

    lines = []
    for attempt in found[:limit]:
        what = "create" if attempt.subject.kind.value == "job" else count(attempt.objects, "object")
        weight = f", {size(attempt.known_bytes)}" if attempt.known_bytes else ""
        when, state = attempt.created_on[:19].replace("T", " "), attempt.state.value.replace("_", " ")
        name = safe_text(attempt.subject.name)
        lines.append(f"{attempt.attempt_id:<16}  {when}  {state:<21}  {name}  {what}{weight}")
    if len(found) > limit:
        lines.append(f"… and {len(found) - limit:,} older ones (--limit)")
    click.echo("\n".join(lines) if lines else "Nothing was attempted yet.")


def _write_json(found: list[Attempt]) -> None:
    import json

    from jetplan.render.card import card_of
    from jetplan.render.document import encoded

    write_a_file_format()
    click.echo(json.dumps([json.loads(encoded(card_of(attempt), indent=0)) for attempt in found], indent=2))
