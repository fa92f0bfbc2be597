"""`jetplan ledger history`: every time one object was sent, where to, by which commit and CI run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options, text_or_json_option
from jetplan.cli.screen import write_a_file_format

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_options
@click.option("--object", "path", required=True, metavar="PATH", help="The object's path; a folder's ends with `/`.")
@text_or_json_option
def command(config: Path, api_url: str | None, ledger: str | None, path: str, form: str) -> None:
    """Show every time an object was sent, alone or in a folder: where to, and by which commit and run."""
    from jetplan.app.project import Project
    from jetplan.app.recorded import canonical_path
    from jetplan.render.escape import safe_text
    from jetplan.render.recorded import render_history, render_history_json

    events = Project.load(config, api_url, ledger).history(path)
    if form == "json":
        write_a_file_format()
        click.echo(render_history_json(canonical_path(path), events), nl=False)
    elif events:
        click.echo(render_history(events), nl=False)
    else:
        click.echo(f"{safe_text(canonical_path(path))} was never attempted.")
