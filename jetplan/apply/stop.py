"""How a run is told to stop: by a signal, or because nothing more can succeed. Sent requests may finish."""

from __future__ import annotations

from threading import Event, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jetplan.errors import JetplanError


class Stop:
    """Set once. Waiting on it is how everything in a run sleeps, so that a stop ends every sleep."""

    def __init__(self) -> None:
        self._event = Event()
        self._lock = Lock()
        self.signal: int | None = None
        """The signal that asked for it, if one did."""
        self.error: JetplanError | None = None
        """The error that makes it pointless to go on, for instance refused credentials."""

    def by_signal(self, number: int) -> None:
        """Stop because of a signal. Takes no lock: it runs inside a signal handler."""
        if self.signal is None:
            self.signal = number
        self._event.set()

    def by_error(self, error: JetplanError) -> None:
        """Stop because nothing more can succeed; the first error is kept."""
        with self._lock:
            self.error = self.error or error
        self._event.set()

    @property
    def reason(self) -> str:
        """Why the rest was not begun, in a few words."""
        return self.error.message if self.error is not None else "interrupted"

    def __bool__(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep unless and until stopped. True: go on; False: stop."""
        return not self._event.wait(seconds)
