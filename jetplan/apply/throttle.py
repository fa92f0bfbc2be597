"""How many requests may be under way: fewer at once when the server says 429, more again while it accepts.

Additive increase, multiplicative decrease, as in TCP: the server's limit is found and followed without knowing it.
"""

from __future__ import annotations

import time
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PAUSE = 60.0


class Throttle:
    """A gate before each request. `enter` before it may leave, `leave` when its answer is known."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(most)
        self._limit = float(most)
        self._busy = 0
        self._paused_until = 0.0
        self._clock = clock
        self._changed = Condition()

    def enter(self, stopped: Callable[[], bool]) -> bool:
        """Wait for a place. False, and no place taken, when the run is stopped meanwhile."""
        with self._changed:
            while not stopped():
                pause = self._paused_until - self._clock()
                if pause <= 0 and self._busy < max(1, int(self._limit)):
                    self._busy += 1
                    return True
                self._changed.wait(min(pause, 0.2) if pause > 0 else 0.2)
        return False

    def leave(self, *, refused: bool = False, retry_after: float | None = None) -> None:
        """Give the place back. `refused`: the server said 429, and for how many seconds if it did."""
        with self._changed:
            self._busy -= 1
            if refused:
                now = self._clock()
                # Many requests under way are refused by the same overload: it counts once.
                if now >= self._paused_until:
                    self._limit = max(1.0, self._limit / 2)
                pause = min(retry_after if retry_after is not None else 0.25, LONGEST_PAUSE)
                self._paused_until = max(self._paused_until, now + pause)
            else:
                self._limit = min(self._most, self._limit + 1 / max(1.0, self._limit))
            self._changed.notify(2)  # the place given back, and the one more that the limit may have grown by
