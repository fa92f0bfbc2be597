"""The ledger: what was attempted, by whom, and how it ended. One store, on SQLite or PostgreSQL.

    ledger = open_ledger("sqlite:///jetplan.db", create=True)      # or postgresql://…
    scope = ledger.ensure_scope(api_url, accounts)
    ledger.begin_run(RunInfo(run_id, …), lease_seconds=60)         # heartbeat(run_id) … end_run(run_id, outcome)
    ledger.recover(scope, run_id)                                  # dead runs' attempts: not sent, or in doubt
    ledger.claim(scope, subject, version, [NewAttempt(…)], run_id) # Claimed | Taken
    ledger.transition(attempt_id, State.SENDING, run_id=run_id)    # Transitioned: true where done, and durable

Everything public is a method of `store.Ledger`; what it answers with is in `records` and in `core.attempts`.
Whether something may be sent is decided here and nowhere else: no claim, no SENDING confirmed, no request.
"""

from __future__ import annotations

from jetplan.ledger.address import check_locks, open_ledger
from jetplan.ledger.records import (
    CommitUnknown,
    Finding,
    Hit,
    Liveness,
    ObjectEvent,
    RunRecord,
    SubjectRecord,
    Transition,
    Transitioned,
)
from jetplan.ledger.store import Ledger

__all__ = [
    "CommitUnknown",
    "Finding",
    "Hit",
    "Ledger",
    "Liveness",
    "Transitioned",
    "ObjectEvent",
    "RunRecord",
    "SubjectRecord",
    "Transition",
    "check_locks",
    "open_ledger",
]
