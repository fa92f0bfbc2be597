"""What people may be told of deliveries, and whom a rule tells what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jetplan.core.selection import matches

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Kind(Enum):
    """Kinds of news, by their words in `jetplan.yaml`."""

    DELIVERED = "delivered"
    FAILED = "failed"
    IN_DOUBT = "inDoubt"
    BLOCKED = "blocked"
    WAITING = "waiting"


LASTING = frozenset({Kind.BLOCKED, Kind.WAITING})
"""States rather than events: they are told while they last, and told anew when they come back."""
CHANNEL = "JETPLAN_NOTIFY_URLS"
"""The environment variable that holds the addresses, where a rule names no other."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell. `ident` tells it from others of its kind; `text` is one line, unescaped.

    `destination`: the names that its destination goes by.
    """

    kind: Kind
    ident: str
    set_name: str
    job: str
    destination: Collection[str]
    text: str

    @property
    def thing(self) -> str:
        """What the ledger remembers it by."""
        return f"{self.kind.value} {self.ident}"


@dataclass(frozen=True, slots=True)
class NotifyRule:
    """What is told, of what, and to the addresses in which environment variable. Names may hold `*`.

    `seconds`: how long something must be blocked, or must have waited, before it is told.
    """

    events: frozenset[Kind]
    sets: Sequence[str] = ()
    jobs: Sequence[str] = ()
    destinations: Sequence[str] = ()
    seconds: int = 0
    channel: str = CHANNEL

    def wants(self, news: News) -> bool:
        """Whether the rule is about it. Of sets, jobs and destinations, every kind that is named must match."""
        return (
            news.kind in self.events
            and (not self.sets or matches(self.sets, news.set_name))
            and (not self.jobs or matches(self.jobs, news.job))
            and (not self.destinations or any(matches(self.destinations, name) for name in news.destination))
        )


def due(rules: Sequence[NotifyRule], news: Sequence[News], age: dict[str, float]) -> list[News]:
    """The news that some rule wants told now. `age`: seconds since each was first seen, of those not told yet."""
    return [
        each
        for each in news
        if each.thing in age
        and any(rule.wants(each) and (each.kind not in LASTING or age[each.thing] >= rule.seconds) for rule in rules)
    ]
