"""Decides when a read is retried, and after how long. Writes are never retried here."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.api.servertime import http_date

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_WAIT = 60.0
PASSING = frozenset({408, 425, 429})
LASTING = frozenset({501, 505})
"""Statuses from 500 on that are final."""


def is_passing(status: int) -> bool:
    """Whether the same request may get another answer later."""
    return status in PASSING or (status >= 500 and status not in LASTING)


def wait_asked_for(value: str | None, date: str | None = None) -> float | None:
    """Seconds a Retry-After header asks for, between 0 and 60; None where it says nothing that can be read.

    `date` is the Date header of the same answer, so that the server's clock and not ours is compared.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until = http_date(value)
        if until is None:
            return None
        now = http_date(date)
        seconds = until - (time.time() if now is None else now)
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)


@dataclass(slots=True)
class Tries:
    """The tries of one read: a bounded number, within a bounded time, further and further apart.

    The wait is drawn between nothing and the bound ("full jitter"), so that many runs do not come back at once.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    budget: float
    most: int = 5
    first: float = 0.5
    longest: float = 8.0
    _made: int = 0
    _ends_at: float = math.inf

    def start(self) -> float:
        """Begin a try. Seconds that are left for it."""
        if not self._made:
            self._ends_at = self.clock() + self.budget
        self._made += 1
        return max(self._ends_at - self.clock(), 0.0)

    def again(self, asked: float | None) -> bool:
        """Wait as long as is due and answer True, or answer False if this was the last try."""
        bound = min(self.longest, self.first * 2 ** (self._made - 1))
        pause = self.random() * bound if asked is None else asked
        if self._made >= self.most or self.clock() + pause >= self._ends_at:
            return False
        self.sleep(pause)
        return True

    @property
    def made(self) -> int:
        """How many tries there were."""
        return self._made
