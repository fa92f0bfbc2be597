"""How many requests may be under way: fewer at once when the server says 429, more again while it accepts.

Additive increase, multiplicative decrease, as in TCP: the server's limit is found and followed without knowing it.
A few more than that may have their permission to send written down already, so that the wire never waits for the disk.
"""

from __future__ import annotations

import time
from threading import Condition, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PAUSE = 60.0
AHEAD = 4
"""One attempt may wait with its permission written down for each so many on the wire. Dying puts both in doubt."""
_GLANCE = 0.2
"""Seconds between looks at whether the run was stopped."""


class Throttle:
    """Two gates: `reserve` before the permission to send is written down, `acquire` before the request may leave.

    `release` gives both places back: when the answer is known, or when it is known that nothing will be sent.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(most)
        self._limit = float(most)
        self._reserved = 0
        self._in_flight = 0
        self._paused_until = 0.0
        self._clock = clock
        lock = Lock()
        self._room = Condition(lock)
        self._wire = Condition(lock)

    def reserve(self, stopped: Callable[[], bool]) -> bool:
        """Wait for a place. False, and no place taken, when the run is stopped meanwhile."""
        with self._room:
            while not stopped():
                pause = self._paused_until - self._clock()
                if pause <= 0 and self._reserved < self._room_for():
                    self._reserved += 1
                    return True
                self._room.wait(min(pause, _GLANCE) if pause > 0 else _GLANCE)
        return False

    def acquire(self, stopped: Callable[[], bool]) -> bool:
        """Wait for a place on the wire, with one reserved. False, and still reserved, when the run is stopped."""
        with self._wire:
            while not stopped():
                pause = self._paused_until - self._clock()
                if pause <= 0 and self._in_flight < max(1, int(self._limit)):
                    self._in_flight += 1
                    return True
                self._wire.wait(min(pause, _GLANCE) if pause > 0 else _GLANCE)
        return False

    def release(self, *, acquired: bool = True, refused: bool = False, retry_after: float | None = None) -> None:
        """Give the places back. `refused`: the server said 429, and for how many seconds if it did."""
        with self._room:
            before = self._room_for()
            self._reserved -= 1
            self._in_flight -= acquired
            if refused:
                now = self._clock()
                # Many requests under way are refused by the same overload: it counts once.
                if now >= self._paused_until:
                    self._limit = max(1.0, self._limit / 2)
                pause = min(retry_after if retry_after is not None else 0.25, LONGEST_PAUSE)
                self._paused_until = max(self._paused_until, now + pause)
            elif acquired:
                self._limit = min(self._most, self._limit + 1 / max(1.0, self._limit))
            # For the place given back, and those that the limit has grown by: waking more would be for nothing.
            places = 1 + max(0, self._room_for() - before)
            self._wire.notify(places)
            self._room.notify(places)

    def _room_for(self) -> int:
        limit = max(1, int(self._limit))
        return limit + limit // AHEAD
