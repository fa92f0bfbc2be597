"""The gate before each request."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING

from jetplan.apply.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def no_wait() -> Callable[[], bool]:
    """Asked whether the run is stopped: no the first time, yes from then on, so that nothing waits."""
    asked = iter([False])
    return lambda: next(asked, True)


def places(throttle: Throttle) -> int:
    """How many requests may leave now, without waiting; the places are given back."""
    taken = 0
    while throttle.reserve(no_wait()):
        if not throttle.acquire(no_wait()):
            throttle._reserved -= 1
            break
        taken += 1
    throttle._reserved -= taken
    throttle._in_flight -= taken
    return taken


def leave_for_the_wire(throttle: Throttle) -> None:
    """Pass both gates."""
    assert throttle.reserve(lambda: False)
    assert throttle.acquire(lambda: False)


def test_a_refusal_halves_what_may_be_under_way_and_pauses_everybody() -> None:
    """One overload counts once, however many requests it refuses at the same moment."""
    clock = Clock()
    throttle = Throttle(8, clock)
    for _ in range(8):
        leave_for_the_wire(throttle)
    for _ in range(8):
        throttle.release(refused=True, retry_after=5.0)
    assert places(throttle) == 0
    clock.now = 5.1
    assert places(throttle) == 4


def test_acceptance_wins_the_places_back_one_by_one() -> None:
    """After the overload the full number is reached again, and never exceeded."""
    clock = Clock()
    throttle = Throttle(4, clock)
    leave_for_the_wire(throttle)
    throttle.release(refused=True, retry_after=0.0)
    seen = set()
    for _ in range(40):
        clock.now += 1
        leave_for_the_wire(throttle)
        throttle.release()
        seen.add(places(throttle))
    assert places(throttle) == 4
    assert seen <= {2, 3, 4}


def test_no_more_than_the_limit_are_under_way_at_once() -> None:
    """Sixteen threads, eight places: two more may be reserved, and none of these is on the wire."""
    throttle = Throttle(8)
    start = Barrier(16)
    most: list[tuple[int, int]] = []

    def work() -> None:
        start.wait()
        for _ in range(50):
            leave_for_the_wire(throttle)
            most.append((throttle._in_flight, throttle._reserved))
            throttle.release()

    threads = [Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 800
    assert max(in_flight for in_flight, _ in most) <= 8
    assert max(reserved for _, reserved in most) <= 10


def test_a_reserved_place_that_is_never_used_is_given_back() -> None:
    """A request that was held back at the second gate counts neither as refused nor as accepted."""
    throttle = Throttle(1, Clock())
    assert throttle.reserve(lambda: False)
    assert not throttle.acquire(lambda: True)
    throttle.release(acquired=False)
    assert places(throttle) == 1


def test_a_stopped_run_gets_no_place() -> None:
    """Nothing is begun after a signal."""
    assert not Throttle(3).reserve(lambda: True)
