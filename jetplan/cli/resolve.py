"""`jetplan resolve`: a person's word on an attempt in doubt, recorded once and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import JetplanError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.core.attempts import Attempt


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
    from jetplan.apply import leased_run
    from jetplan.cli.project import Project, new_run
    from jetplan.core.attempts import State

    if word is None:
        raise UsageError("say --accepted or --not-accepted", hint="look in Jet's console whether the files arrived")
    if not reason.strip():
        raise UsageError("--reason is empty", hint="say how you know: it is what others will read later")
    project = Project.load(config, api_url, ledger)
    with project.open_ledger() as opened:
        found = opened.attempt(attempt)
        run = new_run()
        with leased_run(opened, run, 60.0):
            if found.state is State.SENDING and not found.live:
                detail = {"reason": "its run ended before the answer came"}
                opened.mark(found.attempt_id, State.IN_DOUBT, detail, run_id=run.run_id)
            to = State.RESOLVED_ACCEPTED if word == "accepted" else State.RESOLVED_NOT_ACCEPTED
            detail = {"who": run.who, "reason": reason, "commit": run.commit}
            done = opened.mark(found.attempt_id, to, detail, run_id=run.run_id, only_from=frozenset({State.IN_DOUBT}))
        if not done:
            raise _refusal(found, done.state)
    ending = "it will not be sent again" if word == "accepted" else "the next `jetplan apply` sends it again"
    click.echo(f"Attempt {found.attempt_id} is recorded as {word.replace('-', ' ')}: {ending}.", err=True)


def _refusal(attempt: Attempt, state: object) -> JetplanError:
    from jetplan.core.attempts import State

    now = state.value.replace("_", " ") if isinstance(state, State) else str(state)
    if attempt.live:
        return JetplanError(
            f"attempt {attempt.attempt_id} is {now} by run {attempt.run.run_id}, which is still at work",
            hint="wait until that run has ended; only an attempt in doubt can be resolved",
        )
    return JetplanError(
        f"attempt {attempt.attempt_id} is {now}, not in doubt: there is nothing to resolve",
        hint=f"`jetplan ledger show {attempt.attempt_id}` tells how it came to be",
    )
