"""Opens the ledger at a URL: makes or migrates it, or refuses it and says why."""

from __future__ import annotations

import os
import stat
import uuid
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.core.addresses import shown_url
from jetplan.errors import JetplanError, LedgerMismatch, LedgerMissing, UsageError
from jetplan.ledger import schema
from jetplan.ledger.locks import check_locks_hold
from jetplan.ledger.placement import check_not_mounted_alone
from jetplan.ledger.sqlite import SqliteDriver
from jetplan.ledger.store import Ledger
from jetplan.ledger.times import now, stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jetplan.ledger.driver import Driver, Transaction

_FORMS = "use sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host/database"


def open_ledger(
    url: str,
    *,
    create: bool = False,
    group: bool = True,
    verify: bool = True,
    clock: Callable[[], datetime] = now,
    process_alive: Callable[[str, str], bool | None] | None = None,
) -> Ledger:
    """The ledger at `sqlite:///file` or `postgresql://…`; `create` makes it where there is none.

    `verify` False opens also a ledger that was moved away, restored or copied back, to be looked at.
    `sqlite:///:memory:` is one that is gone when closed. `clock` counts for SQLite only: PostgreSQL has its own.
    Raises LedgerMismatch where the ledger is missing, foreign, damaged, of a newer schema, moved away or older than it
    was; UsageError where the URL is none, or PostgreSQL's extra is not installed.
    """
    if url == "sqlite:///:memory:":
        return in_memory(clock=clock, group=group, process_alive=process_alive)
    driver: Driver
    if url.startswith("sqlite:///"):
        if url != shown_url(url):
            raise UsageError(f"the ledger's URL {shown_url(url)} has parameters: a file takes none", hint=_FORMS)
        path = Path(url.removeprefix("sqlite:///"))
        driver = _sqlite(path, clock, create=create)
    elif url.startswith(("postgresql://", "postgres://")):
        driver = _postgres(url)
    else:
        raise UsageError(f"the ledger's URL {shown_url(url)} is not one that jetplan knows", hint=_FORMS)
    try:
        prepare(driver, create=create)
        ledger = Ledger(driver, group=group, process_alive=process_alive)
        if verify:
            ledger.verify()
    except BaseException:
        driver.close()
        raise
    return ledger


def check_locks(url: str) -> None:
    """Raise LedgerMismatch where an SQLite ledger lies on a disk whose locks keep nobody out. Starts a process."""
    if url.startswith("sqlite:///") and url != "sqlite:///:memory:":
        check_locks_hold(Path(url.removeprefix("sqlite:///")).absolute())


def in_memory(
    *,
    clock: Callable[[], datetime] = now,
    group: bool = False,
    process_alive: Callable[[str, str], bool | None] | None = None,
) -> Ledger:
    """A fresh ledger in memory, made from a ready image: cheap enough to make ten thousand."""
    driver = SqliteDriver(None, clock=clock)
    driver.load(_empty_image())
    return Ledger(driver, group=group, process_alive=process_alive)


@lru_cache(maxsize=1)
def _empty_image() -> bytes:
    driver = SqliteDriver(None)
    prepare(driver, create=True)
    image = driver.image()
    driver.close()
    return image


def prepare(driver: Driver, *, create: bool) -> None:
    """Make the tables where `create` allows it, or bring older ones up to date."""
    present = driver.read(lambda tx: _version(tx, driver.kind))
    if present == schema.newest():
        return
    if present == 0 and not create:
        raise LedgerMissing("there is no ledger at this URL yet", hint="`jetplan init` makes one")
    driver.write(lambda tx: _migrate(tx, driver.kind))


def _migrate(tx: Transaction, kind: str) -> None:
    tx.lock(["schema"])
    present = _version(tx, kind)
    schema.migrate(tx, kind, present)
    if present == 0:
        rows = [("ledger_id", uuid.uuid4().hex), ("created_on", stamp(tx.now))]
        tx.insert("jetplan_meta", ("name", "value"), rows)


def _version(tx: Transaction, kind: str) -> int:
    """The schema version found; 0 where nothing of jetplan is there. Raises LedgerMismatch on somebody else's file."""
    if kind == "sqlite":
        tables = {row[0] for row in tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "jetplan_migrations" not in tables:
            raise LedgerMismatch("the file is a database, but no ledger of jetplan's", hint="check JETPLAN_LEDGER")
        there = bool(tables)
    else:
        there = bool(tx.rows("SELECT 1 WHERE to_regclass('jetplan_migrations') IS NOT NULL"))
    if not there:
        return 0
    version = int(tx.rows("SELECT MAX(version) FROM jetplan_migrations")[0][0] or 0)
    if version > schema.newest():
        raise LedgerMismatch(
            f"the ledger has schema version {version}, this jetplan knows up to {schema.newest()}",
            hint="use the version of jetplan that wrote it, or a later one",
        )
    return version


def _sqlite(path: Path, clock: Callable[[], datetime], *, create: bool) -> SqliteDriver:
    if str(path) in ("", "."):
        raise UsageError("the ledger's URL names no file", hint=_FORMS)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if not create:
            raise LedgerMissing(
                f"there is no ledger at {path}", hint="`jetplan init` makes one; or set JETPLAN_LEDGER to the right one"
            ) from None
        _make_file(path)
    except (OSError, ValueError) as error:
        raise LedgerMismatch(f"the ledger {path} cannot be reached: {error}") from error
    else:
        if not stat.S_ISREG(mode):
            raise LedgerMismatch(f"{path} is not a file, so it is no ledger", hint="check JETPLAN_LEDGER")
        check_not_mounted_alone(path)
    return SqliteDriver(path, clock=clock)


def _make_file(path: Path) -> None:
    """Make an empty file that only its owner may read, and sync its folder so that it survives a power cut."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise JetplanError(f"the ledger {path} cannot be made: {error.strerror}") from error


def _postgres(url: str) -> Driver:
    try:
        from jetplan.ledger.postgres import PostgresDriver  # noqa: PLC0415 - psycopg is an extra
    except ImportError as error:
        raise UsageError(
            "a ledger on PostgreSQL needs more than is installed", hint="pip install 'jetplan[postgres]'"
        ) from error
    return PostgresDriver(url)
