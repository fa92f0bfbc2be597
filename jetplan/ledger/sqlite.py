"""The SQLite driver: one file in rollback-journal mode with every sync there is, or a ledger in memory.

Knows connections, transactions and SQLite's errors; the tables and what they mean are the store's matter.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jetplan.errors import JetplanError, LedgerMismatch
from jetplan.ledger.counter import Counter
from jetplan.ledger.driver import WHAT_FOLLOWS, OperationFailed, Row
from jetplan.ledger.locks import check_locks_can_be_had
from jetplan.ledger.records import CommitUnknown
from jetplan.ledger.times import now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

T = TypeVar("T")
Clock = "Callable[[], datetime]"
BUSY_SECONDS = 30.0
_VARIABLES = 999
"""The parameters of one statement that every SQLite allows."""
_FOREIGN = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH)
_AFTER_BACKUP = (
    "if you put a backup in its place, record what was sent after that backup with `jetplan ledger baseline` "
    "before the next apply: it would be sent again"
)
_MEANINGS = {
    sqlite3.SQLITE_BUSY: ("another process holds it", "try again when the other run is done"),
    sqlite3.SQLITE_LOCKED: ("another process holds it", "try again when the other run is done"),
    sqlite3.SQLITE_FULL: ("the disk is full", "make room, then run the same command again"),
    sqlite3.SQLITE_IOERR: ("the disk reported an error", "check the disk, then run `jetplan ledger check`"),
    sqlite3.SQLITE_READONLY: ("it may not be written to", "check who owns the file and its folder"),
    sqlite3.SQLITE_NOTADB: ("it is not a ledger", f"check JETPLAN_LEDGER; {_AFTER_BACKUP}"),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", _AFTER_BACKUP),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "check that the file is there and readable"),
}


class SqliteTransaction:
    """One transaction on one connection; see `driver.Transaction`."""

    def __init__(self, connection: sqlite3.Connection, moment: datetime) -> None:
        self.connection = connection
        self.now = moment
        self.token = secrets.token_hex(8)
        self.proof = ""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        return self.connection.execute(sql, params).fetchall()

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        return self.connection.execute(sql, params).rowcount

    def run_many(self, sql: str, rows: Sequence[Row]) -> int:
        return self.connection.executemany(sql, rows).rowcount

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Many rows to a statement: each step of SQLite's gives the interpreter's lock away."""
        into = f"INSERT INTO {table} ({','.join(columns)}) VALUES "  # noqa: S608 - names from our own code
        row = f"({','.join('?' * len(columns))})"
        at = 0
        while left := len(rows) - at:
            # Powers of two, so that there are few statements, which are prepared once.
            count = 1 << (min(left, _VARIABLES // len(columns)).bit_length() - 1)
            values = [value for each in rows[at : at + count] for value in each]
            self.connection.execute(into + ",".join([row] * count), values)
            at += count

    def lock(self, names: Iterable[str]) -> None:
        """Nothing to do: BEGIN IMMEDIATE lets one writer in at a time."""


class SqliteDriver:
    """A ledger in one file; `path` None: in memory, gone when closed. See `driver.Driver`."""

    kind = "sqlite"

    def __init__(self, path: Path | None, *, clock: Callable[[], datetime] = now) -> None:
        self._path = path
        self._clock = clock
        self._writing = threading.Lock()
        self._reading = threading.Lock() if path else self._writing
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._absolute = path.absolute() if path else Path()
        self._counter = Counter(self._absolute) if path else None
        self._seen = 0
        """The most transitions that this process has seen in the file."""
        self._file: tuple[int, int] | None = None
        """Device and inode of the file that was opened."""

    def write(self, work: Callable[[SqliteTransaction], T], *, once: bool = False) -> T:  # noqa: ARG002 - never again anyway
        with self._writing, self._errors():
            connection = self._writer = self._writer or self._connect()
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._refuse_older_copy(connection)
                result = work(SqliteTransaction(connection, self._clock()))
                count = _transitions(connection)
                ledger_id = _ledger_id(connection) if count != self._seen else ""
            except BaseException:
                self._abandon(connection)
                raise
            self._commit(connection)
            if self._counter is not None and ledger_id:
                self._seen = count
                self._counter.write(ledger_id, count)
            return result

    def read(self, work: Callable[[SqliteTransaction], T], *, once: bool = False) -> T:  # noqa: ARG002 - never again anyway
        with self._reading, self._errors():
            if self._path is None:
                connection = self._writer = self._writer or self._connect()
            else:
                connection = self._reader = self._reader or self._connect()
            connection.execute("BEGIN")
            try:
                return work(SqliteTransaction(connection, self._clock()))
            finally:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    def home(self) -> dict[str, str]:
        return {}

    def verify(self) -> None:
        if self._counter is None:
            return
        # The counter first: it is written after the commit, so a commit in between cannot make it look ahead.
        counted = self._counter.read(self.read(lambda tx: _ledger_id(tx.connection)))
        there = self.read(lambda tx: _transitions(tx.connection))
        if there < counted:
            raise LedgerMismatch(
                f"the ledger {self._path} is older than it was: it holds {there} transitions and has held {counted}, "
                "so it was copied back or restored, and what was recorded since is missing",
                hint=WHAT_FOLLOWS,
            )

    def accept(self) -> None:
        if self._counter is not None:
            ledger_id, there = self.read(lambda tx: (_ledger_id(tx.connection), _transitions(tx.connection)))
            self._counter.write(ledger_id, there)

    def _refuse_older_copy(self, connection: sqlite3.Connection) -> None:
        """Raise LedgerMismatch where the file was replaced since this process opened it."""
        if self._path is None:
            return
        file = _identity(self._absolute)
        self._file = self._file or file
        if self._file != file or _transitions(connection) < self._seen:
            raise LedgerMismatch(
                f"the ledger {self._path} was removed, or replaced by another or an older file, while jetplan ran",
                hint="put the newest copy in its place, then run `jetplan status`",
            )

    def integrity(self) -> list[str]:
        try:
            found = self.read(lambda tx: tx.rows("PRAGMA integrity_check") + tx.rows("PRAGMA foreign_key_check"))
        except LedgerMismatch as error:
            return [error.message]
        return [" ".join(map(str, row)) for row in found if row != ("ok",)]

    def load(self, image: bytes) -> None:
        """Fill a ledger in memory from another one's `image`."""
        self._writer = self._writer or self._connect()
        self._writer.deserialize(image)

    def image(self) -> bytes:
        """The whole database as bytes."""
        with self._writing:
            self._writer = self._writer or self._connect()
            return self._writer.serialize()

    def close(self) -> None:
        with self._writing:
            for connection in (self._writer, self._reader):
                if connection is not None:
                    connection.close()
            self._writer = self._reader = None
            if self._counter is not None:
                self._counter.close()

    def _connect(self) -> sqlite3.Connection:
        where = f"{self._path.absolute().as_uri()}?mode=rw" if self._path else ":memory:"
        connection = sqlite3.connect(
            where, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=self._path is not None
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            if self._path is not None:
                check_locks_can_be_had(self._absolute)
                _make_durable(connection, self._path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _commit(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon(connection)
            if _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise  # nothing was written: a reader kept the file for the whole time
            raise CommitUnknown(
                f"the ledger could not be written: {_meaning(error)[0]}", hint=_meaning(error)[1]
            ) from error
        except BaseException:
            self._abandon(connection)
            raise

    def _abandon(self, connection: sqlite3.Connection) -> None:
        """After any failure begin anew: a connection that met a disk error is not to be trusted."""
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if self._path is not None:
            connection.close()
            self._writer = None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise OperationFailed(str(error)) from error
        except sqlite3.Error as error:
            why, hint = _meaning(error)
            where = self._path or "in memory"
            if _code(error) in _FOREIGN:
                raise LedgerMismatch(f"the ledger {where} cannot be used: {why}", hint=hint) from error
            raise JetplanError(f"the ledger {where} cannot be used: {why}", hint=hint) from error


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode; None where there is no file."""
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _transitions(connection: sqlite3.Connection) -> int:
    """How many transitions were ever recorded: none is ever deleted, so the last row's number is the count."""
    try:
        ((count,),) = connection.execute("SELECT COALESCE(MAX(rowid), 0) FROM jetplan_transitions")
    except sqlite3.OperationalError:  # the tables are not made yet
        return 0
    return int(count)


def _ledger_id(connection: sqlite3.Connection) -> str:
    rows = connection.execute("SELECT value FROM jetplan_meta WHERE name = 'ledger_id'").fetchall()
    return str(rows[0][0]) if rows else ""


def _make_durable(connection: sqlite3.Connection, path: Path) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "delete":
        raise LedgerMismatch(
            f"the ledger {path} is in journal mode {mode}, which jetplan does not trust",
            hint="close whatever else has it open, then run `PRAGMA journal_mode = DELETE` on it",
        )
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA fullfsync = ON")


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _meaning(error: sqlite3.Error) -> tuple[str, str]:
    return _MEANINGS.get(_code(error), (str(error), "run `jetplan ledger check`"))
