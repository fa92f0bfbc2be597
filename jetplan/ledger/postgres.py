"""The PostgreSQL driver: the same statements in explicit transactions that rely on no session.

It holds behind a pooler in transaction mode: no prepared statements, no session settings or locks, no LISTEN. A
lost connection is made anew; a commit whose answer was lost is looked up by its token before anything is done again.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from jetplan.core.addresses import address_of
from jetplan.errors import JetplanError, LedgerMismatch, UsageError
from jetplan.ledger.driver import WHAT_FOLLOWS, OperationFailed, Row
from jetplan.ledger.encryption import encryption
from jetplan.ledger.records import CommitUnknown
from jetplan.ledger.schema import BLOBS, INTEGERS, TABLES
from jetplan.ledger.times import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    Connection = psycopg.Connection[Row]

T = TypeVar("T")
_CLOCK = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_WRITE = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = on;"
    f" SET LOCAL lock_timeout = '30s'; {_CLOCK}"
)
_READ = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_CLOCK}"
_HOME = {
    "system identifier": "SELECT system_identifier::text FROM pg_control_system()",
    "timeline": """SELECT CASE WHEN pg_is_in_recovery() THEN NULL
                   ELSE substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END""",
}
_DEFAULTS = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "jetplan",
    "client_encoding": "UTF8",
}
_PAUSES = (0.0, 0.1, 0.3, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try: long enough for a server to restart."""
_AGAIN = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
_COPY_FROM = 16
"""From how many rows on COPY pays."""


@lru_cache(maxsize=256)
def _translate(sql: str) -> str:
    return re.sub(r"instr\((\w+), \?\)", r"position(? in \1)", sql).replace("?", "%s")


class PostgresTransaction:
    """One transaction on one connection; see `driver.Transaction`."""

    def __init__(self, connection: Connection, begin: str) -> None:
        self._connection = connection
        cursor = connection.execute(begin)
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        if row is None:
            raise JetplanError("the ledger's server did not tell the time")
        self.now: datetime = moment(row[0])
        self.token = secrets.token_hex(8)
        self.proof = ""
        self.held: set[str] = set()

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(_translate(sql), params or None, binary=True).fetchall()

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        return self._connection.execute(_translate(sql), params or None).rowcount

    def run_many(self, sql: str, rows: Sequence[Row]) -> int:
        with self._connection.cursor() as cursor:
            cursor.executemany(_translate(sql), rows)
            return cursor.rowcount

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        names = ",".join(columns)
        if len(rows) < _COPY_FROM:
            self.run_many(f"INSERT INTO {table} ({names}) VALUES ({','.join('?' * len(columns))})", rows)  # noqa: S608 - names from our own code
            return
        types = ["bytea" if name in BLOBS else "int8" if name in INTEGERS else "text" for name in columns]
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def lock(self, names: Iterable[str]) -> None:
        """Transaction-level advisory locks on hashes of the names, in ascending order.

        Names whose hashes collide only wait for each other.
        """
        wanted = set(names)
        self.held |= wanted
        keys = sorted({_lock_key(name) for name in wanted})
        if keys:
            self._connection.execute("SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k", (keys,))

    def landed(self, proof: str, token: str) -> bool:
        """Whether the transition with this token is there."""
        sql = "SELECT 1 FROM jetplan_transitions WHERE attempt_id = ? AND token = ?"
        return bool(self.rows(sql, (proof, token)))


