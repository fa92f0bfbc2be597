"""The queue that a run's threads take from."""

from __future__ import annotations

from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING

import pytest

from jetplan.apply.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def test_every_task_and_all_that_follow_from_it_run_once() -> None:
    """Tasks may bring forth tasks; the run ends when none is left."""
    lock, ran = Lock(), []

    def task(depth: int, name: str) -> Iterable[Callable[[], Iterable[object]]]:
        with lock:
            ran.append(name)
        return [partial(task, depth - 1, f"{name}.{child}") for child in range(3)] if depth else []

    assert Work([partial(task, 3, str(number)) for number in range(5)], 8).run(lambda: None)
    assert len(ran) == len(set(ran)) == 5 * (1 + 3 + 9 + 27)


def test_what_is_begun_is_finished_before_the_next_is_begun() -> None:
    """One thread: a set's batches come before the next set is claimed."""
    order: list[str] = []

    def claim(name: str) -> Iterable[Callable[[], Iterable[object]]]:
        order.append(f"claim {name}")
        return [partial(send, name, number) for number in (1, 2)]

    def send(name: str, number: int) -> Iterable[object]:
        order.append(f"send {name}{number}")
        return []

    Work([partial(claim, "a"), partial(claim, "b")], 1).run(lambda: None)
    assert order == ["claim a", "send a1", "send a2", "claim b", "send b1", "send b2"]


def test_a_failing_task_is_raised_after_the_others_have_run() -> None:
    """One failure stops no neighbour and is not swallowed."""
    ran: list[int] = []

    def task(number: int) -> Iterable[object]:
        if number == 0:
            raise ValueError("broken")
        ran.append(number)
        return []

    with pytest.raises(ValueError, match="broken"):
        Work([partial(task, number) for number in range(10)], 2).run(lambda: None)
    assert sorted(ran) == list(range(1, 10))


def test_time_that_ran_out_leaves_running_tasks_behind() -> None:
    """After a signal's grace the run goes on to record where things stand."""
    release = Event()

    def hang() -> Iterable[object]:
        release.wait(30)
        return []

    assert Work([hang], 1).run(lambda: 0.0) is False
    release.set()
