"""The server's clock, learnt from the Date header of its answers. The clock of this machine may be wrong by a day."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class ServerTime:
    """What the server's clock says. Exact to a second or two, which is what Date headers give."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ahead: float | None = None
        self._date: str | None = None

    def learn(self, date: str | None) -> None:
        """Note a Date header; one that cannot be read is passed over."""
        if date == self._date:
            return  # the same second, or no header: nothing to learn
        self._date = date
        seconds = http_date(date)
        if seconds is not None:
            self._ahead = seconds - self._clock()

    def now(self) -> float | None:
        """Epoch seconds on the server's clock, or None before its first answer."""
        return None if self._ahead is None else self._clock() + self._ahead


def http_date(text: str | None) -> float | None:
    """Epoch seconds of an HTTP date, or None where it is none."""
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
