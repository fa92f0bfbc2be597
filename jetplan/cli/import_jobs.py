"""`jetplan import`: a manifest for jobs that are on the server, to be reviewed and committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import FormatOption, project_options
from jetplan.cli.screen import write_a_file_format

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("names", nargs=-1, metavar="[JOB]...")
@project_options
@click.option(
    "--format",
    "form",
    cls=FormatOption,
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="A manifest, or what was found for programs.",
)
def command(names: tuple[str, ...], config: Path, api_url: str | None, ledger: str | None, form: str) -> None:
    """Write a manifest for jobs that are on the server, on stdout.

    JOBs by name; all manual jobs without any. Nothing is changed: put the text into a file among the manifests, and
    the next plan adopts the jobs.
    """
    from jetplan.app.importing import choose, manifest_of
    from jetplan.app.opening import connection
    from jetplan.app.settings import load_settings
    from jetplan.observe import observe_server

    with connection(load_settings(config, api_url, ledger)) as client:
        server = observe_server(client)

    if form == "json":
        from jetplan.render.jobs import render_jobs_json

        text = render_jobs_json(choose(server.jobs, names))
    else:
        text = manifest_of(server, names)
    write_a_file_format()
    click.echo(text, nl=False)
