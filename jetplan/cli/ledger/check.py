"""`jetplan ledger check`: the database's integrity, and that what the ledger says holds together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options, text_or_json_option
from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_options
@text_or_json_option
def command(config: Path, api_url: str | None, ledger: str | None, form: str) -> int:
    """Check the database and what it says. Reads only; exits 1 when something is wrong."""
    from jetplan.app.project import Project
    from jetplan.cli.screen import write_a_file_format
    from jetplan.render.escape import safe_text
    from jetplan.render.findings import render_findings_json

    findings = Project.load(config, api_url, ledger).check()
    if form == "json":
        write_a_file_format()
        click.echo(render_findings_json(findings), nl=False)
        return ExitCode.ERROR if findings else ExitCode.DONE
    for finding in findings:
        where = f"attempt {finding.attempt_id}: " if finding.attempt_id else ""
        click.echo(safe_text(f"{where}{finding.what}"))
    if findings:
        return ExitCode.ERROR
    click.echo("The ledger is sound.", err=True)
    return ExitCode.DONE
