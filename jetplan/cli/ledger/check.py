"""`jetplan ledger check`: the database's integrity, and that what the ledger says holds together."""

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
    """Check the database and what it says. Reads only; exits 1 when something is wrong."""
    from jetplan.app.project import Project
    from jetplan.render.escape import safe_text

    findings = Project.load(config, api_url, ledger).check()
    for finding in findings:
        where = f"attempt {finding.attempt_id}: " if finding.attempt_id else ""
        click.echo(safe_text(f"{where}{finding.what}"))
    if findings:
        return ExitCode.ERROR
    click.echo("The ledger is sound.", err=True)
    return ExitCode.DONE
