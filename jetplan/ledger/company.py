"""Whether a run is alone: asked many at a time, in a transaction after that of the claim it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from jetplan.ledger.leases import find
from jetplan.ledger.times import moment, stamp
from jetplan.ledger.writer import Handler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.ledger.driver import Transaction


@dataclass(frozen=True, slots=True)
class Question:
    """What `Ledger.has_company` was asked."""

    scope_id: str
    run_id: str


def _locks(_tx: Transaction, _questions: Sequence[Question]) -> tuple[str, ...]:
    return ()


def _answer(tx: Transaction, questions: Sequence[Question]) -> list[bool]:
    answers = {question: has_company(tx, question.scope_id, question.run_id) for question in set(questions)}
    return [answers[question] for question in questions]


def has_company(tx: Transaction, scope_id: str, run_id: str) -> bool:
    """Whether any other run may have claimed in a scope since this one began, or may do so yet."""
    me = find(tx, run_id)
    if me is None:
        return True
    since = stamp(moment(me.started_on) - timedelta(seconds=me.lease_seconds))
    return bool(
        tx.rows(
            """SELECT 1 FROM jetplan_runs
               WHERE run_id <> ? AND (finished_on > ? OR (finished_on = '' AND heartbeat_on > ?)) LIMIT 1""",
            (run_id, since, since),
        )
        or tx.rows(
            """SELECT 1 FROM jetplan_attempts
               WHERE scope_id = ? AND state IN ('intended', 'sending') AND run_id <> ? LIMIT 1""",
            (scope_id, run_id),
        )
    )


QUESTIONS: Handler[Question, bool] = Handler(_locks, _answer)
