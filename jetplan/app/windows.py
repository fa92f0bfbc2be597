"""Holds the windows of manifests and settings against the clock: which sets may not be sent now."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from jetplan.core.routes import match_jobs, route_of
from jetplan.errors import JetplanError
from jetplan.render.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jetplan.app.settings import Settings
    from jetplan.core.observed import Observed
    from jetplan.core.spec import DeliverySetSpec, Spec
    from jetplan.core.windows import Hold, Timing

CLOCK = "JETPLAN_CLOCK"
"""`server`: windows go by the server's clock, however far from this machine's. For rehearsals."""
_REFUSED = 3_600
"""Seconds between the two clocks from which nothing is decided by them."""


def is_timed(settings: Settings, spec: Spec) -> bool:
    """Whether anything depends on the time."""
    timings = (
        *(each.timing for each in spec.jobs.values()),
        *(each.timing for each in spec.sets.values()),
        *(each.timing for each in settings.config.destinations.values()),
    )
    return any(each is not None for each in timings)


def now_at(server_clock: float | None) -> tuple[float, int]:
    """The moment that windows are held against, and how many seconds this machine is ahead of the server.

    It is the server's time, where that is known. The difference is rounded to minutes. Raises JetplanError where it is
    more than an hour.
    """
    here = time.time()
    if server_clock is None:
        return here, 0
    ahead = 60 * round((here - server_clock) / 60)
    if os.environ.get(CLOCK) == "server":
        return server_clock, 0
    if abs(ahead) > _REFUSED:
        which = "ahead of" if ahead > 0 else "behind"
        raise JetplanError(
            f"this machine's clock is {duration(abs(ahead))} {which} Jet's: it is not known which windows are open",
            hint=f"set this machine's clock; for a rehearsal, `{CLOCK}=server` goes by Jet's",
        )
    return server_clock, ahead


def seconds_between_looks() -> float:
    """How long to wait at most before asking again whether a window is open."""
    return 1.0 if os.environ.get(CLOCK) == "server" else 3_600.0


def holds_of(settings: Settings, spec: Spec, observed: Observed, now: float) -> Mapping[str, Hold]:
    """The sets that wait for a window, or whose time is over, by name."""
    from jetplan.manifest.openings import hold_of  # noqa: PLC0415 - rules and time zones: only where there are windows

    destinations = settings.config.destinations
    by_profile = {name: each.timing for name, each in destinations.items() if each.timing is not None}
    matches = match_jobs(spec, observed) if by_profile else {}
    holds: dict[str, Hold] = {}
    for wanted in spec.sets.values():
        route = route_of(matches[wanted.job]) if by_profile else None
        names = route.destination.names if route is not None else frozenset()
        timings = [*_own(wanted, spec), *(by_profile[name] for name in sorted(names & by_profile.keys()))]
        hold = hold_of(timings, now) if timings else None
        if hold is not None:
            holds[wanted.name] = hold
    return holds


def _own(wanted: DeliverySetSpec, spec: Spec) -> Iterator[Timing]:
    job = spec.jobs.get(wanted.job)
    for each in (wanted.timing, job.timing if job is not None else None):
        if each is not None:
            yield each
