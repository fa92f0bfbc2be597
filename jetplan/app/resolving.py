"""A person's word on an attempt in doubt, or on one that failed, recorded once and for all."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from jetplan.app.identity import new_run
from jetplan.app.waiting import LEASE
from jetplan.apply import leased_run
from jetplan.core.attempts import TRANSITIONS, State
from jetplan.errors import JetplanError, UsageError

if TYPE_CHECKING:
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger


class Word(Enum):
    """What a person may say of an attempt: the state that it is recorded as."""

    ACCEPTED = State.RESOLVED_ACCEPTED
    NOT_ACCEPTED = State.RESOLVED_NOT_ACCEPTED
    ABANDONED = State.ABANDONED

    @property
    def only_from(self) -> frozenset[State]:
        """The states in which it may be said."""
        if self is Word.ABANDONED:
            return frozenset(was for was, ends in TRANSITIONS.items() if State.ABANDONED in ends)
        return frozenset({State.IN_DOUBT})


def resolve_attempt(ledger: Ledger, attempt: str, word: Word, reason: str) -> Attempt:
    """Record a person's word on an attempt; the attempt as it was before.

    `attempt`: its id or the beginning of it. Raises UsageError without a reason, JetplanError where the word does not
    fit its state.
    """
    check_reason(reason)
    found = ledger.attempt(attempt)
    run = new_run()
    detail = {"who": run.who, "reason": reason, "commit": run.commit}
    with leased_run(ledger, run, LEASE):
        if word is not Word.ABANDONED and found.state is State.SENDING and not found.live:
            ended = {"reason": "its run ended before the answer came"}
            ledger.transition(found.attempt_id, State.IN_DOUBT, ended, run_id=run.run_id)
        done = ledger.transition(found.attempt_id, word.value, detail, run_id=run.run_id, only_from=word.only_from)
    if not done:
        raise _refusal(found, done.state, word)
    return found


def check_reason(reason: str, option: str = "--reason") -> None:
    """Raises UsageError where a reason says nothing."""
    if not reason.strip():
        raise UsageError(f"{option} is empty", hint="say how you know: it is what others will read later")


def _refusal(attempt: Attempt, state: State, word: Word) -> JetplanError:
    ident, now = attempt.attempt_id, state.value.replace("_", " ")
    if attempt.live:
        return JetplanError(
            f"attempt {ident} is {now} by run {attempt.run.run_id}, which is still at work",
            hint="wait until that run has ended; only an attempt in doubt can be resolved",
        )
    if word is Word.ABANDONED and state in {State.IN_DOUBT, State.SENDING}:
        return JetplanError(
            f"attempt {ident} is in doubt: it is not known whether there is anything to put aside",
            hint=f"say first `jetplan resolve {ident} --accepted` or `--not-accepted`, with `--reason`",
        )
    if word is Word.ABANDONED:
        return JetplanError(
            f"attempt {ident} is {now}: there is nothing to put aside",
            hint=f"`jetplan ledger show {ident}` tells how it came to be",
        )
    return JetplanError(
        f"attempt {ident} is {now}, not in doubt: there is nothing to resolve",
        hint=f"`jetplan ledger show {ident}` tells how it came to be",
    )
