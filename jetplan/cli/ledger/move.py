"""`jetplan ledger move`: the ledger goes on at another place, and the old one is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("target", required=False)
@project_options
@click.option("--back", is_flag=True, help="Open the old place again, because nobody goes on at the new one.")
@click.option("--reason", required=True, help="Why. Kept in the ledger with your name.")
def command(target: str | None, config: Path, api_url: str | None, ledger: str | None, back: bool, reason: str) -> None:
    """Let the ledger go on at TARGET, for instance postgresql://jetplan@db.example.com/jetplan.

    The old place is closed in the same step: it refuses every run and says where the ledger went. TARGET must be new
    or empty. If the move is interrupted, run it again. Its id, and so the project's pin, stays.
    """
    from jetplan.app.moving import move_ledger, reopen_ledger
    from jetplan.app.settings import load_settings

    settings = load_settings(config, api_url, ledger)
    if back == (target is not None):
        raise UsageError("name either TARGET or --back", hint="see `jetplan ledger move --help`")
    if target is None:
        told = "is open again" if reopen_ledger(settings, reason) else "was never moved: nothing to do"
        click.echo(f"The ledger {told}.", err=True)
        return
    where = move_ledger(settings, target, reason)
    click.echo(f"The ledger is at {where} now, and the old place is closed.", err=True)
    click.echo("Point JETPLAN_LEDGER, or `ledger` in jetplan.yaml, at the new place.", err=True)
