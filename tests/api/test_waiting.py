"""When a read is tried again, and how long is waited: with a clock and a die of the test's own."""

from __future__ import annotations

import math

import pytest

from jetplan.api.retries import Tries, is_passing, wait_asked_for
from jetplan.api.servertime import ServerTime, http_date

MONDAY = "Mon, 23 Nov 2026 10:00:00 GMT"
NOON = 1795428000.0
"""The same in epoch seconds."""


def test_statuses_that_pass() -> None:
    """A refusal stays a refusal, and what the server does not do at all it will not do later."""
    passing = {status for status in range(100, 600) if is_passing(status)}
    assert passing == {408, 425, 429, *range(500, 600)} - {501, 505}


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("7", None, 7.0),
        ("0.5", None, 0.5),
        ("0", None, 0.0),
        ("-3", None, 0.0),
        ("60", None, 60.0),
        ("61", None, 60.0),
        ("inf", None, 60.0),
        ("nan", None, None),
        ("soon", None, None),
        ("Mon, 23 Nov 2026 10:00:09 GMT", MONDAY, 9.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", MONDAY, 0.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", MONDAY, 60.0),
        ("Mon, 01 Jan 2001 10:00:00 GMT", None, 0.0),
        ("Mon, 01 Jan 2091 10:00:00 GMT", "yesterday", 60.0),
    ],
)
def test_the_wait_that_is_asked_for(value: str | None, date: str | None, seconds: float | None) -> None:
    """In seconds, or until a date on the server's own clock; never more than a minute."""
    assert wait_asked_for(value, date) == seconds


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def tries(clock: Clock, random: float = 1.0, budget: float = 100.0) -> Tries:
    """The tries of one read."""
    return Tries(clock, clock.sleep, lambda: random, budget)


def test_waits_double_up_to_their_bound() -> None:
    """Five tries, with four waits between them, drawn between nothing and the bound."""
    for random in (1.0, 0.5, 0.0):
        clock = Clock()
        trying = tries(clock, random)
        trying.start()
        while trying.again(None):
            trying.start()
        assert clock.slept == [random * bound for bound in (0.5, 1, 2, 4)]
        assert trying.made == 5
    clock = Clock()
    trying = Tries(clock, clock.sleep, lambda: 1.0, 1000.0, most=7)
    trying.start()
    while trying.again(None):
        trying.start()
    assert clock.slept == [0.5, 1, 2, 4, 8, 8]


def test_what_the_server_asks_for_is_waited() -> None:
    """Whatever would have been drawn."""
    clock = Clock()
    trying = tries(clock)
    trying.start()
    assert trying.again(7.0)
    assert clock.slept == [7.0]


def test_no_try_is_begun_that_could_not_end_in_time() -> None:
    """The time for all tries together runs from the first. What is left of it is said to each."""
    clock = Clock()
    trying = tries(clock, budget=10.0)
    assert trying.start() == 10.0
    assert trying.again(4.0)
    assert trying.start() == 6.0
    assert not trying.again(6.0)
    assert trying.again(5.0)
    clock.now += 9
    assert trying.start() == 0.0
    assert clock.slept == [4.0, 5.0]


def test_dates() -> None:
    """What is no date is none, and fails nothing."""
    assert http_date(MONDAY) == NOON
    for text in (None, "", "yesterday", "Mon, 99 Nov 2026 10:00:00 GMT", "Mon, 23 Nov 99999 10:00:00 GMT", "\0", "1 2"):
        assert http_date(text) is None


def test_the_servers_clock_goes_on_between_answers() -> None:
    """It is as far ahead as at the last date that could be read."""
    clock = Clock()
    server = ServerTime(clock)
    assert server.now() is None
    server.learn(None)
    server.learn("yesterday")
    assert server.now() is None
    server.learn(MONDAY)
    clock.now += 5
    server.learn(MONDAY)
    server.learn(None)
    server.learn("yesterday")
    assert server.now() == NOON + 5
    server.learn("Mon, 23 Nov 2026 10:01:00 GMT")
    assert server.now() == NOON + 60
    assert not math.isnan(server.now() or math.nan)
