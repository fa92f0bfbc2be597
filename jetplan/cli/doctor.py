"""`jetplan doctor`: is everything in place? Settings, ledger, credentials, API, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_options
def command(config: Path, api_url: str | None, ledger: str | None) -> int:
    """Check the set-up: settings, ledger, credentials, API. Changes nothing."""
    from jetplan.app.diagnosis import diagnose
    from jetplan.app.settings import load_settings
    from jetplan.render.escape import safe_text

    checks = diagnose(load_settings(config, api_url, ledger))
    for check in checks:
        word = "ok  " if check.exit_code is ExitCode.DONE else "FAIL"
        click.echo(f"{word}  {check.name:<9} {safe_text(check.found)}")
        if check.hint:
            click.echo(f"      {'':<9} {safe_text(check.hint)}")
    return next((check.exit_code for check in checks if check.exit_code is not ExitCode.DONE), ExitCode.DONE)
