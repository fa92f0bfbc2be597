"""`jetplan resolve`: a person's word on an attempt in doubt, recorded once and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("attempt")
@project_options
@click.option("--accepted", "word", flag_value="accepted", help="The server has it: never send it again.")
@click.option("--not-accepted", "word", flag_value="not-accepted", help="The server does not have it: send it again.")
@click.option("--reason", required=True, help="How you know. Kept in the ledger with your name and the time.")
def command(attempt: str, config: Path, api_url: str | None, ledger: str | None, word: str | None, reason: str) -> None:
    """Say whether an attempt in doubt was accepted.

    ATTEMPT is its id, as `jetplan status` shows it, or the beginning of it. The word binds this attempt only and is
    used once. After --not-accepted the next apply sends the objects again.
    """
    from jetplan.app.opening import pinned_ledger
    from jetplan.app.resolving import check_reason, resolve_attempt
    from jetplan.app.settings import load_settings

    if word is None:
        raise UsageError("say --accepted or --not-accepted", hint="look in Jet's console whether the files arrived")
    check_reason(reason)
    with pinned_ledger(load_settings(config, api_url, ledger)) as opened:
        found = resolve_attempt(opened, attempt, accepted=word == "accepted", reason=reason)
    ending = (
        "it will not be sent again"
        if word == "accepted"
        else "the next `jetplan apply` sends it again, unless Jet shows it"
    )
    click.echo(f"Attempt {found.attempt_id} is recorded as {word.replace('-', ' ')}: {ending}.", err=True)
