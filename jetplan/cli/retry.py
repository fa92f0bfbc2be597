"""`jetplan retry`: sends the failed files of a failed delivery again, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("attempt", default="")
@project_options
@click.option("--set", "set_name", default="", metavar="NAME", help="Every failed delivery of this set.")
@click.option("--reason", required=True, help="Why it may go again. Kept in the ledger with your name and the time.")
def command(
    attempt: str, config: Path, api_url: str | None, ledger: str | None, set_name: str, reason: str
) -> ExitCode:
    """Send the failed files of a failed delivery again, and nothing else.

    ATTEMPT is its id, as `jetplan status` shows it, or the beginning of it. Only files that Jet names as failed are
    sent. The word binds this attempt and is used once. It is refused while the delivery, the job's transfers or Jet's
    own retries may still bring these files.
    """
    from jetplan.app.opening import connection, pinned_ledger
    from jetplan.app.retrying import RetryRequest, retry
    from jetplan.app.settings import load_settings
    from jetplan.apply import Stop
    from jetplan.cli.screen import wants_color, width
    from jetplan.cli.signals import stopping
    from jetplan.cli.steps import tell
    from jetplan.render.outcome import build_outcome
    from jetplan.render.outcome_text import render_outcome

    asked = RetryRequest(attempt, set_name, reason)
    asked.check()
    settings, stop = load_settings(config, api_url, ledger), Stop()
    with pinned_ledger(settings) as opened, connection(settings, 10) as client, stopping(stop):
        outcome = retry(asked, settings, client, opened, stop, tell)
    click.echo(render_outcome(build_outcome(outcome), color=wants_color(), width=width()), nl=False)
    return outcome.exit_code() if stop.signal is None else ExitCode(128 + stop.signal)
