"""`apply --events FILE`: each event is appended and flushed as it happens. A file that fails stops nothing."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from jetplan.core.plan import BlockedDelivery
from jetplan.errors import UsageError
from jetplan.render.events import Event, EventData, event_line, of_blocked, of_end, of_result, of_waiting
from jetplan.render.model import Amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from jetplan.core.attempts import Attempt
    from jetplan.core.outcome import Result
    from jetplan.core.plan import Plan
    from jetplan.errors import ExitCode
    from jetplan.render.events import EventType


class EventLog:
    """Writes the events of one apply. Every method may be called from any thread, and none of them raises."""

    def __init__(self, file: IO[str], ledger_id: str, on_notice: Callable[[str], None]) -> None:
        self._file: IO[str] | None = file
        self._source = f"urn:jetplan:ledger:{ledger_id}"
        self._run_id = ""
        self._on_notice = on_notice
        self._lock = Lock()
        self._number = 0

    def begin(self, plan: Plan, run_id: str) -> None:
        """The plan that a run is about to carry out: its size, then what is blocked and what waits."""
        self._run_id = run_id
        submissions = plan.submissions()
        amounts = (Amount(len(each), each.known_bytes, each.unknown_sizes) for each in submissions)
        amount = sum(amounts, start=Amount())
        self._write("jetplan.run.started", EventData(self._run_id, amount=amount, deliveries=len(submissions)))
        for blocked in plan.blocked():
            if isinstance(blocked, BlockedDelivery):
                self._write("jetplan.set.blocked", of_blocked(blocked, self._run_id))
        for waiting in plan.waiting():
            self._write("jetplan.set.waiting", of_waiting(waiting, self._run_id))

    def result(self, result: Result) -> None:
        """A step has ended."""
        self._write(*of_result(result, self._run_id))

    def arrived(self, attempt: Attempt, message: str = "") -> None:
        """A delivery that was waited for has ended."""
        self._write(*of_end(attempt, message, self._run_id))

    def end(self, code: ExitCode) -> None:
        """The run is over."""
        self._write("jetplan.run.ended", EventData(self._run_id, exit_code=int(code)))

    def _write(self, kind: EventType, data: EventData) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._lock:
            if self._file is None:
                return
            self._number += 1
            event = Event(
                specversion="1.0",
                id=f"{self._run_id}-{self._number}",
                source=self._source,
                type=kind,
                time=now,
                datacontenttype="application/json",
                data=data,
                subject=data.set or data.job,
            )
            try:
                self._file.write(event_line(event))
                self._file.flush()
            except (OSError, ValueError) as error:
                self._file = None
                why = error.strerror if isinstance(error, OSError) else "it was closed"
                self._on_notice(f"Events are not written any more: {why}. The run goes on.")


@contextmanager
def event_log(path: Path | None, ledger_id: str, on_notice: Callable[[str], None]) -> Iterator[EventLog | None]:
    """The log at a path, appended to; None where none is wanted. Raises UsageError where it cannot be opened."""
    if path is None:
        yield None
        return
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"events cannot be written to {path}: {error.strerror}", hint="name a file in a folder that is there"
        ) from error
    try:
        yield EventLog(file, ledger_id, on_notice)
    finally:
        _close(file)


def _close(file: IO[str]) -> None:
    try:
        file.close()
    except OSError:
        return  # what was not written has been told already
