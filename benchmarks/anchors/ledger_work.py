"""The ledger by itself, in a process of its own. Prints JSON. Usage: ledger_work.py record|difference|find|rows COUNT

`rows` is no ledger: it is a row for each object in SQLite, the plain way.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from hashlib import blake2b
from pathlib import Path
from typing import Any

BATCH = 10_000


def path(at: Any) -> str:
    """A path as archives have them."""
    return f"/show/reel{at // 100:05d}/clip{at:08d}.mxf"


def opened(folder: str) -> Any:
    """A new ledger with a scope and a run."""
    from jetplan.core.attempts import RunInfo
    from jetplan.ledger import open_ledger

    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", create=True)
    scope = ledger.ensure_scope("http://127.0.0.1", ["account"])
    ledger.begin_run(RunInfo("run"))
    return ledger, scope


def claim(ledger: Any, scope: Any, name: str, count: int, together: int = 32) -> Any:
    """Claim, send and accept a set of so many objects in batches; seconds within the ledger."""
    from jetplan.core.attempts import Kind, NewAttempt, State, SubjectKey

    subject = SubjectKey(Kind.DELIVERY, name, "source", "destination")
    batches = [
        NewAttempt(
            f"{name}-{at}", at // BATCH + 1, -(-count // BATCH), 1, "job", "job",
            [f"/{name}{path(each)}" for each in range(at, min(at + BATCH, count))],
            [1000] * (min(at + BATCH, count) - at),
        )
        for at in range(0, count, BATCH)
    ]  # fmt: skip
    began = time.perf_counter()
    version = 0
    for at in range(0, len(batches), together):
        version = ledger.claim(scope, subject, version, batches[at : at + together], "run").version
    for batch in batches:
        ledger.transition(batch.attempt_id, State.SENDING, run_id="run")
        ledger.transition(batch.attempt_id, State.ACCEPTED, run_id="run", delivery_id=f"d-{batch.attempt_id}")
    ledger.record_complete_set(scope, subject, b"d" * 32)
    return time.perf_counter() - began


def record(count: int) -> Any:
    """Record a set from claim to acceptance."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, scope = opened(folder)
        seconds = claim(ledger, scope, "set", count)
        ledger.close()
        return {"seconds": seconds, "bytes": Path(folder, "ledger.db").stat().st_size}


def difference(count: int) -> Any:
    """A set against its own recorded attempts: all sent, keys compared."""
    from jetplan.core.delta import difference as compare
    from jetplan.core.objects import table_of

    with tempfile.TemporaryDirectory() as folder:
        ledger, scope = opened(folder)
        claim(ledger, scope, "set", count)
        table = table_of([f"/set{path(at)}" for at in range(count)])
        began = time.perf_counter()
        delta = compare(table, ledger.attempts(scope, with_keys=True))
        seconds = time.perf_counter() - began
        assert delta.sent == count
        began = time.perf_counter()
        table.digest()
        return {"seconds": seconds, "digest": time.perf_counter() - began}


def find(count: int) -> Any:
    """One object among ten sets' recorded ones; and a million new paths against them all."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, scope = opened(folder)
        for at in range(10):
            claim(ledger, scope, f"set{at}", count // 10)
        began = time.perf_counter()
        found = ledger.object_history(scope, f"/set7{path(count // 20)}")
        history = time.perf_counter() - began
        assert len(found) == 1
        began = time.perf_counter()
        hits = ledger.find_objects(scope, "destination", [f"/new{path(at)}" for at in range(100)])
        few = time.perf_counter() - began
        assert not hits
        return {"history": history, "overlap": few, "bytes": Path(folder, "ledger.db").stat().st_size}


def rows(count: int) -> Any:
    """A row an object, with its unique key, in one transaction."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(f"{folder}/rows.db")
        database.execute("CREATE TABLE sent (key BLOB PRIMARY KEY, attempt TEXT) WITHOUT ROWID")
        keys = [(blake2b(path(at).encode(), digest_size=16).digest(), f"set-{at // BATCH}") for at in range(count)]
        began = time.perf_counter()
        with database:
            database.executemany("INSERT INTO sent VALUES (?, ?)", keys)
        seconds = time.perf_counter() - began
        wanted = [key for key, _ in keys]
        began = time.perf_counter()
        sent = {row[0] for row in database.execute("SELECT key FROM sent")}
        assert not set(wanted) - sent
        return {"seconds": seconds, "difference": time.perf_counter() - began}


if __name__ == "__main__":
    work = {"record": record, "difference": difference, "find": find, "rows": rows}[sys.argv[1]]
    print(json.dumps(work(int(sys.argv[2]))))
