"""The queue that a run's threads take their work from: the latest first, so that what is begun is finished first."""

from __future__ import annotations

from collections import deque
from threading import Condition, Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Task = "Callable[[], Iterable[Task]]"
"""A piece of work; it returns the pieces that follow from it, in the order in which they are to be begun."""


class Work:
    """Runs tasks on a fixed number of threads until none is left. Tasks never wait for each other."""

    def __init__(self, tasks: Iterable[Callable[[], Iterable[object]]], threads: int) -> None:
        self._waiting = deque(tasks)
        self._running = 0
        self._failure: BaseException | None = None
        lock = Lock()
        self._more = Condition(lock)
        self._over = Condition(lock)
        count = max(1, min(threads, 256))
        self._threads = [Thread(target=self._take, name=f"apply-{number}", daemon=True) for number in range(count)]

    def run(self, wake: Callable[[], float | None]) -> bool:
        """Run to the end. `wake` is asked now and then for the seconds left to wait (None: no limit).

        Returns False when the time ran out with tasks still running. Raises what a task raised.
        """
        for thread in self._threads:
            thread.start()
        with self._over:
            while self._waiting or self._running:
                left = wake()
                if left is not None and left <= 0:
                    return False
                self._over.wait(0.2)
            self._more.notify_all()
        if self._failure is not None:
            raise self._failure
        return True

    def _take(self) -> None:
        while True:
            with self._more:
                while not self._waiting:
                    if not self._running:
                        return
                    self._more.wait()
                task = self._waiting.popleft()
                self._running += 1
            follow: list[Callable[[], Iterable[object]]] = []
            try:
                follow = list(task())  # type: ignore[arg-type]  # tasks are recursive in type
            except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
                self._failure = self._failure or error
            finally:
                with self._more:
                    self._waiting.extendleft(reversed(follow))
                    self._running -= 1
                    self._tell(len(follow))

    def _tell(self, more: int) -> None:
        """Wake as many threads as there is new work for, and no other: waking all would cost more than the work."""
        if self._waiting:
            self._more.notify(more)
        elif not self._running:
            self._more.notify_all()
            self._over.notify_all()
