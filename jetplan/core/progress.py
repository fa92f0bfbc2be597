"""How far deliveries under way are, each for itself and all together. Pure.

Done and total speak of the same deliveries: those that somebody waits for. What is not known is None, never zero.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.arrival import COMPLETED, ENDED, FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ORDER = ("CREATED", "QUEUED", "SCHEDULED", "IN_PROGRESS", COMPLETED, FAILED, "UNKNOWN")
"""The server's states, in the order that deliveries go through. UNKNOWN: the server does not say."""


@dataclass(frozen=True, slots=True)
class DeliveryProgress:
    """One delivery. Sizes in bytes, `rate` in bits per second; 0 where nothing moves now.

    `size` and `files` are what is to arrive, None where a size or a folder's content is not known. `moved` and
    `moved_files` are what has arrived, `failed` the files that Jet calls failed.
    """

    attempt_id: str
    set_name: str
    batch: int
    batches: int
    state: str
    size: int | None
    files: int | None
    moved: int = 0
    moved_files: int = 0
    failed: int = 0
    rate: float = 0.0

    @property
    def ended(self) -> bool:
        """Whether the server says that it has ended."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Progress:
    """All deliveries that are waited for, the ended ones too."""

    deliveries: Sequence[DeliveryProgress]

    @property
    def states(self) -> Mapping[str, int]:
        """How many deliveries are in each state, in the order that deliveries go through."""
        counted = Counter(each.state for each in self.deliveries)
        ranked = sorted(counted, key=lambda state: (_ORDER.index(state) if state in _ORDER else len(_ORDER), state))
        return {state: counted[state] for state in ranked}

    @property
    def size(self) -> int | None:
        """Bytes in all; None where a size is not known."""
        return _sum([each.size for each in self.deliveries])

    @property
    def files(self) -> int | None:
        """Files in all; None where it is not known what a folder holds."""
        return _sum([each.files for each in self.deliveries])

    @property
    def moved(self) -> int:
        """Bytes that have arrived."""
        return sum(each.moved for each in self.deliveries)

    @property
    def moved_files(self) -> int:
        """Files that have arrived."""
        return sum(each.moved_files for each in self.deliveries)

    @property
    def failed(self) -> int:
        """Files that Jet calls failed."""
        return sum(each.failed for each in self.deliveries)

    @property
    def rate(self) -> float:
        """Bits per second."""
        return sum(each.rate for each in self.deliveries)


def percent(of: DeliveryProgress | Progress) -> int | None:
    """How much has arrived, rounded down; None where a size is not known."""
    return 100 * of.moved // of.size if of.size else None


def seconds_left(of: DeliveryProgress | Progress) -> int | None:
    """At the present rate; None where the size is not known, or nothing moves."""
    if of.size is None or of.rate <= 0 or of.moved >= of.size:
        return None
    return int(-(-(of.size - of.moved) * 8 // of.rate))


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if len(known) == len(numbers) else None
