"""`jetplan receipt`: what became of a delivery set or an attempt, object by object, for a client or an auditor."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.options import FormatOption, project_options, selection_options
from jetplan.cli.screen import write_a_file_format
from jetplan.errors import UsageError


@click.command()
@click.argument("target", required=False)
@project_options
@selection_options
@click.option(
    "--format",
    "form",
    cls=FormatOption,
    type=click.Choice(["text", "json", "csv", "html"]),
    default="text",
    show_default=True,
)
@click.option(
    "--verify", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Hold a receipt against the ledger."
)
def command(
    target: str | None,
    config: Path,
    api_url: str | None,
    ledger: str | None,
    sets: tuple[str, ...],
    jobs: tuple[str, ...],
    form: str,
    verify: Path | None,
) -> None:
    """Write a receipt of TARGET: a delivery set, or an attempt by its id or the beginning of it; or of what is chosen.

    It says of each object what became of it, who sent it when, by which commit and run, and what is not known. It says
    what the ledger recorded: run `jetplan status` first, which asks Jet what has arrived. Needs no network.
    """
    from jetplan.app.project import Project
    from jetplan.core.selection import Selection
    from jetplan.render.receipt import render_receipt_csv, render_receipt_json
    from jetplan.render.receipt_text import render_receipt_html, render_receipt_text

    selection = Selection(sets, jobs)
    if sum((target is not None, verify is not None, bool(selection))) != 1:
        raise UsageError(
            "name either TARGET, or --set and --job, or --verify FILE", hint="see `jetplan receipt --help`"
        )
    project = Project.load(config, api_url, ledger)
    if verify is not None:
        receipt = project.verify_receipt(verify.read_bytes())
        click.echo(f"The receipt of {receipt.content.target} is what the ledger says.", err=True)
        return
    receipt = project.receipt(target or "", selection)
    render = {
        "text": render_receipt_text,
        "json": render_receipt_json,
        "csv": render_receipt_csv,
        "html": render_receipt_html,
    }[form]
    if form != "text":
        write_a_file_format()
    click.echo(render(receipt), nl=False)