class PostgresDriver:
    """A ledger in a PostgreSQL database. See `driver.Driver`."""

    kind = "postgresql"

    def __init__(self, url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._options = _options(url)
        self._sleep = sleep
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._connected = False
        self._home: dict[str, str] | None = None
        """What told the server from others when it was first connected to."""

    def write(self, work: Callable[[PostgresTransaction], T], *, once: bool = False) -> T:
        with self._writing:
            unanswered: tuple[PostgresTransaction, T] | None = None
            """The last transaction whose commit got no answer, and what its work gave."""
            failure: psycopg.Error | None = None
            for pause in self._pauses():
                self._sleep(pause)
                begun = committing = False
                try:
                    connection = self._writer = self._writer or self._connect()
                    if unanswered is None or not _has_landed(connection, unanswered[0]):
                        unanswered = None
                        tx = PostgresTransaction(connection, _WRITE)
                        begun = True
                        result = work(tx)
                        unanswered, committing = (tx, result), True
                        _commit(connection)
                    return unanswered[1]
                except BaseException as error:
                    lost = _is_lost(self._writer)
                    self._writer = _roll_back(self._writer)
                    if not isinstance(error, psycopg.Error):
                        raise
                    failure = error
                if committing and not lost:
                    unanswered = None  # the server said that it did not commit
                passing = not committing and isinstance(failure, _AGAIN)
                if (once and begun) or not (lost or passing):
                    break
            raise (self._meaning(failure) if unanswered is None else self._unknown()) from failure

    def read(self, work: Callable[[PostgresTransaction], T], *, once: bool = False) -> T:
        with self._reading:
            last: Exception | None = None
            for pause in self._pauses():
                self._sleep(pause)
                begun = False
                try:
                    connection = self._reader = self._reader or self._connect()
                    tx = PostgresTransaction(connection, _READ)
                    begun = True
                    result = work(tx)
                    connection.execute("ROLLBACK")
                except psycopg.Error as error:
                    lost = _is_lost(self._reader)
                    self._reader = _roll_back(self._reader)
                    if not lost or (once and begun):
                        raise self._meaning(error) from error
                    last = error
                    continue
                except BaseException:
                    self._reader = _roll_back(self._reader)
                    raise
                return result
            raise self._meaning(last) from last

    def home(self) -> dict[str, str]:
        """The cluster's identifier, and its timeline, which moves when a replica is promoted or a backup restored.

        What its user may not ask for is left out.
        """
        self.read(lambda tx: tx.rows("SELECT 1"))
        return dict(self._home or {})

    def verify(self) -> None:
        """Nothing is kept beside a database server."""

    def accept(self) -> None:
        """Nothing is kept beside a database server."""

    def integrity(self) -> list[str]:
        """Every row of every table is read (which verifies checksums where the server keeps them)."""
        found = []
        invalid = """SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                     JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname = ? AND NOT i.indisvalid"""
        for table in TABLES:
            try:
                self.read(lambda tx, table=table: tx.rows(f"SELECT COUNT(t.*) FROM jetplan_{table} t"))  # type: ignore[misc]  # noqa: S608
                names = self.read(lambda tx, table=table: tx.rows(invalid, (f"jetplan_{table}",)))  # type: ignore[misc]
            except JetplanError as error:
                found.append(f"{table}: {error.message}")
            else:
                found += [f"the index {name} is not valid" for (name,) in names]
        return found

    def close(self) -> None:
        with self._writing:
            self._writer = _roll_back(self._writer, keep=False)
        with self._reading:
            self._reader = _roll_back(self._reader, keep=False)

    def _pauses(self) -> Sequence[float]:
        """A server that was there before may come back; one that never was is told of at once."""
        return _PAUSES if self._connected else _PAUSES[:1]

    def _connect(self) -> Connection:
        connection: Connection = psycopg.connect(**self._options, autocommit=True, prepare_threshold=None)
        encoding = connection.info.parameter_status("server_encoding")
        if encoding not in ("UTF8", None):
            connection.close()
            raise LedgerMismatch(
                f"the ledger's database has the encoding {encoding}, in which names and paths may not fit",
                hint="create it with ENCODING 'UTF8'",
            )
        self._refuse_another(connection)
        self._connected = True
        return connection

    def _refuse_another(self, connection: Connection) -> None:
        """Raise LedgerMismatch where a connection made anew leads to a promoted replica or a restored server."""
        now = _identity(connection)
        before = self._home = now if self._home is None else self._home
        differing = [name for name in now if before.get(name, now[name]) != now[name]]
        if differing:
            connection.close()
            what = ", ".join(f"{name} {before[name]} before, {now[name]} now" for name in differing)
            raise LedgerMismatch(
                f"the server of the ledger became another one while jetplan ran ({what}): a replica was promoted, "
                "or a backup was restored, and what was recorded last may be missing",
                hint=WHAT_FOLLOWS,
            )

    def _meaning(self, error: Exception | None) -> Exception:
        """A database error as one of ours, in its own first words but never with the password."""
        if isinstance(error, psycopg.IntegrityError | psycopg.DataError):
            return OperationFailed(self._words(error))
        if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
            return LedgerMismatch("the database holds no whole ledger", hint="check JETPLAN_LEDGER")
        if isinstance(error, psycopg.errors.LockNotAvailable):
            return JetplanError("another run has been writing to the ledger for 30 seconds", hint="try again later")
        where = f"{self._options.get('host') or 'the default host'}/{self._options.get('dbname') or ''}"
        return JetplanError(
            f"the ledger on PostgreSQL at {where} cannot be used: {self._words(error)}",
            hint="check that the server runs, JETPLAN_LEDGER, and the rights of its user",
        )

    def _words(self, error: Exception | None) -> str:
        words = " ".join(str(error).split())[:300]
        password = self._options.get("password")
        return words.replace(str(password), "***") if password else words

    def _unknown(self) -> CommitUnknown:
        return CommitUnknown(
            "the ledger's server was lost while it was committing, and does not say whether it did",
            hint="nothing was sent on its account; run the same command again when the server is back",
        )


def _options(url: str) -> dict[str, Any]:
    try:
        given = conninfo_to_dict(url) if address_of(url) is not None else None
    except psycopg.ProgrammingError:
        given = None
    if given is None:
        # Neither libpq's message nor ours may quote what could be a piece of the password.
        raise UsageError(
            "the ledger's URL is not a valid PostgreSQL URL",
            hint="use postgresql://user@host:5432/database; special characters in a password are percent-encoded",
        )
    return {**_DEFAULTS, **encryption(given), **given}


def _lock_key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _has_landed(connection: Connection, lost: PostgresTransaction) -> bool:
    """Whether a transaction whose commit got no answer took place.

    The server may be at it still: it holds its locks until it is done, so that taking them waits for its end.
    """
    if not lost.proof:
        return False  # what leaves no transition may be done twice
    tx = PostgresTransaction(connection, _WRITE)
    tx.lock(sorted(lost.held))
    landed = tx.landed(lost.proof, lost.token)
    connection.execute("ROLLBACK")
    return landed


def _identity(connection: Connection) -> dict[str, str]:
    """What tells the server from every other, as far as this user may ask."""
    found: dict[str, str] = {}
    for name, sql in _HOME.items():
        with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFunction):
            row = connection.execute(sql).fetchone()
            if row is not None and row[0]:
                found[name] = str(row[0])
    return found


def _commit(connection: Connection) -> None:
    if connection.execute("COMMIT").statusmessage != "COMMIT":
        raise psycopg.InternalError("the server rolled the transaction back")


def _is_lost(connection: Connection | None) -> bool:
    """Whether there is no connection any more that the server could answer on."""
    return connection is None or connection.closed


def _roll_back(connection: Connection | None, *, keep: bool = True) -> Connection | None:
    """End whatever is under way; the connection if it may be used again."""
    if connection is None or connection.closed:
        return None
    with suppress(psycopg.Error):
        if keep and not connection.broken:
            connection.execute("ROLLBACK")
            return connection
    with suppress(psycopg.Error):
        connection.close()
    return None
