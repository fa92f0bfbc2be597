"""The gate before each request."""

from __future__ import annotations

from threading import Barrier, Thread

from jetplan.apply.throttle import Throttle


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def places(throttle: Throttle) -> int:
    """How many requests may enter now, without waiting; the places are given back."""
    asked = iter([False])
    taken = 0
    while throttle.enter(lambda asked=asked: next(asked, True)):  # type: ignore[misc]  # stops at the first wait
        taken += 1
        asked = iter([False])
    for _ in range(taken):
        throttle._busy -= 1
    return taken


def test_a_refusal_halves_what_may_be_under_way_and_pauses_everybody() -> None:
    """One overload counts once, however many requests it refuses at the same moment."""
    clock = Clock()
    throttle = Throttle(8, clock)
    for _ in range(8):
        assert throttle.enter(lambda: False)
    for _ in range(8):
        throttle.leave(refused=True, retry_after=5.0)
    assert places(throttle) == 0
    clock.now = 5.1
    assert places(throttle) == 4


def test_acceptance_wins_the_places_back_one_by_one() -> None:
    """After the overload the full number is reached again, and never exceeded."""
    clock = Clock()
    throttle = Throttle(4, clock)
    assert throttle.enter(lambda: False)
    throttle.leave(refused=True, retry_after=0.0)
    seen = set()
    for _ in range(40):
        clock.now += 1
        assert throttle.enter(lambda: False)
        throttle.leave()
        seen.add(places(throttle))
    assert places(throttle) == 4
    assert seen <= {2, 3, 4}


def test_no_more_than_the_limit_are_under_way_at_once() -> None:
    """Sixteen threads, three places."""
    throttle = Throttle(3)
    start = Barrier(16)
    most: list[int] = []

    def work() -> None:
        start.wait()
        for _ in range(50):
            assert throttle.enter(lambda: False)
            most.append(throttle._busy)
            throttle.leave()

    threads = [Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 800
    assert max(most) <= 3


def test_a_stopped_run_gets_no_place() -> None:
    """Nothing is begun after a signal."""
    assert not Throttle(3).enter(lambda: True)
