"""A person's word on an attempt in doubt, recorded once and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.app.identity import new_run
from jetplan.app.waiting import LEASE
from jetplan.apply import leased_run
from jetplan.core.attempts import State
from jetplan.errors import JetplanError, UsageError

if TYPE_CHECKING:
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger


def resolve_attempt(ledger: Ledger, attempt: str, *, accepted: bool, reason: str) -> Attempt:
    """Record whether the server accepted an attempt in doubt; the attempt as it was before.

    `attempt`: its id or the beginning of it. Raises UsageError without a reason, JetplanError where it is not in doubt.
    """
    check_reason(reason)
    found = ledger.attempt(attempt)
    run = new_run()
    to = State.RESOLVED_ACCEPTED if accepted else State.RESOLVED_NOT_ACCEPTED
    detail = {"who": run.who, "reason": reason, "commit": run.commit}
    with leased_run(ledger, run, LEASE):
        if found.state is State.SENDING and not found.live:
            ended = {"reason": "its run ended before the answer came"}
            ledger.transition(found.attempt_id, State.IN_DOUBT, ended, run_id=run.run_id)
        done = ledger.transition(found.attempt_id, to, detail, run_id=run.run_id, only_from=frozenset({State.IN_DOUBT}))
    if not done:
        raise _refusal(found, done.state)
    return found


def check_reason(reason: str, option: str = "--reason") -> None:
    """Raises UsageError where a reason says nothing."""
    if not reason.strip():
        raise UsageError(f"{option} is empty", hint="say how you know: it is what others will read later")


def _refusal(attempt: Attempt, state: State) -> JetplanError:
    now = state.value.replace("_", " ")
    if attempt.live:
        return JetplanError(
            f"attempt {attempt.attempt_id} is {now} by run {attempt.run.run_id}, which is still at work",
            hint="wait until that run has ended; only an attempt in doubt can be resolved",
        )
    return JetplanError(
        f"attempt {attempt.attempt_id} is {now}, not in doubt: there is nothing to resolve",
        hint=f"`jetplan ledger show {attempt.attempt_id}` tells how it came to be",
    )
