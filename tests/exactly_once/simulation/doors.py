"""A process's way to the ledger: every call of it may be the last thing that the process does, or may fail.

The ledger behind it is the real one; the door decides only when a call is made and whether its answer comes back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jetplan.errors import JetplanError
from jetplan.ledger.address import in_memory
from jetplan.ledger.records import CommitUnknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.ledger.store import Ledger
    from simulation.scheduler import Process, Scheduler

_READS = frozenset(
    {
        "scope_of", "scopes", "run", "run_is_live", "subjects", "version_of", "attempts", "unfinished", "attempt",
        "history", "listing", "find_objects", "find_elsewhere", "destinations_elsewhere", "scope_name",
        "jobs_named", "has_concurrent_runs", "find_twins", "profiles", "renames_of", "arrivals", "lacking",
    }
)  # fmt: skip
_BEGINNING = datetime(2031, 5, 1, 12, tzinfo=UTC)


class Shared:
    """The one ledger of a schedule, on the clock of whoever uses it."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.machines: dict[tuple[str, str], Process] = {}
        """Processes by host and name, as /proc would know them."""
        self.real: Ledger = in_memory(clock=self._clock, group=False, process_alive=self._alive)

    def _clock(self) -> datetime:
        task = self.scheduler.task
        skew = task.process.skew_at(self.scheduler.now) if task else 0.0
        return _BEGINNING + timedelta(seconds=self.scheduler.now + skew)

    def _alive(self, host: str, process: str) -> bool | None:
        task = self.scheduler.task
        if task is None or not host or task.process.host != host:
            return None
        known = self.machines.get((host, process))
        return known is not None and known.alive


class Door:
    """`Ledger`, for one process. `trouble`: how likely a write fails, or succeeds without a word."""

    def __init__(self, shared: Shared, trouble: float) -> None:
        self._shared = shared
        self._trouble = trouble
        self._made: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._shared.real, name)
        if not callable(call):
            return call
        made = self._reading(call) if name in _READS else self._writing(name, call)
        self.__dict__[name] = made
        return made

    def _reading(self, call: Callable[..., Any]) -> Callable[..., Any]:
        scheduler = self._shared.scheduler

        def read(*args: Any, **options: Any) -> Any:
            scheduler.step()
            return call(*args, **options)

        return read

    def _writing(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        scheduler = self._shared.scheduler

        def write(*args: Any, **options: Any) -> Any:
            scheduler.step()
            luck = 1.0 if scheduler.calm else scheduler.random.random()
            if luck < self._trouble:
                scheduler.log(f"ledger fails to {name}")
                raise JetplanError("the disk is full")
            if luck < self._trouble * 1.3:
                scheduler.log(f"ledger fails to {name}, and cannot say so")
                raise CommitUnknown("the commit got no answer")
            result = call(*args, **options)
            if scheduler.trace is not None:
                scheduler.log(f"ledger {name} {_told(args)} -> {_outcome(result)}")
            scheduler.step()
            if luck < self._trouble * 1.6:
                scheduler.log(f"ledger did {name}, and cannot say so")
                raise CommitUnknown("the commit got no answer")
            return result

        return write


def _told(args: tuple[Any, ...]) -> str:
    return " ".join(str(getattr(arg, "value", getattr(arg, "run_id", arg)))[:60] for arg in args[:4])


def _outcome(result: Any) -> str:
    return str(result)[:100]
