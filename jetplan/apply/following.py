"""Asks the server how accepted deliveries are getting on, and records the ones that ended, with what arrived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan.apply.arriving import look_at_arrivals
from jetplan.core.arrival import COMPLETED, ENDED, FAILED, Arrival
from jetplan.core.attempts import Kind, State
from jetplan.core.unfinished import end_of
from jetplan.errors import ApiError
from jetplan.ledger.arrivals import PAST
from jetplan.ledger.failures import failures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger

FOLLOWED = frozenset({State.ACCEPTED, State.EVIDENCED, State.RESOLVED_ACCEPTED})


@dataclass(frozen=True, slots=True)
class Followed:
    """One accepted delivery and its state on the server; `state` is empty where it cannot be asked for.

    Deliveries whose answer gave no id, and those found by evidence, have none to ask by: their files tell. `end` is
    the state that they have come to in the ledger, None while they go on.
    """

    attempt: Attempt
    state: str
    end: State | None = None
    times: tuple[str, str] | None = None
    """When the server made it and when it last changed it, as written; None where it was not asked."""

    @property
    def unseen(self) -> bool:
        """Whether Jet calls it completed while not every file is listed yet: the list may lag behind."""
        return self.end is None and self.state == COMPLETED


def follow(
    client: JetClient, ledger: Ledger, scope: str, run_id: str, roots: Mapping[str, str], *, threads: int = 10
) -> Sequence[Followed]:
    """Look at every accepted delivery that is not known to have ended, and at failed ones; record the ends.

    `roots`: the url of each job's source, by job id. Returns those that were accepted, oldest first.
    """
    known = [each for each in ledger.attempts(scope, states=FOLLOWED) if each.subject.kind is Kind.DELIVERY]

    def ask(attempt: Attempt) -> Followed:
        return _followed(client, attempt)

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(ask, known))
    over = [each for each in found if each.state in ENDED or not each.attempt.delivery_id]
    again = [Followed(each, FAILED) for each in failures(ledger, scope) if each.state is State.FAILED]
    states = {each.attempt.attempt_id: each.state for each in (*over, *again)}
    seen = look_at_arrivals(client, ledger, scope, [each.attempt for each in (*over, *again)], states, roots)
    going = {each.attempt.attempt_id: each.state for each in found if each.state and each.state not in ENDED}
    stale = {ident: Arrival(going[ident]) for ident in ledger.lacking(scope) & going.keys()}
    ledger.record_arrivals({**seen, **stale})
    ends = {each.attempt.attempt_id: _record(ledger, run_id, each, seen) for each in (*over, *again)}
    return [replace(each, end=ends.get(each.attempt.attempt_id)) for each in found]


def _record(ledger: Ledger, run_id: str, each: Followed, seen: Mapping[str, Arrival]) -> State | None:
    """The state that one has come to, which is written down."""
    attempt, arrival = each.attempt, seen.get(each.attempt.attempt_id)
    end = end_of(arrival) if arrival is not None else State.FAILED if each.state == FAILED else None
    if end is None or end is attempt.state:
        return end
    detail: dict[str, object] = {"reason": "told by its files: the server gave no id"}
    if each.state:
        detail = {"state": each.state}
    if end is State.DELIVERED and each.times is not None and arrival is not None:
        detail |= dict(zip(PAST, (arrival.moved_size, *each.times), strict=True))
    return ledger.transition(attempt.attempt_id, end, detail, run_id=run_id).state


def _followed(client: JetClient, attempt: Attempt) -> Followed:
    if not attempt.delivery_id:
        return Followed(attempt, "")
    try:
        viewed = client.view_delivery(attempt.job_id, attempt.delivery_id)
    except ApiError:
        return Followed(attempt, "")
    return Followed(attempt, viewed.state, times=(viewed.created_on, viewed.last_modified_on))
