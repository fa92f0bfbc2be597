"""Deliveries of which something did not arrive, and that nothing has superseded yet. Reads only; the core decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jetplan.core.attempts import SENT, Kind, State
from jetplan.core.unfinished import open_failures, unfinished_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.core.attempts import Attempt
    from jetplan.core.unfinished import Unfinished
    from jetplan.ledger.store import Ledger


def failures(ledger: Ledger, scope: str) -> tuple[Attempt, ...]:
    """The deliveries of a scope, declared or not, that failed or arrived in part, with what is known of their files.

    Those that are superseded or abandoned are left out. Oldest first.
    """
    partial = ledger.lacking(scope)
    states = SENT if partial else {State.FAILED}
    found = [
        each
        for each in ledger.attempts(scope, states=states)
        if each.subject.kind is Kind.DELIVERY and (each.state is State.FAILED or each.attempt_id in partial)
    ]
    if not found:
        return ()
    subjects = {each.subject for each in found}
    renames = ledger.renames_of(scope, subjects)
    keyed = ledger.attempts(scope, subjects.union(*renames.values()), states=SENT, with_keys=True)
    arrivals = ledger.arrivals(each.attempt_id for each in found)
    wanted = {each.attempt_id for each in found}
    by_id = {each.attempt_id: each for each in keyed}
    failed = [
        replace(each, arrival=arrivals.get(each.attempt_id), retries_before=_retries_before(each, by_id))
        for each in keyed
        if each.attempt_id in wanted
    ]
    return open_failures(failed, keyed, renames)


def _retries_before(attempt: Attempt, by_id: Mapping[str, Attempt]) -> int:
    number = 0
    while attempt.retry_of in by_id and number < len(by_id):
        attempt, number = by_id[attempt.retry_of], number + 1
    return number + bool(attempt.retry_of)


def what_is_unfinished(ledger: Ledger, scope: str) -> Unfinished:
    """Everything in a scope that is not finished, as the ledger has it now."""
    return unfinished_of(ledger.unfinished(scope), failures(ledger, scope))
