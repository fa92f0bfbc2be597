"""`jetplan ledger show`: one attempt's story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options, text_or_json_option
from jetplan.cli.screen import write_a_file_format

if TYPE_CHECKING:
    from pathlib import Path

OBJECTS_SHOWN = 20


@click.command()
@click.argument("attempt")
@project_options
@click.option("--objects", is_flag=True, help="List every object, not only the first ones.")
@text_or_json_option
def command(attempt: str, config: Path, api_url: str | None, ledger: str | None, objects: bool, form: str) -> None:
    """Show one attempt: its story and its objects.

    ATTEMPT is its id or the beginning of it.
    """
    from jetplan.app.project import Project
    from jetplan.render.recorded import render_story, render_story_json

    story = Project.load(config, api_url, ledger).story(attempt)
    most = None if objects else OBJECTS_SHOWN
    if form == "json":
        write_a_file_format()
    render = render_story_json if form == "json" else render_story
    click.echo(render(story.attempt, story.transitions, story.paths, story.sizes, most), nl=False)
