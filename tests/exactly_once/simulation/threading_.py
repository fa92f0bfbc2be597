"""The standard library's threads, locks and clocks as far as jetplan uses them, on the scheduler's time.

Nothing of jetplan is replaced but the names it imports these by: what is simulated is the machine, not the program.
"""

from __future__ import annotations

import concurrent.futures
import importlib
import pkgutil
import sys
import threading
import time as real_time
import uuid as real_uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import pytest

from jetplan.apply.driver import ProtocolDriver
from jetplan.apply.throttle import Throttle
from simulation.scheduler import Killed, Scheduler, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def _here() -> tuple[Scheduler, Task]:
    scheduler = Scheduler.current
    assert scheduler.task is not None
    if not scheduler.task.process.alive:
        raise Killed
    return scheduler, scheduler.task


class Thread:
    """`threading.Thread`."""

    def __init__(
        self, target: Callable[..., Any], name: str = "", daemon: bool = False, args: Iterable[Any] = ()
    ) -> None:
        self._run = lambda: target(*args)
        self._task: Task | None = None

    def start(self) -> None:
        scheduler, here = _here()
        self._task = scheduler.spawn(here.process, self._run)

    def join(self, timeout: float | None = None) -> None:
        scheduler, here = _here()
        assert self._task is not None
        while not self._task.done:
            self._task.joiners.append(here)
            scheduler.wait()


class Lock:
    """`threading.Lock`."""

    def __init__(self) -> None:
        self._held = False
        self._waiting: list[Task] = []

    def __enter__(self) -> bool:
        scheduler, here = _here()
        while self._held:
            self._waiting.append(here)
            scheduler.wait()
        self._held = True
        return True

    def __exit__(self, *_: object) -> None:
        self._held = False
        for task in self._waiting:
            Scheduler.current.wake(task)
        self._waiting = []


class Condition:
    """`threading.Condition`, with a lock of its own or one that it shares."""

    def __init__(self, lock: Lock | None = None) -> None:
        self._lock = lock or Lock()
        self._sleeping: list[Task] = []

    def __enter__(self) -> bool:
        return self._lock.__enter__()

    def __exit__(self, *_: object) -> None:
        self._lock.__exit__()

    def wait(self, timeout: float | None = None) -> bool:
        scheduler, here = _here()
        self._lock.__exit__()
        self._sleeping.append(here)
        if timeout is not None:
            scheduler.wake(here, timeout)
        scheduler.wait()
        woken = here not in self._sleeping
        if not woken:
            self._sleeping.remove(here)
        self._lock.__enter__()
        return woken

    def notify(self, n: int = 1) -> None:
        for task in self._sleeping[:n]:
            Scheduler.current.wake(task)
        del self._sleeping[:n]

    def notify_all(self) -> None:
        self.notify(len(self._sleeping))


class Event:
    """`threading.Event`."""

    def __init__(self) -> None:
        self._flag = False
        self._waiting: list[Task] = []

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        self._flag = True
        for task in self._waiting:
            Scheduler.current.wake(task)
        self._waiting = []

    def wait(self, timeout: float | None = None) -> bool:
        scheduler, here = _here()
        if not self._flag:
            self._waiting.append(here)
            if timeout is not None:
                scheduler.wake(here, timeout)
            scheduler.wait()
        return self._flag


class _Future:
    def __init__(self, run: Callable[[], Any]) -> None:
        self._run = run
        self._value: Any = None
        self._error: Exception | None = None
        self._thread = Thread(self._work)
        self._thread.start()

    def _work(self) -> None:
        try:
            self._value = self._run()
        except Exception as error:  # noqa: BLE001 - handed to whoever asks for the result
            self._error = error

    def result(self) -> Any:
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._value


class ThreadPoolExecutor:
    """`concurrent.futures.ThreadPoolExecutor`, with as many threads as there is work."""

    def __init__(self, max_workers: int) -> None:
        self._futures: list[_Future] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for future in self._futures:
            future._thread.join()

    def submit(self, work: Callable[..., Any], *args: Any) -> _Future:
        self._futures.append(_Future(lambda: work(*args)))
        return self._futures[-1]

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return [future.result() for future in [self.submit(work, item) for item in items]]


class time:  # noqa: N801 - it stands for the module of this name
    """The module `time`."""

    @staticmethod
    def monotonic() -> float:
        return Scheduler.current.now

    @staticmethod
    def sleep(seconds: float) -> None:
        Scheduler.current.sleep(seconds)


class uuid:  # noqa: N801 - it stands for the module of this name
    """The module `uuid`, from the seed."""

    @staticmethod
    def uuid4() -> Any:
        class Drawn:
            hex = f"{Scheduler.current.random.getrandbits(128):032x}"

        return Drawn


class secrets:  # noqa: N801 - it stands for the module of this name
    """The module `secrets`, from the seed."""

    @staticmethod
    def token_hex(length: int) -> str:
        return f"{Scheduler.current.random.getrandbits(8 * length):0{2 * length}x}"


_REPLACED: dict[object, Any] = {
    threading.Thread: Thread,
    threading.Lock: Lock,
    threading.Condition: Condition,
    threading.Event: Event,
    concurrent.futures.ThreadPoolExecutor: ThreadPoolExecutor,
    real_time: time,
    real_uuid: uuid,
}
_PROGRAM = ("jetplan.apply", "jetplan.observe", "jetplan.app")
"""What runs on the simulated machine. The ledger needs none of it: each of its calls is one step."""


@contextmanager
def machine() -> Iterator[pytest.MonkeyPatch]:
    """Jetplan on the simulated machine for as long as the block lasts."""
    for package in _PROGRAM[:2]:
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__):
            importlib.import_module(f"{package}.{found.name}")
    with pytest.MonkeyPatch.context() as patch:
        for module in [sys.modules[name] for name in sorted(sys.modules) if name.startswith(_PROGRAM)]:
            for name, value in list(vars(module).items()):
                if value.__hash__ is not None and value in _REPLACED:
                    patch.setattr(module, name, _REPLACED[value])
        patch.setattr("jetplan.ledger.scopes.secrets", secrets)
        patch.setitem(ProtocolDriver.__init__.__kwdefaults__ or {}, "clock", time.monotonic)
        patch.setattr(Throttle.__init__, "__defaults__", (time.monotonic,))
        yield patch
