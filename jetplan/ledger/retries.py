"""Claims of retries: one retry of one failed attempt, of files that the server names as failed and of no others.

Decided in the claim's transaction, from what the ledger says at that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.arrival import ENDED, FAILED
from jetplan.core.attempts import RELEASED, SENT, UNFINISHED, State
from jetplan.core.objects import folders_above, object_keys, unpack_keys
from jetplan.errors import JetplanError
from jetplan.ledger import arrivals
from jetplan.ledger.contents import OBJECTS
from jetplan.ledger.driver import rows_in
from jetplan.ledger.search import holders
from jetplan.ledger.words import subject_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from jetplan.core.attempts import NewAttempt
    from jetplan.ledger.contents import Contents
    from jetplan.ledger.driver import Transaction
    from jetplan.ledger.granting import ClaimRequest

_FAILED = frozenset({State.FAILED, State.ACCEPTED, State.EVIDENCED, State.RESOLVED_ACCEPTED})


def in_the_way(
    tx: Transaction,
    request: ClaimRequest,
    attempt: NewAttempt,
    contents: Contents,
    renames: Collection[str],
) -> list[str] | JetplanError:
    """The attempts that keep a retry from its claim; an error where there is nothing to retry.

    `renames`: the ids of subjects that this one was renamed from or to.
    """
    ident = subject_id(request.scope_id, request.subject)
    rows = tx.rows(
        "SELECT subject_id, state, revision, retry_of FROM jetplan_attempts WHERE attempt_id = ?", (attempt.retry_of,)
    )
    if not rows or rows[0][0] != ident or rows[0][2] != attempt.revision:
        return JetplanError(f"attempt {attempt.retry_of} is none of this set, route and revision")
    if wrong := _not_failed(tx, attempt, State(rows[0][1])):
        return JetplanError(wrong, hint=f"`jetplan ledger show {attempt.retry_of}` tells how it stands")
    chain = [attempt.retry_of, *_retried(tx, rows[0][3])]
    other_retries = [
        other
        for other, state in tx.rows(
            "SELECT attempt_id, state FROM jetplan_attempts WHERE retry_of = ?", (attempt.retry_of,)
        )
        if State(state) not in RELEASED
    ]
    around = {folder for path in attempt.paths for folder in folders_above(path)}
    keys = {*unpack_keys(contents.keys), *object_keys(around)}
    live = {
        other: objects
        for other, objects, state, revision in rows_in(
            tx,
            "SELECT attempt_id, objects, state, revision FROM jetplan_attempts WHERE subject_id IN (@)",
            {ident, *renames},
        )
        if other not in chain and _counts(State(state), revision, attempt.revision)
    }
    return sorted({*other_retries, *set().union(*holders(tx, live, OBJECTS, keys).values())})


def _counts(state: State, revision: int, wanted: int) -> bool:
    """Whether an attempt may hold what is to be sent again: at this revision or later, or not known to be over."""
    return state in UNFINISHED or (state in SENT and revision >= wanted)


def _not_failed(tx: Transaction, attempt: NewAttempt, state: State) -> str:
    """Why the files of a retry are not known to have failed; nothing where they are."""
    now = state.value.replace("_", " ")
    seen = arrivals.known(tx, [attempt.retry_of]).get(attempt.retry_of)
    if state not in _FAILED or seen is None or (seen.state and seen.state not in ENDED):
        return f"attempt {attempt.retry_of} is {now}: nothing of it is known to have failed"
    failed = {each.path for each in seen.failed if each.sure}
    others = [path for path in attempt.paths if path not in failed]
    if others:
        return f"{others[0]} of attempt {attempt.retry_of} is not known to have failed"
    if state is not State.FAILED and seen.state == FAILED:
        return f"attempt {attempt.retry_of} is {now} still"
    return ""


def _retried(tx: Transaction, attempt_id: str) -> Sequence[str]:
    """An attempt and those that it retries, in turn."""
    found: list[str] = []
    while attempt_id and attempt_id not in found:
        found.append(attempt_id)
        rows = tx.rows("SELECT retry_of FROM jetplan_attempts WHERE attempt_id = ?", (attempt_id,))
        attempt_id = rows[0][0] if rows else ""
    return found
