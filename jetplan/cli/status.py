"""`jetplan status`: where deliveries stand, what failed, and what is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import Seconds, project_options, selection_options, text_or_json_option
from jetplan.cli.screen import wants_color, width, write_a_file_format
from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_options
@text_or_json_option
@selection_options
@click.option("--watch", is_flag=True, help="Look again every few seconds until every delivery has ended.")
@click.option("--notify", is_flag=True, help="Tell people what `notify` in jetplan.yaml names, once.")
@click.option("--interval", type=Seconds(0.2, 3600), default=5.0, show_default=True, help="Seconds between looks.")
def command(
    config: Path,
    api_url: str | None,
    ledger: str | None,
    form: str,
    watch: bool,
    interval: float,
    sets: tuple[str, ...],
    jobs: tuple[str, ...],
    notify: bool,
) -> int:
    """Show where deliveries stand and what is in doubt.

    Asks the server about every accepted delivery, records the ones that ended, and looks for evidence of those in
    doubt. Submits nothing. Exits 3 when something is in doubt, 1 when a delivery failed.
    """
    from dataclasses import replace
    from functools import partial

    from jetplan.app.notifying import notify as tell_people
    from jetplan.app.notifying import utc_now
    from jetplan.app.opening import connection, pinned_ledger
    from jetplan.app.settings import load_settings
    from jetplan.app.status import standing_of
    from jetplan.cli.progress import ProgressLines
    from jetplan.core.selection import Selection
    from jetplan.render.status import build_status, render_status, render_status_json

    settings = replace(load_settings(config, api_url, ledger), selection=Selection(sets, jobs))
    with pinned_ledger(settings) as opened, connection(settings, 10) as client:
        show = ProgressLines().show if watch else None
        began = utc_now()
        standing = standing_of(settings, client, opened, show, interval)
        if notify and standing:
            tell_people(settings, opened, standing.scope, None, began, partial(click.echo, err=True))
    report = standing.report if standing else build_status((), {}, (), ())
    if form == "json":
        write_a_file_format()
        click.echo(render_status_json(report), nl=False)
    else:
        click.echo(render_status(report, color=wants_color(), width=width()), nl=False)
    return standing.exit_code if standing else ExitCode.DONE
