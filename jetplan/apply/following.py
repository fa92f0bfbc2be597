"""Asks the server how accepted deliveries are getting on, and records the ones that ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.attempts import Kind, State
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.api.client import JetClient
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger

FOLLOWED = frozenset({State.ACCEPTED, State.EVIDENCED, State.RESOLVED_ACCEPTED})
ENDS = {"COMPLETED": State.DELIVERED, "FAILED": State.FAILED}


@dataclass(frozen=True, slots=True)
class Followed:
    """One accepted delivery and its state on the server; `state` is empty where it cannot be asked for.

    Deliveries whose answer gave no id, and those found by evidence, have none to ask by: their job's files tell.
    """

    attempt: Attempt
    state: str


def follow(client: JetClient, ledger: Ledger, scope: str, run_id: str, *, threads: int = 10) -> Sequence[Followed]:
    """Look at every accepted delivery that is not known to have ended; record the ends. Oldest first."""
    attempts = [each for each in ledger.attempts(scope, states=FOLLOWED) if each.subject.kind is Kind.DELIVERY]

    def look(attempt: Attempt) -> Followed:
        state = _state_of(client, attempt)
        if state in ENDS:
            ledger.transition(attempt.attempt_id, ENDS[state], {"state": state}, run_id=run_id)
        return Followed(attempt, state)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(look, attempts))


def _state_of(client: JetClient, attempt: Attempt) -> str:
    if not attempt.delivery_id:
        return ""
    try:
        return client.view_delivery(attempt.job_id, attempt.delivery_id).state
    except ApiError:
        return ""
