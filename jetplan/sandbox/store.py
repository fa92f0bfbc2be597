"""The SQLite file that a sandbox lives in: opening, schema, transactions. Knows no rule of Jet."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS profiles (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, folder TEXT NOT NULL, url TEXT NOT NULL, endpoint_id TEXT NOT NULL,
    created REAL NOT NULL, modified REAL NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS jobs (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, paused INTEGER NOT NULL, document BLOB NOT NULL,
    created REAL NOT NULL, modified REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL, state TEXT NOT NULL,
    objects BLOB NOT NULL, count INTEGER NOT NULL, turn INTEGER NOT NULL, expanded INTEGER NOT NULL DEFAULT 0,
    busy INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL, modified REAL NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_of_job ON deliveries (job_id);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (turn) WHERE state IN ('CREATED', 'QUEUED');
CREATE TABLE IF NOT EXISTS transfers (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, delivery_id TEXT NOT NULL, job_id TEXT NOT NULL,
    execution_id TEXT NOT NULL, state TEXT NOT NULL, bytes INTEGER NOT NULL, count INTEGER NOT NULL,
    moved_bytes INTEGER NOT NULL DEFAULT 0, moved_count INTEGER NOT NULL DEFAULT 0,
    failed_bytes INTEGER NOT NULL DEFAULT 0, failed_count INTEGER NOT NULL DEFAULT 0,
    skipped_bytes INTEGER NOT NULL DEFAULT 0, skipped_count INTEGER NOT NULL DEFAULT 0,
    partial_bytes INTEGER NOT NULL DEFAULT 0, rate INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL, modified REAL NOT NULL);
CREATE INDEX IF NOT EXISTS transfers_of_delivery ON transfers (delivery_id, state);
CREATE INDEX IF NOT EXISTS transfers_of_job ON transfers (job_id, state);
CREATE TABLE IF NOT EXISTS files (
    n INTEGER PRIMARY KEY, transfer_id TEXT NOT NULL, job_id TEXT NOT NULL, path TEXT NOT NULL,
    size INTEGER NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, problem TEXT,
    created REAL NOT NULL, modified REAL NOT NULL);
CREATE INDEX IF NOT EXISTS files_of_transfer ON files (transfer_id, state);
CREATE INDEX IF NOT EXISTS files_of_job ON files (job_id, state);
CREATE TABLE IF NOT EXISTS tokens (digest TEXT PRIMARY KEY, role TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
    n INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER,
    fault TEXT, job_id TEXT, delivery_id TEXT, objects INTEGER);
CREATE TABLE IF NOT EXISTS events (
    n INTEGER PRIMARY KEY, at REAL NOT NULL, type TEXT NOT NULL, job_id TEXT, delivery_id TEXT, transfer_id TEXT);
"""


class StateInUseError(Exception):
    """The state file cannot be had: another sandbox holds it, or it is no such file."""


class Store:
    """One connection, used by one thread at a time.

    The file is held exclusively: two sandboxes on one state would each believe they move the same files. A
    killed process loses nothing that was committed; a loss of power may cost the last moments, which a
    rehearsal can bear, and in exchange a commit takes microseconds.
    """

    def __init__(self, path: str | None) -> None:
        self._lock = threading.RLock()
        self._connection = _connect(path)
        try:
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.executescript("BEGIN IMMEDIATE;" + SCHEMA + "COMMIT;")
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise _explain(path, error) from None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One exclusive transaction. Nested use joins the outer one."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def remember(self, key: str, value: str) -> str:
        """The value kept under `key`; the first one given wins, also over restarts."""
        with self.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))
        row = self.row("SELECT value FROM meta WHERE key = ?", (key,))
        assert row is not None  # noqa: S101  # written three lines above
        return str(row["value"])

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def _connect(path: str | None) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=2)
    except sqlite3.Error as error:
        raise _explain(path, error) from None
    connection.row_factory = sqlite3.Row
    return connection


def _explain(path: str | None, error: sqlite3.Error) -> StateInUseError:
    if "locked" in str(error):
        return StateInUseError(f"{path} is held by another sandbox")
    return StateInUseError(f"{path} cannot be used as a state file: {error}")
