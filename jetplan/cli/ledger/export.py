"""`jetplan ledger export`: the whole ledger as JSON Lines."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jetplan.cli.options import project_options
from jetplan.cli.screen import write_a_file_format


@click.command()
@project_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
def command(config: Path, api_url: str | None, ledger: str | None, out: Path | None) -> None:
    """Write the whole ledger as JSON Lines. Equal ledgers give equal bytes, whatever database they are in."""
    from jetplan.app.project import Project

    project = Project.load(config, api_url, ledger)
    if out is None:
        write_a_file_format()
        project.export(sys.stdout)
    else:
        click.echo(f"Wrote {project.export(out):,} lines to {out}.", err=True)
