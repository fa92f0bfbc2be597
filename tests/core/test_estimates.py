"""Estimates come from what a route did before, told by when they moved."""

from __future__ import annotations

import pytest

from jetplan.core.estimates import RECENT, PastDelivery, PastRate, rates_of, seconds

ROUTE = ("nyc", "lax")


def _past(began: str, ended: str, size: int = 1_000_000, route: tuple[str, str] = ROUTE) -> PastDelivery:
    return PastDelivery(route, size, _seconds(began), _seconds(ended))


def _seconds(time: str) -> float:
    hours, minutes, seconds = map(int, time.split(":"))
    return 3600.0 * hours + 60 * minutes + seconds


def test_deliveries_side_by_side_share_their_time() -> None:
    """Two that moved in the same hundred seconds were twice as fast together; time between two does not count."""
    together = [_past("10:00:00", "10:01:40"), _past("10:00:00", "10:01:40")]
    assert rates_of(together) == {ROUTE: PastRate(160_000, 2)}
    overlapping = [_past("10:00:50", "10:02:30"), _past("10:00:00", "10:01:40")]
    assert rates_of(overlapping)[ROUTE].bits_per_second == round(2_000_000 * 8 / 150)
    apart = [_past("12:00:00", "12:01:40"), _past("10:00:00", "10:01:40")]
    assert rates_of(apart) == {ROUTE: PastRate(80_000, 2)}


def test_only_the_latest_count() -> None:
    """What a route did long ago says little of today."""
    fast = [_past(f"11:{minute:02}:00", f"11:{minute:02}:10") for minute in range(RECENT)]
    slow = _past("01:00:00", "09:00:00")
    assert rates_of([*fast, slow])[ROUTE] == PastRate(800_000, RECENT)


def test_each_route_has_its_own_rate() -> None:
    """The rate to one place says nothing of another."""
    other = ("nyc", "ldn")
    found = rates_of([_past("10:00:00", "10:01:40"), _past("10:00:00", "10:00:50", route=other)])
    assert found == {ROUTE: PastRate(80_000, 1), other: PastRate(160_000, 1)}


@pytest.mark.parametrize(
    "past",
    [
        [],
        [_past("10:00:00", "10:00:09")],
        [_past("10:00:00", "10:00:00")],
        [_past("10:01:40", "10:00:00")],
        [_past("10:00:00", "10:01:40", size=0)],
    ],
    ids=["none", "too short", "no time", "backwards", "no bytes"],
)
def test_what_says_nothing(past: list[PastDelivery]) -> None:
    """No rate is better than a wrong one."""
    assert rates_of(past) == {}


@pytest.mark.parametrize(
    ("size", "rate", "expected"),
    [(1_000, 8_000, 1), (1_001, 8_000, 2), (0, 8_000, None), (1, None, None), (1, 0, None)],
)
def test_seconds_are_rounded_up(size: int, rate: int | None, expected: int | None) -> None:
    """Never called shorter than it is."""
    assert seconds(size, rate) == expected
