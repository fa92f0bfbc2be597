"""The steps a delivery takes while it is moved: CREATED, then QUEUED, SCHEDULED and IN_PROGRESS once for each
batch, and COMPLETED or FAILED. Owns every transition after acceptance; touches no file.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from jetplan.sandbox.deliveries import Delivery, read_delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from sqlite3 import Connection

    from jetplan.sandbox.store import Store
    from jetplan.sandbox.tree import Entry

EVENT = {"IN_PROGRESS": "inProgress"}
Outcome = Literal["COMPLETED", "FAILED", "SKIPPED"]


@dataclass(frozen=True)
class Batch:
    """A transfer that a worker is to carry out."""

    transfer_id: str
    delivery_id: str
    job_id: str


@dataclass(frozen=True)
class FileWork:
    n: int
    path: str
    size: int
    is_directory: bool


class Progress:
    """Transitions of deliveries, transfers and files. Each is one transaction."""

    def __init__(self, store: Store, clock: Callable[[], float], batch_files: int) -> None:
        self._store = store
        self._clock = clock
        self._batch_files = batch_files
        with store.transaction() as connection:  # what a killed sandbox was doing is resumed
            connection.execute("UPDATE deliveries SET busy = 0")
            connection.execute("UPDATE deliveries SET state = 'QUEUED' WHERE state IN ('SCHEDULED', 'IN_PROGRESS')")
            connection.execute("UPDATE transfers SET state = 'QUEUED', rate = 0 WHERE state = 'IN_PROGRESS'")
            connection.execute("UPDATE files SET state = 'PENDING' WHERE state = 'IN_PROGRESS'")

    def take(self) -> Delivery | None:
        """The delivery whose turn it is, now held by the caller; None when there is nothing to do."""
        with self._store.transaction() as connection:
            row = connection.execute(
                "SELECT d.* FROM deliveries d JOIN jobs j ON j.id = d.job_id WHERE d.state IN ('CREATED', 'QUEUED')"
                " AND d.busy = 0 AND j.paused = 0 ORDER BY d.turn, d.n LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            connection.execute("UPDATE deliveries SET busy = 1 WHERE id = ?", (row["id"],))
            delivery = read_delivery(row)
            self._enter(connection, delivery, "SCHEDULED" if delivery.expanded else "QUEUED")
            return delivery

    def plan(self, delivery: Delivery, entries: Iterable[Entry]) -> None:
        """Cut what the delivery stands for into transfers, and queue the first."""
        with self._store.transaction() as connection:  # an earlier attempt may have been killed half way
            connection.execute(
                "DELETE FROM files WHERE transfer_id IN (SELECT id FROM transfers WHERE delivery_id = ?)",
                (delivery.id,),
            )
            connection.execute("DELETE FROM transfers WHERE delivery_id = ?", (delivery.id,))
        remaining = iter(entries)
        while batch := list(islice(remaining, self._batch_files)):
            self._add_transfer(delivery, batch)
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET expanded = 1, busy = 0 WHERE id = ? AND state = 'QUEUED'", (delivery.id,)
            )

    def begin(self, delivery: Delivery) -> Batch | None:
        """The next batch of a delivery, now in progress; None when all are done and the delivery has ended."""
        with self._store.transaction() as connection:
            row = connection.execute(
                "SELECT * FROM transfers WHERE delivery_id = ? AND state = 'QUEUED' ORDER BY n LIMIT 1", (delivery.id,)
            ).fetchone()
            if row is None:
                self._finish(connection, delivery)
                return None
            self._enter(connection, delivery, "IN_PROGRESS")
            self._turn(connection, row["id"], delivery, "IN_PROGRESS")
            return Batch(row["id"], delivery.id, delivery.job_id)

    def pending(self, batch: Batch) -> list[FileWork]:
        rows = self._store.rows(
            "SELECT n, path, size, type FROM files WHERE transfer_id = ? AND state = 'PENDING' ORDER BY n",
            (batch.transfer_id,),
        )
        return [FileWork(row["n"], row["path"], row["size"], row["type"] == "directory") for row in rows]

    def start_file(self, file: FileWork) -> None:
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE files SET state = 'IN_PROGRESS', modified = ? WHERE n = ? AND state = 'PENDING'",
                (self._clock(), file.n),
            )

    def advance(self, batch: Batch, partial: int, rate: int) -> None:
        """How much of the file under way is there, and how fast (bytes per second)."""
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE transfers SET partial_bytes = ?, rate = ?, modified = ? WHERE id = ? AND state = 'IN_PROGRESS'",
                (partial, rate, self._clock(), batch.transfer_id),
            )

    def finish_file(self, batch: Batch, file: FileWork, outcome: Outcome, size: int, problem: str | None) -> None:
        now = self._clock()
        column = {"COMPLETED": "moved", "FAILED": "failed", "SKIPPED": "skipped"}[outcome]
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE files SET state = ?, size = ?, problem = ?, modified = ? WHERE n = ?",
                (outcome, size, problem, now, file.n),
            )
            connection.execute(
                f"UPDATE transfers SET {column}_bytes = {column}_bytes + ?,"  # noqa: S608  # one of three words
                f" {column}_count = {column}_count + 1,"
                " bytes = bytes + ?, partial_bytes = 0, modified = ? WHERE id = ?",
                (size, size - file.size, now, batch.transfer_id),
            )

    def finish_batch(self, batch: Batch, delivery: Delivery) -> None:
        """The batch is complete: the delivery queues for its next one, after the others, or ends."""
        with self._store.transaction() as connection:
            row = connection.execute("SELECT failed_count FROM transfers WHERE id = ?", (batch.transfer_id,)).fetchone()
            self._turn(connection, batch.transfer_id, delivery, "FAILED" if row["failed_count"] else "COMPLETED")
            more = connection.execute(
                "SELECT 1 FROM transfers WHERE delivery_id = ? AND state = 'QUEUED' LIMIT 1", (delivery.id,)
            ).fetchone()
            if more is None:
                self._finish(connection, delivery)
            else:
                self._requeue(connection, delivery)

    def hold_batch(self, batch: Batch, delivery: Delivery) -> None:
        """The job was paused: what is done stays done, the rest waits."""
        with self._store.transaction() as connection:
            self._turn(connection, batch.transfer_id, delivery, "QUEUED")
            connection.execute(
                "UPDATE files SET state = 'PENDING' WHERE transfer_id = ? AND state = 'IN_PROGRESS'",
                (batch.transfer_id,),
            )
            self._requeue(connection, delivery)

    def cancel(self, job_id: str) -> None:
        """Give up everything of a job that has not ended."""
        now = self._clock()
        with self._store.transaction() as connection:
            for row in connection.execute(
                "SELECT * FROM deliveries WHERE job_id = ? AND state NOT IN ('COMPLETED', 'FAILED')", (job_id,)
            ).fetchall():
                delivery = read_delivery(row)
                for transfer in connection.execute(
                    "SELECT id FROM transfers WHERE delivery_id = ? AND state IN ('QUEUED', 'IN_PROGRESS')",
                    (delivery.id,),
                ).fetchall():
                    self._turn(connection, transfer["id"], delivery, "CANCELED")
                    connection.execute(
                        "UPDATE files SET state = 'FAILED', problem = 'canceled', modified = ? WHERE transfer_id = ?"
                        " AND state IN ('IN_PROGRESS', 'PENDING')",
                        (now, transfer["id"]),
                    )
                self._enter(connection, delivery, "FAILED")

    def canceled(self, batch: Batch) -> bool:
        row = self._store.row("SELECT state FROM transfers WHERE id = ?", (batch.transfer_id,))
        return row is None or row["state"] != "IN_PROGRESS"

    def _add_transfer(self, delivery: Delivery, entries: list[Entry]) -> None:
        now = self._clock()
        transfer_id = str(uuid.uuid4())
        sums = {verdict: [0, 0] for verdict in (None, "FAILED", "SKIPPED")}
        for entry in entries:
            sums[entry.verdict][0] += entry.size
            sums[entry.verdict][1] += 1
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO transfers (id, delivery_id, job_id, execution_id, state, bytes, count, failed_bytes,"
                " failed_count, skipped_bytes, skipped_count, created, modified)"
                " VALUES (?, ?, ?, ?, 'QUEUED', ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    transfer_id,
                    delivery.id,
                    delivery.job_id,
                    str(uuid.uuid4()),
                    sum(amounts[0] for amounts in sums.values()),
                    len(entries),
                    *sums["FAILED"],
                    *sums["SKIPPED"],
                    now,
                    now,
                ),
            )
            self._event(connection, "transfer.queued", delivery, transfer_id)
            connection.executemany(
                "INSERT INTO files (transfer_id, job_id, path, size, type, state, problem, created, modified)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        transfer_id,
                        delivery.job_id,
                        entry.path,
                        entry.size,
                        "directory" if entry.is_directory else "file",
                        entry.verdict or "PENDING",
                        entry.problem,
                        now,
                        now,
                    )
                    for entry in entries
                ],
            )

    def _requeue(self, connection: Connection, delivery: Delivery) -> None:
        self._enter(connection, delivery, "QUEUED")
        connection.execute(
            "UPDATE deliveries SET busy = 0, turn = (SELECT MAX(turn) + 1 FROM deliveries) WHERE id = ?",
            (delivery.id,),
        )

    def _finish(self, connection: Connection, delivery: Delivery) -> None:
        failed = connection.execute(
            "SELECT 1 FROM transfers WHERE delivery_id = ? AND state != 'COMPLETED' LIMIT 1", (delivery.id,)
        ).fetchone()
        self._enter(connection, delivery, "FAILED" if failed else "COMPLETED")

    def _enter(self, connection: Connection, delivery: Delivery, state: str) -> None:
        changed = connection.execute(
            "UPDATE deliveries SET state = ?, modified = ? WHERE id = ? AND state NOT IN ('COMPLETED', 'FAILED')",
            (state, self._clock(), delivery.id),
        ).rowcount
        if changed:
            self._event(connection, f"delivery.{EVENT.get(state, state.lower())}", delivery, None)

    def _turn(self, connection: Connection, transfer_id: str, delivery: Delivery, state: str) -> None:
        changed = connection.execute(
            "UPDATE transfers SET state = ?, rate = 0, modified = ?"
            " WHERE id = ? AND state IN ('QUEUED', 'IN_PROGRESS')",
            (state, self._clock(), transfer_id),
        ).rowcount
        if changed:
            self._event(connection, f"transfer.{EVENT.get(state, state.lower())}", delivery, transfer_id)

    def _event(self, connection: Connection, kind: str, delivery: Delivery, transfer_id: str | None) -> None:
        connection.execute(
            "INSERT INTO events (at, type, job_id, delivery_id, transfer_id) VALUES (?, ?, ?, ?, ?)",
            (self._clock(), kind, delivery.job_id, delivery.id, transfer_id),
        )
