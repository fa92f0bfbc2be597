"""The time that a sandbox lives in: the machine's, or one that stands still until somebody moves it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

FARTHEST = 100 * 365 * 86400.0
"""Seconds that a clock may be moved at once."""


class ClockError(Exception):
    """The clock cannot be moved as asked; the text says why."""


class Clock:
    """Epoch seconds, when called. `virtual`: it stands still at the machine's time of its making."""

    def __init__(self, *, virtual: bool = False) -> None:
        self.virtual = virtual
        self._now = time.time()
        self._lock = threading.Lock()

    def __call__(self) -> float:
        if not self.virtual:
            return time.time()
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move it forward, never back: what a Jet has recorded lies in its past. Raises ClockError."""
        if not self.virtual:
            raise ClockError("this sandbox lives in the machine's time: start it with --clock virtual")
        if not 0 <= seconds <= FARTHEST:  # which no NaN is
            raise ClockError("a clock goes forward, and by a hundred years at most")
        with self._lock:
            self._now += seconds

    def move_to(self, moment: str) -> None:
        """Move it forward to a moment (ISO 8601; without a zone: UTC). Raises ClockError."""
        try:
            then = datetime.fromisoformat(moment)
        except ValueError:
            raise ClockError(f"{moment!r} is no time: write 2031-05-02T20:00:00Z") from None
        self.advance((then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp() - self())
