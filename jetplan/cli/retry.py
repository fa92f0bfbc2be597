"""`jetplan retry`: sends the failed files of a failed delivery again, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options, selection_options, text_or_json_option
from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("attempt", default="")
@project_options
@selection_options
@text_or_json_option
@click.option("--reason", required=True, help="Why it may go again. Kept in the ledger with your name and the time.")
def command(
    attempt: str,
    config: Path,
    api_url: str | None,
    ledger: str | None,
    sets: tuple[str, ...],
    jobs: tuple[str, ...],
    form: str,
    reason: str,
) -> ExitCode:
    """Send the failed files of failed deliveries again, and nothing else.

    ATTEMPT is an id, as `jetplan status` shows it, or the beginning of it; or choose with --set and --job. Only files
    that Jet names as failed are sent. The word binds these attempts and is used once. It is refused while the delivery,
    the job's transfers or Jet's own retries may still bring these files.
    """
    from functools import partial

    from jetplan.app.opening import connection, pinned_ledger
    from jetplan.app.retrying import RetryRequest, retry
    from jetplan.app.settings import load_settings
    from jetplan.apply import Stop
    from jetplan.cli.screen import wants_color, width, write_a_file_format
    from jetplan.cli.signals import stopping
    from jetplan.cli.steps import tell
    from jetplan.core.selection import Selection
    from jetplan.render.outcome import build_outcome, render_outcome_json
    from jetplan.render.outcome_text import render_outcome

    asked = RetryRequest(attempt, Selection(sets, jobs), reason)
    asked.check()
    settings, stop = load_settings(config, api_url, ledger), Stop()
    with pinned_ledger(settings) as opened, connection(settings, 10) as client, stopping(stop):
        outcome = retry(asked, settings, client, opened, stop, tell, on_notice=partial(click.echo, err=True))
    code = outcome.exit_code() if stop.signal is None else ExitCode(128 + stop.signal)
    if form == "json":
        write_a_file_format()
        click.echo(render_outcome_json(build_outcome(outcome, code)), nl=False)
    else:
        click.echo(render_outcome(build_outcome(outcome), color=wants_color(), width=width()), nl=False)
    return code
