"""A run in the ledger, and the heartbeat that keeps its lease while it works."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.core.attempts import RunInfo
    from jetplan.ledger.store import Ledger


@contextmanager
def leased_run(ledger: Ledger, run: RunInfo, lease_seconds: float) -> Iterator[None]:
    """A run whose lease is kept by a heartbeat for as long as the block lasts."""
    ledger.begin_run(run, lease_seconds)
    over = Event()

    def beat() -> None:
        while not over.wait(lease_seconds / 4):
            with suppress(JetplanError):
                ledger.heartbeat(run.run_id)

    thread = Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with suppress(JetplanError):
            ledger.end_run(run.run_id, "ended")
