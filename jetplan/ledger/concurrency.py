"""Whether another run can have claimed since a run began: asked many at a time, in the transaction after a claim's.

No clock is asked. Runs are counted as they end. A run remembers that count from the transaction in which it began, and
reads the ledger for its plan after that. So whatever a run claimed that had ended by then is in the plan. Any other run
may have claimed since: one that has not ended, or one that ended later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.ledger.writer import Handler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.ledger.driver import Transaction


@dataclass(frozen=True, slots=True)
class Question:
    """What `Ledger.has_concurrent_runs` was asked."""

    run_id: str


def _locks(_tx: Transaction, _questions: Sequence[Question]) -> tuple[str, ...]:
    return ()


def _answer(tx: Transaction, questions: Sequence[Question]) -> list[bool]:
    answers = {question: has_concurrent_runs(tx, question.run_id) for question in set(questions)}
    return [answers[question] for question in questions]


def has_concurrent_runs(tx: Transaction, run_id: str) -> bool:
    """Whether any other run had not ended when this one began. True for a run that was not recorded."""
    rows = tx.rows("SELECT began_after FROM jetplan_runs WHERE run_id = ?", (run_id,))
    if not rows:
        return True
    return bool(
        tx.rows("SELECT 1 FROM jetplan_runs WHERE end_number = 0 AND run_id <> ? LIMIT 1", (run_id,))
        or tx.rows("SELECT 1 FROM jetplan_runs WHERE end_number > ? AND run_id <> ? LIMIT 1", (rows[0][0], run_id))
    )


QUESTIONS: Handler[Question, bool] = Handler(_locks, _answer)
