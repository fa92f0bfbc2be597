"""`jetplan doctor`: is everything in place? Settings, ledger, credentials, API, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options, text_or_json_option
from jetplan.cli.screen import write_a_file_format

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_options
@text_or_json_option
def command(config: Path, api_url: str | None, ledger: str | None, form: str) -> int:
    """Check the set-up: settings, ledger, credentials, API. Changes nothing."""
    from jetplan.app.diagnosis import diagnose
    from jetplan.app.settings import load_settings
    from jetplan.render.diagnosis import render_diagnosis, render_diagnosis_json

    found = diagnose(load_settings(config, api_url, ledger))
    if form == "json":
        write_a_file_format()
    click.echo(render_diagnosis_json(found) if form == "json" else render_diagnosis(found), nl=False)
    return found.exit_code
