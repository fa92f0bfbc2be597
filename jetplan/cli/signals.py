"""SIGINT, SIGTERM and SIGHUP while something irreversible runs: stop new work, let requests under way finish."""

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
    """Turn signals into a stop for as long as the block lasts. All of them mean the same.

    CI sends SIGINT, then SIGTERM. A terminal that is closed sends SIGHUP.
    """

    def note(number: int, _frame: FrameType | None) -> None:
        stop.by_signal(number)

    before = {number: signal.signal(number, note) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heeded() -> Iterator[int]:
    yield from (signal.SIGINT, signal.SIGTERM)
    # Windows has no SIGHUP. `nohup` starts a process that ignores it, which then goes on to its end.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        yield signal.SIGHUP
