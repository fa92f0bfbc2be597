"""What was asked to be delivered and how far it is: deliveries, their transfers and files, as records.

Owns accepting and looking up; the steps that a delivery takes while it is moved are in `progress`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Row

    from jetplan.sandbox.store import Store


@dataclass(frozen=True)
class Delivery:
    """One accepted POST. `objects` is the list as JSON, as it was given."""

    id: str
    job_id: str
    state: str
    objects: bytes
    count: int
    expanded: bool
    created: float
    modified: float


@dataclass(frozen=True)
class Amount:
    bytes: int
    count: int


@dataclass(frozen=True)
class Transfer:
    """One batch of a delivery on its way, or done."""

    id: str
    delivery_id: str
    job_id: str
    execution_id: str
    state: str
    total: Amount
    moved: Amount
    failed: Amount
    skipped: Amount
    rate: int
    created: float
    modified: float

    @property
    def remaining(self) -> Amount:
        done = (self.moved, self.failed, self.skipped)
        return Amount(
            max(0, self.total.bytes - sum(amount.bytes for amount in done)),
            max(0, self.total.count - sum(amount.count for amount in done)),
        )


@dataclass(frozen=True)
class Activity:
    """What a job is doing: rates in bits per second."""

    live: bool
    last_state: str
    last: float
    files: int = 0
    bytes: int = 0
    rate: int = 0


class Deliveries:
    """Accepts deliveries and answers for them."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def accept(self, job_id: str, objects: bytes, count: int) -> Delivery:
        """A new delivery, durable when this returns. The same list sent twice makes two deliveries."""
        now = self._clock()
        delivery = Delivery(str(uuid.uuid4()), job_id, "CREATED", objects, count, False, now, now)
        with self._store.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO deliveries (id, job_id, state, objects, count, turn, created, modified)"
                " VALUES (?, ?, 'CREATED', ?, ?, (SELECT COALESCE(MAX(n), 0) FROM deliveries), ?, ?)",
                (delivery.id, job_id, objects, count, now, now),
            )
            assert cursor.rowcount == 1  # noqa: S101  # a lost insert must not pass for an accepted delivery
            connection.execute(
                "INSERT INTO events (at, type, job_id, delivery_id) VALUES (?, 'delivery.created', ?, ?)",
                (now, job_id, delivery.id),
            )
        return delivery

    def find(self, job_id: str, delivery_id: str) -> Delivery | None:
        row = self._store.row("SELECT * FROM deliveries WHERE id = ? AND job_id = ?", (delivery_id, job_id))
        return read_delivery(row) if row else None

    def all(self, job_id: str | None = None, *, last: int = -1, with_objects: bool = True) -> list[Delivery]:
        """Deliveries of one job or of all, oldest first; at most the `last` ones, `objects` only where wanted."""
        rows = self._store.rows(
            "SELECT id, job_id, state, CASE WHEN ? THEN objects ELSE '[]' END AS objects, count, expanded, created,"
            " modified FROM deliveries WHERE ? IS NULL OR job_id = ? ORDER BY n DESC LIMIT ?",
            (with_objects, job_id, job_id, last),
        )
        return [read_delivery(row) for row in reversed(rows)]

    def first_id(self, other_than: str | None) -> str | None:
        row = self._store.row("SELECT id FROM deliveries WHERE id IS NOT ? ORDER BY n LIMIT 1", (other_than,))
        return str(row["id"]) if row else None

    def transfers(self, job_id: str, state: str | None = None) -> list[Transfer]:
        rows = self._store.rows(
            "SELECT * FROM transfers WHERE job_id = ? AND state = COALESCE(?, state) ORDER BY n", (job_id, state)
        )
        return [read_transfer(row) for row in rows]

    def transfer(self, job_id: str, transfer_id: str) -> Transfer | None:
        row = self._store.row("SELECT * FROM transfers WHERE id = ? AND job_id = ?", (transfer_id, job_id))
        return read_transfer(row) if row else None

    def total(self, delivery_id: str) -> Transfer:
        """All transfers of a delivery, summed up as if they were one."""
        row = self._store.row(
            "SELECT '' AS id, delivery_id, '' AS job_id, '' AS execution_id, '' AS state, 0 AS created, 0 AS modified,"
            " TOTAL(bytes) AS bytes, TOTAL(count) AS count, TOTAL(moved_bytes) AS moved_bytes,"
            " TOTAL(moved_count) AS moved_count, TOTAL(failed_bytes) AS failed_bytes,"
            " TOTAL(failed_count) AS failed_count, TOTAL(skipped_bytes) AS skipped_bytes,"
            " TOTAL(skipped_count) AS skipped_count, TOTAL(partial_bytes) AS partial_bytes, TOTAL(rate) AS rate"
            " FROM transfers WHERE delivery_id = ?",
            (delivery_id,),
        )
        assert row is not None  # noqa: S101  # an aggregate always has a row
        return read_transfer(row)

    def files(self, job_id: str, state: str | None) -> list[Row]:
        """File records of a job in the order they were planned; PENDING and SKIPPED ones are not shown."""
        return self._files("job_id = ?", [job_id], state, -1, 0)[0]

    def search_files(
        self, jobs: list[str] | None, term: str, state: str | None, limit: int, offset: int
    ) -> tuple[list[Row], int]:
        """A page of the files whose path contains `term`, and how many there are in all."""
        where, values = "instr(path, ?) > 0", [term]
        if jobs is not None:
            where += f" AND job_id IN ({', '.join('?' * len(jobs))})"
            values += jobs
        return self._files(where, values, state, limit, offset)

    def _files(
        self, where: str, values: list[str], state: str | None, limit: int, offset: int
    ) -> tuple[list[Row], int]:
        states = [state] if state else ["IN_PROGRESS", "COMPLETED", "FAILED"]
        found = f"FROM files WHERE {where} AND state IN ({', '.join('?' * len(states))})"
        given = [*values, *states]
        rows = self._store.rows(
            f"SELECT f.*, t.execution_id FROM (SELECT * {found} ORDER BY n LIMIT ? OFFSET ?) f"  # noqa: S608  # placeholders
            " JOIN transfers t ON t.id = f.transfer_id ORDER BY f.n",
            [*given, limit, offset],
        )
        if limit < 0:
            return rows, len(rows)
        counted = self._store.row(f"SELECT COUNT(*) AS count {found}", given)
        return rows, counted["count"] if counted else 0

    def activity(self) -> dict[str, Activity]:
        """By job id, for the jobs that ever had a delivery; a constant number of queries."""
        under_way = {
            row["job_id"]: row
            for row in self._store.rows(
                "SELECT job_id, SUM(count - moved_count - failed_count - skipped_count) AS files,"
                " SUM(bytes - moved_bytes - partial_bytes - failed_bytes - skipped_bytes) AS bytes,"
                " SUM(rate) AS rate FROM transfers WHERE state IN ('QUEUED', 'IN_PROGRESS') GROUP BY job_id"
            )
        }
        activities = {}
        for row in self._store.rows(
            "SELECT job_id, SUM(state NOT IN ('COMPLETED', 'FAILED')) AS live, state, MAX(modified) AS last"
            " FROM deliveries GROUP BY job_id"
        ):
            moving = under_way.get(row["job_id"])
            amounts = (moving["files"], moving["bytes"], moving["rate"] * 8) if moving else (0, 0, 0)
            activities[row["job_id"]] = Activity(row["live"] > 0, row["state"], row["last"], *amounts)
        return activities

    def events(self) -> list[Row]:
        return self._store.rows("SELECT * FROM events ORDER BY n")


def read_delivery(row: Row) -> Delivery:
    return Delivery(
        row["id"],
        row["job_id"],
        row["state"],
        row["objects"],
        row["count"],
        bool(row["expanded"]),
        row["created"],
        row["modified"],
    )


def read_transfer(row: Row) -> Transfer:
    return Transfer(
        row["id"],
        row["delivery_id"],
        row["job_id"],
        row["execution_id"],
        row["state"],
        _amount(row["bytes"], row["count"]),
        _amount(row["moved_bytes"] + row["partial_bytes"], row["moved_count"]),
        _amount(row["failed_bytes"], row["failed_count"]),
        _amount(row["skipped_bytes"], row["skipped_count"]),
        int(row["rate"]) * 8,
        row["created"],
        row["modified"],
    )


def _amount(size: float, count: float) -> Amount:
    return Amount(int(size), int(count))  # sums come as floats
