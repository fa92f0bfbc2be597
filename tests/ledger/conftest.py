"""A ledger on each database: a file, and a real PostgreSQL server that comes from a package."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from desks import Desk, desk_at
from servers import start_server

from jetplan.ledger import Ledger, open_ledger


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URI of a server for this session; the workers of one test run share it (the package counts them)."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    top = Path(tempfile.gettempdir()) / f"jetplan-pg-{run[:12]}"
    server = start_server(top / "server")
    uri = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection, suppress(psycopg.Error):
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield uri
    server.cleanup()
    if not (top / "server" / "data" / "postmaster.pid").exists():  # else another worker still needs it
        shutil.rmtree(top, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A URL on the session's server under which nothing is yet."""
    with _own_schema(postgres) as url:
        yield url


@pytest.fixture
def other_postgres_url(postgres: str) -> Iterator[str]:
    """A second one."""
    with _own_schema(postgres) as url:
        yield url


@contextmanager
def _own_schema(postgres: str) -> Iterator[str]:
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    yield f"{postgres}{'&' if '?' in postgres else '?'}options=-csearch_path%3D{name}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        connection.execute(f'DROP SCHEMA "{name}" CASCADE')


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A URL under which no ledger is yet, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))


Opener = Callable[..., Ledger]


@pytest.fixture
def opener(url: str) -> Iterator[Opener]:
    """Opens the same ledger as often as wanted, as several runners do; all are closed at the end."""
    opened: list[Ledger] = []

    def opening(**options: Any) -> Ledger:
        opened.append(open_ledger(url, create=True, **options))
        return opened[-1]

    yield opening
    for ledger in opened:
        ledger.close()


@pytest.fixture
def desk(opener: Opener) -> Desk:
    """A fresh ledger with one run."""
    return desk_at(opener())
