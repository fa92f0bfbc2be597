"""`apply --events FILE`: each event is appended and flushed as it happens. A file that fails stops nothing."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from jetplan.core.attempts import Kind
from jetplan.core.plan import BlockedDelivery
from jetplan.errors import ExitCode, JetplanError, UsageError
from jetplan.render.arrivals import arrived_files, sentence
from jetplan.render.events import (
    Event,
    EventData,
    event_line,
    of_blocked,
    of_end,
    of_result,
    of_settled,
    of_submission,
    of_waiting,
)
from jetplan.render.model import Amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import IO

    from jetplan.core.attempts import Attempt
    from jetplan.core.outcome import Result
    from jetplan.core.plan import Plan, SubmitBatch
    from jetplan.render.events import EventType


class EventLog:
    """Writes the events of one apply. Every method may be called from any thread, and none of them raises."""

    def __init__(
        self, file: IO[str], ledger_id: str, run_id: str, on_notice: Callable[[str], None], *, cut: bool = False
    ) -> None:
        """`run_id`: the run's, until one begins. `cut`: the file ends in the middle of a line."""
        self._file: IO[str] | None = file
        self._ledger_id = ledger_id
        self._run_id = run_id
        self._on_notice = on_notice
        self._before = "\n" if cut else ""
        self._lock = Lock()
        self._number = 0
        self._open = self._over = False

    def begin(self, plan: Plan, run_id: str) -> None:
        """The plan that a run is about to carry out: its size, then what is blocked and what waits.

        A run that was begun before is over.
        """
        if self._open:
            self._write("jetplan.run.ended", EventData(self._run_id))
        self._run_id, self._open = run_id, True
        submissions = plan.submissions()
        amounts = (Amount(len(each), each.known_bytes, each.unknown_sizes) for each in submissions)
        amount = sum(amounts, start=Amount())
        self._write("jetplan.run.started", EventData(self._run_id, amount=amount, deliveries=len(submissions)))
        for blocked in plan.blocked():
            if isinstance(blocked, BlockedDelivery):
                self._write("jetplan.set.blocked", of_blocked(blocked, self._run_id))
        for waiting in plan.waiting():
            self._write("jetplan.set.waiting", of_waiting(waiting, self._run_id))

    def submitted(self, step: SubmitBatch, attempt_id: str) -> None:
        """A delivery is about to be sent."""
        self._write("jetplan.delivery.submitted", of_submission(step, attempt_id, self._run_id))

    def result(self, result: Result) -> None:
        """A step has ended."""
        self._write(*of_result(result, self._run_id))

    def settled(self, attempts: Sequence[Attempt]) -> None:
        """Deliveries of earlier runs that were in doubt, and that the server shows."""
        for each in attempts:
            if each.subject.kind is Kind.DELIVERY:
                self._write(*of_settled(each, _arrived(each), self._run_id))

    def arrived(self, attempt: Attempt) -> None:
        """A delivery that was waited for has ended."""
        self._write(*of_end(attempt, _arrived(attempt), self._run_id))

    def end(self, code: ExitCode, message: str = "") -> None:
        """The apply is over. Only the first call counts."""
        if not self._over:
            self._over = True
            self._write("jetplan.run.ended", EventData(self._run_id, message=message, exit_code=int(code)))

    def _write(self, kind: EventType, data: EventData) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._lock:
            if self._file is None:
                return
            self._number += 1
            event = Event(
                specversion="1.0",
                id=f"{self._run_id}-{self._number}",
                source=f"urn:jetplan:ledger:{self._ledger_id}:run:{self._run_id}",
                type=kind,
                time=now,
                datacontenttype="application/json",
                data=data,
                subject=data.set or data.job,
            )
            try:
                self._file.write(self._before + event_line(event))
                self._before = ""
                self._file.flush()
            except (OSError, ValueError) as error:
                self._file = None
                why = error.strerror if isinstance(error, OSError) else "it was closed"
                self._on_notice(f"Events are not written any more: {why}. The run goes on.")


@contextmanager
def event_log(
    path: Path | None, ledger_id: str, run_id: str, on_notice: Callable[[str], None]
) -> Iterator[EventLog | None]:
    """The log at a path, appended to; None where none is wanted. Raises UsageError where it cannot be opened.

    Whatever ends the block is told as the end of the apply.
    """
    if path is None:
        yield None
        return
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"events cannot be written to {path}: {error.strerror}", hint="name a file in a folder that is there"
        ) from error
    log = EventLog(file, ledger_id, run_id, on_notice, cut=_is_cut(path))
    try:
        yield log
    except JetplanError as error:
        log.end(error.exit_code, error.message)
        raise
    except KeyboardInterrupt:
        log.end(ExitCode.INTERRUPTED)
        raise
    finally:
        _close(file)


def _is_cut(path: Path) -> bool:
    """Whether a file ends in the middle of a line: a run before was killed, or its disk was full."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:  # it is empty, or may be written only
        return False


def _arrived(attempt: Attempt) -> str:
    """How much of a delivery arrived, and the first files that did not; empty where that is not known."""
    arrived = arrived_files(attempt.arrival)
    return sentence(arrived) if arrived is not None else ""


def _close(file: IO[str]) -> None:
    try:
        file.close()
    except OSError:
        return  # what was not written has been told already
