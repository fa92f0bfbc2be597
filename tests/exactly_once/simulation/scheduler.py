"""Virtual time and tasks. One task runs at a time; which one is next follows from the times that the seed chose.

A task belongs to a process. A process may be killed at any step, or stalled: then none of its tasks moves.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_STEPS = 100_000
"""More steps than any schedule needs: one that takes more goes round in a circle."""


class Killed(BaseException):
    """Unwinds a task whose process is dead. Everything that could have an effect raises it again."""


@dataclass(eq=False)
class Process:
    """One process on one machine. `skew`: how many seconds its clock is ahead.

    `clock_steps`: moments at which somebody sets that clock, and how many seconds it is ahead from then on.
    """

    name: str
    host: str = ""
    skew: float = 0.0
    clock_steps: Sequence[tuple[float, float]] = ()
    alive: bool = True
    stalled_until: float = 0.0
    fragility: float = 0.0
    """The chance of being killed at one step."""
    sleepiness: float = 0.0
    """The chance of being stalled at one step."""
    tasks: list[Task] = field(default_factory=list)

    def skew_at(self, now: float) -> float:
        """How many seconds its clock is ahead at a moment."""
        return next((ahead for at, ahead in reversed(self.clock_steps) if at <= now), self.skew)


@dataclass(eq=False)
class Task:
    """A flow of control within a process. `waits` counts its waits, so that an old wake-up is known as such."""

    process: Process
    body: greenlet
    waits: int = 0
    done: bool = False
    attempt: str = ""
    """The attempt whose request it is sending, if any."""
    joiners: list[Task] = field(default_factory=list)


class Scheduler:
    """The only source of time and of order in a schedule."""

    current: Scheduler

    def __init__(self, seed: int, *, trace: bool = False) -> None:
        self.random = random.Random(seed)
        self.now = 0.0
        self.steps = 0
        self.trace: list[str] | None = [] if trace else None
        self.calm = False
        """No more deaths and stalls."""
        self._queue: list[tuple[float, int, Task, int]] = []
        self._dead: list[Task] = []
        self._count = 0
        self._hub = getcurrent()
        self.task: Task | None = None
        Scheduler.current = self

    @property
    def process(self) -> Process:
        """The process whose step this is."""
        assert self.task is not None
        return self.task.process

    def log(self, what: str) -> None:
        """Note what happens, where somebody wants to read it."""
        if self.trace is not None:
            name = self.task.process.name if self.task else "-"
            self.trace.append(f"{self.now:14.3f} {name:8} {what}")

    def spawn(self, process: Process, body: Callable[[], Any], delay: float = 0.0) -> Task:
        """Begin a task after a delay."""
        task: Task = Task(process, greenlet(lambda: self._live(task, body), parent=self._hub))
        process.tasks.append(task)
        self.wake(task, delay)
        return task

    def wake(self, task: Task, delay: float = 0.0) -> None:
        """Let a waiting task go on, after a delay."""
        self._count += 1
        heappush(self._queue, (self.now + delay, self._count, task, task.waits))

    def sleep(self, seconds: float) -> None:
        """Let so much time pass for the task that runs."""
        task = self.task
        assert task is not None
        if not task.process.alive:
            raise Killed
        self.wake(task, seconds)
        self.wait()

    def wait(self) -> None:
        """Wait until woken."""
        task = self.task
        assert task is not None
        self._hub.switch()
        if not task.process.alive:
            raise Killed

    def step(self, longest: float = 0.02) -> None:
        """A place where anything may come between, and where the process may die or be stalled."""
        process = self.process
        if not process.alive:
            raise Killed
        if not self.calm:
            chance = self.random.random()
            if chance < process.fragility:
                self.log("is killed")
                self.kill(process)
                raise Killed
            if process.fragility <= chance < process.fragility + process.sleepiness:
                self.stall()
        self.sleep(self.random.random() * longest)

    def stall(self, lengths: Sequence[float] = (1.0, 12.0, 40.0, 4000.0)) -> None:
        """Let no task of this process move for a while: its machine sleeps, swaps, or is moved."""
        seconds = self.random.choice(lengths)
        self.log(f"is stalled for {seconds:.0f} s")
        self.process.stalled_until = self.now + seconds

    def kill(self, process: Process) -> None:
        """End a process as SIGKILL does: none of its tasks has a step left."""
        process.alive = False
        self._dead += process.tasks

    def run(self, until: float = float("inf")) -> None:
        """Let everything happen, up to a moment."""
        queue = self._queue
        while queue and queue[0][0] <= until:
            at, _, task, waits = heappop(queue)
            if task.waits != waits or task.done or not task.process.alive:
                continue
            if task.process.stalled_until > at:
                self._count += 1
                heappush(queue, (task.process.stalled_until, self._count, task, waits))
                continue
            self.now = max(self.now, at)
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise AssertionError("the schedule does not come to an end")
            task.waits += 1
            self.task = task
            task.body.switch()
            if self._dead:
                self._bury()
            self.task = None
        if until != float("inf"):
            self.now = max(self.now, until)

    def _bury(self) -> None:
        """Unwind what the dead were doing, so that nothing of it is left; no effect of theirs is carried out."""
        dead, self._dead = self._dead, []
        for task in dead:
            if task.body:
                self.task = task
                task.body.throw(Killed)

    def _live(self, task: Task, body: Callable[[], Any]) -> None:
        try:
            if task.process.alive:
                body()
        except Killed:
            pass
        finally:
            task.done = True
            for joiner in task.joiners:
                self.wake(joiner)
