"""Taking over what dead runs left: each attempt by compare-and-swap, so that a run wrongly taken for dead is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import Kind, State
from jetplan.ledger import leases, reads, transitions
from jetplan.ledger.records import Liveness
from jetplan.ledger.words import lock_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.core.attempts import Attempt
    from jetplan.ledger.driver import Transaction


def recover(tx: Transaction, scope_id: str, run_id: str, alive: Callable[[str, str], bool | None]) -> list[Attempt]:
    """Move what dead runs left; the attempts as they stand then. Runs whose process is gone for sure are ended."""
    leases.end_those_gone(tx, run_id, alive)
    left = tx.rows(
        """SELECT a.attempt_id, a.state, a.run_id, s.kind, s.name FROM jetplan_attempts a
           JOIN jetplan_subjects s ON s.subject_id = a.subject_id
           WHERE a.scope_id = ? AND a.state IN ('intended', 'sending') AND a.run_id <> ?
           ORDER BY a.created_on, a.attempt_id""",
        (scope_id, run_id),
    )
    dead = {run for run in {row[2] for row in left} if leases.liveness(tx, run, alive) is Liveness.DEAD}
    left = [row for row in left if row[2] in dead]
    tx.lock(sorted({lock_name(scope_id, Kind(kind), name) for *_, kind, name in left}))
    requests = [_takeover(attempt_id, State(state), owner, run_id) for attempt_id, state, owner, *_ in left]
    answers = transitions.apply(tx, requests)
    moved = [request.attempt_id for request, answer in zip(requests, answers, strict=True) if answer]
    return reads.by_ids(tx, moved, alive)


def _takeover(attempt_id: str, state: State, owner: str, run_id: str) -> transitions.TransitionRequest:
    to = State.NOT_SENT if state is State.INTENDED else State.IN_DOUBT
    reason = "the run ended before it sent" if state is State.INTENDED else "the run ended while it was sending"
    return transitions.TransitionRequest(
        attempt_id, to, {"reason": reason, "owner": owner}, run_id, only_from=frozenset({state})
    )
