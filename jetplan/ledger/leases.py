"""Runs and their leases.

A verdict here is a guess about another machine and may be wrong either way. Nothing rests on it: a run that was
taken for dead loses its claims by compare-and-swap, and may then not send; one taken for live only delays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import RunInfo
from jetplan.errors import JetplanError
from jetplan.ledger.driver import rows_in
from jetplan.ledger.records import Liveness, RunRecord
from jetplan.ledger.times import moment, stamp
from jetplan.ledger.words import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from jetplan.ledger.driver import Transaction

RUN = (
    "run_id", "git_commit", "ci_url", "who", "host", "process", "program",
    "started_on", "heartbeat_on", "heartbeats", "lease_seconds", "finished_on", "outcome", "began_after", "end_number",
)  # fmt: skip
_COUNT = "jetplan runs that ended"
"""The name that a transaction holds while it counts a run, or reads the count."""


def begin(tx: Transaction, run: RunInfo, lease_seconds: float) -> None:
    """Add a run, with the count of runs that have ended. Whatever those claimed is committed.

    Raises JetplanError where another process has used its id; the same one may say it twice.
    """
    words = [storable(word) for word in (run.commit, run.ci_url, run.who, run.host, run.process, run.program)]
    now = stamp(tx.now)
    there = find(tx, run.run_id)
    if there is None:
        lease = (now, now, 0, repr(float(lease_seconds)), "", "", _ended(tx), 0)
        tx.insert("jetplan_runs", RUN, [(run.run_id, *words, *lease)])
    elif (there.run.host, there.run.process, there.heartbeats, there.finished_on) != (words[3], words[4], 0, ""):
        raise JetplanError(f"the ledger already has a run {run.run_id}")


def beat(tx: Transaction, run_id: str) -> bool:
    """Renew a lease; False where there is none to renew."""
    return bool(
        tx.run(
            "UPDATE jetplan_runs SET heartbeats = heartbeats + 1, heartbeat_on = ?"
            " WHERE run_id = ? AND finished_on = ''",
            (stamp(tx.now), run_id),
        )
    )


def end(tx: Transaction, run_id: str, outcome: str) -> None:
    """Close a run, once: a second end changes nothing. A run that has ended claims nothing more."""
    tx.run(
        "UPDATE jetplan_runs SET finished_on = ?, outcome = ?, end_number = ? WHERE run_id = ? AND end_number = 0",
        (stamp(tx.now), storable(outcome), _ended(tx) + 1, run_id),
    )


def end_those_gone(tx: Transaction, run_id: str, alive: Callable[[str, str], bool | None]) -> None:
    """End the runs, but for `run_id`, that were killed on this machine: no later run counts them as concurrent.

    A lease that has run out does not do: its run may be suspended, wake up and claim.
    """
    for other, host, process in tx.rows("SELECT run_id, host, process FROM jetplan_runs WHERE end_number = 0"):
        if other != run_id and alive(host, process) is False:
            end(tx, other, "killed")


def _ended(tx: Transaction) -> int:
    """The number of the run that ended last."""
    tx.lock([_COUNT])
    ((number,),) = tx.rows("SELECT COALESCE(MAX(end_number), 0) FROM jetplan_runs")
    return int(number)


def ended(tx: Transaction, run_ids: Collection[str]) -> set[str]:
    """Those of some runs that have ended."""
    rows = rows_in(tx, "SELECT run_id FROM jetplan_runs WHERE end_number > 0 AND run_id IN (@)", run_ids)
    return {row[0] for row in rows}


def find(tx: Transaction, run_id: str) -> RunRecord | None:
    """A run's record, or None."""
    rows = tx.rows(f"SELECT {', '.join(RUN)} FROM jetplan_runs WHERE run_id = ?", (run_id,))  # noqa: S608 - a constant
    if not rows:
        return None
    ident, commit, ci_url, who, host, process, program, *rest = rows[0]
    started, heartbeat, count, lease, finished, outcome, *_ = rest
    run = RunInfo(ident, commit, ci_url, who, host, process, program)
    return RunRecord(run, started, heartbeat, count, float(lease), finished, outcome)


def verdict(record: RunRecord, now: datetime, alive: Callable[[str, str], bool | None]) -> Liveness:
    """Whether a run is live at a moment: pure but for what `alive` looks up."""
    if record.finished_on or alive(record.run.host, record.run.process) is False:
        return Liveness.DEAD
    age = (now - moment(record.heartbeat_on)).total_seconds()
    if age < -record.lease_seconds:
        return Liveness.SKEWED
    return Liveness.LIVE if age <= record.lease_seconds else Liveness.DEAD


def liveness(tx: Transaction, run_id: str, alive: Callable[[str, str], bool | None]) -> Liveness:
    """The verdict on a run by its id; one that was never recorded is dead."""
    record = find(tx, run_id)
    return Liveness.DEAD if record is None else verdict(record, tx.now, alive)
