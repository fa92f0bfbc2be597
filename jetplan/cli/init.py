"""`jetplan init`: the ledger, `jetplan.yaml` that pins it, and an example manifest where there is none."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.options import project_options


@click.command()
@project_options
def command(config: Path, api_url: str | None, ledger: str | None) -> None:
    """Make the ledger and jetplan.yaml, which pins it.

    Overwrites nothing and can be run again: it then checks that the pinned ledger is there.
    """
    from jetplan.app.initialising import initialise
    from jetplan.app.settings import load_settings

    initialise(load_settings(config, api_url, ledger), Path("manifests"), _tell)


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)
