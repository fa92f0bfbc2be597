"""`jetplan ledger import`: an export into a new, empty ledger, for instance from SQLite to PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.options import project_options
from jetplan.errors import UsageError


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@project_options
@click.option("--source-gone", is_flag=True, help="The exported ledger is lost, or nobody will ever write to it again.")
def command(file: Path, config: Path, api_url: str | None, ledger: str | None, source_gone: bool) -> None:
    """Read an export into the ledger at --ledger, which must be new or empty and takes over the exported id.

    This is for a ledger that was lost: afterwards two ledgers have one id, and if both are written to, objects are sent
    twice. To take a ledger to another place, use `jetplan ledger move`, which closes the old one. What was sent after
    the export was made is not in it: record it with `jetplan ledger baseline` before the next apply.
    """
    from jetplan.app.moving import import_ledger
    from jetplan.app.settings import load_settings
    from jetplan.core.addresses import shown_url

    if not source_gone:
        raise UsageError(
            "importing makes a second ledger of the same id, and if both are written to, objects are sent twice",
            hint="use `jetplan ledger move` to take it elsewhere; say --source-gone if the exported one is lost",
        )

    settings = load_settings(config, api_url, ledger)
    count, ledger_id = import_ledger(settings, file)
    click.echo(f"Read {count:,} lines: ledger {ledger_id} is at {shown_url(settings.ledger)} now.", err=True)
    click.echo("What was sent after the export was made is not in it:", err=True)
    click.echo("record it with `jetplan ledger baseline` before the next apply.", err=True)
