"""`jetplan ledger accept`: a person's word that a ledger is the right one, though it is older than it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_options
@click.option("--reason", required=True, help="How you know. Kept in the ledger with your name.")
def command(config: Path, api_url: str | None, ledger: str | None, reason: str) -> None:
    """Say that the ledger is the right one as it stands, after a restore or a change of servers.

    What was sent after the copy was made is missing from it. Record that with `jetplan ledger baseline` before the next
    apply, or it is sent again.
    """
    from jetplan.app.moving import accept_ledger
    from jetplan.app.settings import load_settings

    accept_ledger(load_settings(config, api_url, ledger), reason)
    click.echo("Recorded. What was sent since the copy was made is not in this ledger:", err=True)
    click.echo("record it with `jetplan ledger baseline` before the next apply.", err=True)
