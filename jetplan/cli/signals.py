"""SIGINT and SIGTERM while something irreversible runs: stop new work, let requests under way finish."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from jetplan.apply import Stop


@contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """Turn signals into a stop for as long as the block lasts. CI sends SIGINT, then SIGTERM: both mean the same."""

    def note(number: int, _frame: FrameType | None) -> None:
        stop.by_signal(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
