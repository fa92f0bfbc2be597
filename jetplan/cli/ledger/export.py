"""`jetplan ledger export`: the whole ledger as JSON Lines."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.options import project_options


@click.command()
@project_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
def command(config: Path, api_url: str | None, ledger: str | None, out: Path | None) -> None:
    """Write the whole ledger as JSON Lines. Equal ledgers give equal bytes, whatever database they are in."""
    import sys

    from jetplan.app.project import Project
    from jetplan.cli.screen import write_a_file_format

    project = Project.load(config, api_url, ledger)
    with project.open_ledger(verify=False) as opened:
        if out is None:
            write_a_file_format()
            opened.export(sys.stdout)
            return
        aside = out.with_name(f".{out.name}.part")
        with aside.open("w", encoding="utf-8", newline="\n") as file:
            lines = opened.export(file)
        aside.replace(out)
    click.echo(f"Wrote {lines:,} lines to {out}.", err=True)
