"""`jetplan ledger show`: one attempt's story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options

if TYPE_CHECKING:
    from pathlib import Path

OBJECTS_SHOWN = 20


@click.command()
@click.argument("attempt")
@project_options
@click.option("--objects", is_flag=True, help="List every object, not only the first ones.")
def command(attempt: str, config: Path, api_url: str | None, ledger: str | None, objects: bool) -> None:
    """Show one attempt: its story and its objects.

    ATTEMPT is its id or the beginning of it.
    """
    from jetplan.app.project import Project
    from jetplan.render.recorded import render_story

    story = Project.load(config, api_url, ledger).story(attempt)
    most = None if objects else OBJECTS_SHOWN
    click.echo(render_story(story.attempt, story.transitions, story.paths, story.sizes, most), nl=False)
