"""`jetplan ledger import`: an export into a new, empty ledger, for instance from SQLite to PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.options import project_options


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@project_options
def command(file: Path, config: Path, api_url: str | None, ledger: str | None) -> None:
    """Read an export into the ledger at --ledger, which must be new or empty and takes over the exported id.

    The project's pin stays true: point JETPLAN_LEDGER or `ledger` in jetplan.yaml at the new place afterwards.
    """
    from jetplan.app.endpoints import check_ledger_endpoint
    from jetplan.app.settings import check_ledger_named, load_settings
    from jetplan.core.addresses import shown_url
    from jetplan.ledger import open_ledger

    settings = load_settings(config, api_url, ledger)
    check_ledger_named(settings)
    check_ledger_endpoint(settings)
    with open_ledger(settings.ledger, create=True) as opened, file.open(encoding="utf-8") as lines:
        count = opened.import_(lines, pinned=settings.ledger_id)
        where = shown_url(settings.ledger)
        click.echo(f"Read {count:,} lines: ledger {opened.ledger_id} is at {where} now.", err=True)
