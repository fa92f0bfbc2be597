"""When something may be sent, as manifests and settings say it, and what follows from that at one moment. Pure data."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - the manifest cache reads the annotations
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Window:
    """A recurring window: it opens as a recurrence rule (RFC 5545) says, and stays open for so many seconds.

    `start` is the local time of the first opening, ISO 8601 without an offset; empty where the rule needs none.
    """

    rrule: str
    time_zone: str
    seconds: int
    start: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """All that one place says. Bounds are ISO 8601 with an offset, empty where there is none.

    Any of the windows must be open; none given: always.
    """

    not_before: str = ""
    not_after: str = ""
    windows: Sequence[Window] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """It will be sent later. `opens`: epoch seconds; `at`: the same in words; `seconds`: from now until then."""

    opens: int
    at: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Expired:
    """It will not be sent, because its time is over. `why` completes `its …`."""

    why: str


Hold: TypeAlias = Waits | Expired
