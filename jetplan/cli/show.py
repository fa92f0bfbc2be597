"""`jetplan show`: a saved plan, in any format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jetplan.cli.options import format_option

if TYPE_CHECKING:
    from jetplan.cli.options import Format


@click.command()
@click.argument("planfile", type=click.Path(path_type=Path))
@format_option
@click.option("--digest", is_flag=True, help="Write the plan's digest only.")
def command(planfile: Path, form: Format, digest: bool) -> None:
    """Show a saved plan. Needs no network, ledger or credentials.

    PLANFILE was written by `jetplan plan --out`. It is checked to be whole and to agree with itself first.
    """
    from jetplan.app.saved_plans import load_plan
    from jetplan.cli.formats import show_report
    from jetplan.render.escape import safe_text

    content = load_plan(planfile)
    made = f"Saved plan {content.plan_id}, made on {content.made_on} by {content.program}"
    click.echo(safe_text(f"{made} for {content.bound.api_url}."), err=True)
    if digest:
        click.echo(content.report.digest)
    else:
        show_report(content.report, form)
