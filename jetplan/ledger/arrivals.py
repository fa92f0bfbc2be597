"""What arrived of deliveries, kept so that one that has ended is not asked about again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jetplan.core.arrival import ENDED, Arrival
from jetplan.core.attempts import State
from jetplan.core.estimates import PastDelivery
from jetplan.errors import LedgerMismatch
from jetplan.ledger.driver import rows_in
from jetplan.ledger.times import stamp
from jetplan.ledger.words import from_json, storable, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jetplan.ledger.driver import Transaction

ARRIVAL = ("attempt_id", "seen_on", "state", "lacking", "arrival")
PAST = ("bytes", "beganOn", "endedOn")
"""What the detail of a DELIVERED transition says of how long it took: what moved, and the server's times."""
_PAST_READ = 500
"""Deliveries that are read for estimates, the latest ones."""
_MOST_KEPT = 200_000
"""Files that are kept by name of one delivery, of those that failed and of those that are missing."""


def record(tx: Transaction, arrivals: Mapping[str, Arrival]) -> None:
    """Keep what was seen of some attempts. What is the same as before is not written again."""
    now = stamp(tx.now)
    rows = [
        (attempt_id, now, storable(each.state), each.lacking, storable(to_json(each.kept(_MOST_KEPT).document())))
        for attempt_id, each in arrivals.items()
    ]
    tx.run_many(
        """INSERT INTO jetplan_arrivals (attempt_id, seen_on, state, lacking, arrival) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (attempt_id) DO UPDATE SET seen_on = excluded.seen_on, state = excluded.state,
           lacking = excluded.lacking, arrival = excluded.arrival
           WHERE jetplan_arrivals.arrival <> excluded.arrival OR jetplan_arrivals.state <> excluded.state""",
        rows,
    )


def known(tx: Transaction, attempt_ids: Iterable[str]) -> dict[str, Arrival]:
    """What was seen of some attempts, by attempt id; those never looked at are left out."""
    rows = rows_in(tx, "SELECT attempt_id, arrival FROM jetplan_arrivals WHERE attempt_id IN (@)", attempt_ids)
    return {attempt_id: _read(attempt_id, arrival) for attempt_id, arrival in rows}


def past(tx: Transaction, scope_id: str) -> list[PastDelivery]:
    """The latest deliveries of a scope that arrived, the latest first, as far as it is known how long they took."""
    rows = tx.rows(
        """SELECT s.source_id, s.destination_id, a.detail FROM jetplan_attempts a
           JOIN jetplan_subjects s ON s.subject_id = a.subject_id
           WHERE a.scope_id = ? AND a.state = ? ORDER BY a.changed_on DESC, a.attempt_id DESC LIMIT ?""",
        (scope_id, State.DELIVERED.value, _PAST_READ),
    )
    found = []
    for source_id, destination_id, text in rows:
        size, *times = map(from_json(text).get, PAST)
        began, ended = map(_epoch, times)
        if isinstance(size, int) and began is not None and ended is not None:
            found.append(PastDelivery((source_id, destination_id), size, began, ended))
    return found


def _epoch(time: object) -> float | None:
    """Epoch seconds of a time that the server gave; None where it is none."""
    try:
        return datetime.fromisoformat(str(time)).timestamp()
    except (ValueError, OverflowError):
        return None


def lacking(tx: Transaction, scope_id: str) -> set[str]:
    """The accepted attempts of a scope that ended at the server, of which files are not known to have arrived."""
    accepted = [state.value for state in (State.ACCEPTED, State.EVIDENCED, State.RESOLVED_ACCEPTED)]
    rows = tx.rows(
        f"""SELECT a.attempt_id FROM jetplan_arrivals f JOIN jetplan_attempts a ON a.attempt_id = f.attempt_id
            WHERE a.scope_id = ? AND f.lacking > 0 AND f.state IN ({",".join("?" * len(ENDED))})
            AND a.state IN ({",".join("?" * len(accepted))})""",  # noqa: S608 - placeholders
        (scope_id, *sorted(ENDED), *accepted),
    )
    return {row[0] for row in rows}


def _read(attempt_id: str, text: str) -> Arrival:
    try:
        return Arrival.of(from_json(text))
    except (KeyError, TypeError, ValueError):
        raise LedgerMismatch(
            f"what the ledger says of the files of attempt {attempt_id} cannot be read",
            hint="run `jetplan ledger check`",
        ) from None
