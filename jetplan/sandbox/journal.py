"""The record of every API request that came, whatever became of it. Tests count POSTs here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Row

    from jetplan.sandbox.http import Note
    from jetplan.sandbox.store import Store


class Journal:
    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def record(self, method: str, path: str, status: int | None, fault: str | None, note: Note) -> None:
        """One request. `status` is what the client was told: None when it was told nothing."""
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO requests (at, method, path, status, fault, job_id, delivery_id, objects)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (self._clock(), method, path, status, fault, note.job_id, note.delivery_id, note.objects),
            )

    def requests(self, since: int = 0) -> list[Row]:
        return self._store.rows("SELECT * FROM requests WHERE n > ? ORDER BY n", (since,))
