"""`jetplan ledger baseline`: record delivery sets as sent before jetplan came, without sending anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import manifests_argument, project_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@manifests_argument
@project_options
@click.option("--set", "names", metavar="NAME", multiple=True, required=True, help="A set to record. Repeatable.")
@click.option("--reason", required=True, help="How you know that it was sent. Kept in the ledger.")
def command(
    manifests: Path, config: Path, api_url: str | None, ledger: str | None, names: tuple[str, ...], reason: str
) -> None:
    """Record sets as sent before jetplan came, without sending.

    What `jetplan plan` would submit of these sets is recorded as sent, with your name and reason. Nothing else is
    touched, and nothing is sent.
    """
    from jetplan.app.baselining import check_declared, record_as_sent
    from jetplan.app.manifests import read_known
    from jetplan.app.project import Project

    spec = read_known(manifests, config).spec
    check_declared(names, spec)
    project = Project.load(config, api_url, ledger)
    with project.open_ledger() as opened, project.connect() as client:
        done = record_as_sent(project.settings, spec, client, opened, names, reason)
    for name in done.nothing:
        click.echo(f"Set {name}: nothing to record (see `jetplan plan`).", err=True)
    click.echo(f"Recorded {done.objects:,} objects as sent before; nothing was sent.", err=True)
