"""`jetplan ledger history`: every time one object was sent, where to, by which commit and CI run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.ledger.records import ObjectEvent


@click.command()
@project_options
@click.option("--object", "path", required=True, metavar="PATH", help="The object's path; a folder's ends with `/`.")
def command(config: Path, api_url: str | None, ledger: str | None, path: str) -> None:
    """Show every time an object was sent, alone or in a folder: where to, and by which commit and run."""
    from jetplan.app.project import Project
    from jetplan.cli.ledger.scopes import scopes_of
    from jetplan.render.escape import safe_text

    if not path.strip():
        raise UsageError("--object is empty", hint="say the path as a manifest does, for instance /ep101/master.mxf")
    wanted = path if path.startswith("/") else f"/{path}"
    project = Project.load(config, api_url, ledger)
    with project.open_ledger(verify=False) as opened:
        events = [
            each for scope in scopes_of(project.settings, opened) for each in opened.object_history(scope, wanted)
        ]
    if not events:
        click.echo(f"{safe_text(wanted)} was never attempted.")
        return
    click.echo("\n".join(_line(event) for event in events))


def _line(event: ObjectEvent) -> str:
    from jetplan.core.observed import Relation
    from jetplan.render.escape import safe_text

    attempt, run = event.attempt, event.attempt.run
    parts = [
        attempt.created_on[:19].replace("T", " "),
        f"{attempt.state.value.replace('_', ' '):<21}",
        f"set {attempt.subject.name}, revision {attempt.revision}, job {attempt.job_name}",
        f"to {attempt.subject.destination_id}",
        "inside a folder" if event.relation is not Relation.SAME else "",
        f"commit {run.commit[:12]}" if run.commit else "",
        f"run {run.ci_url or run.run_id}",
        f"attempt {attempt.attempt_id}",
    ]
    return safe_text("  ".join(part for part in parts if part))
