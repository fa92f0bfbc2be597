"""How fast a route has been, by its own past deliveries, and how long bytes take at that. Pure.

Estimates only: nothing is decided by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

RECENT = 20
"""Deliveries of a route that count, the latest ones."""
_LEAST = 10.0
"""Seconds of moving that say something; what took less was too small to tell a rate."""


@dataclass(frozen=True, slots=True)
class PastDelivery:
    """A delivery that arrived: from where to where (profile ids), its bytes, and when it began and ended.

    Times are epoch seconds on the server's clock.
    """

    route: tuple[str, str]
    size: int
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class PastRate:
    """How fast a route was, in bits per second, over so many deliveries."""

    bits_per_second: int
    deliveries: int


def rates_of(past: Iterable[PastDelivery]) -> Mapping[tuple[str, str], PastRate]:
    """The rate of each route. `past`: the latest first. Where nothing can be told of a route it is left out."""
    by_route: dict[tuple[str, str], list[PastDelivery]] = {}
    for each in past:
        of_route = by_route.setdefault(each.route, [])
        if len(of_route) < RECENT:
            of_route.append(each)
    found = {route: _rate(some) for route, some in by_route.items()}
    return {route: rate for route, rate in found.items() if rate is not None}


def _rate(past: Sequence[PastDelivery]) -> PastRate | None:
    """Bytes over the time in which any of them moved, so that deliveries side by side count once."""
    telling = sorted(
        (each for each in past if each.size > 0 and each.ended > each.began), key=lambda each: (each.began, each.ended)
    )
    busy = 0.0
    until = float("-inf")
    for each in telling:
        busy += max(each.ended - max(each.began, until), 0.0)
        until = max(until, each.ended)
    if busy < _LEAST:
        return None
    return PastRate(max(round(sum(each.size for each in telling) * 8 / busy), 1), len(telling))


def seconds(known_bytes: int, bits_per_second: int | None) -> int | None:
    """How long the known bytes take, rounded up; None without a rate or without known bytes."""
    if not bits_per_second or bits_per_second < 0 or not known_bytes:
        return None
    return -(-known_bytes * 8 // bits_per_second)
