"""The project's limits, as settings and the arguments of one run say them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.app.settings import Settings


@dataclass(frozen=True, slots=True)
class Lifts:
    """What lifts the limits of `jetplan.yaml` for one run. None leaves a number as it is there."""

    max_objects: int | None = None
    max_bytes: int | None = None
    whole_profiles: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    source_deletion: tuple[str, ...] = ()


def limits_of(settings: Settings, lifts: Lifts) -> Limits:
    """The limits that hold for one run. A lift beats a number of the file, and adds to a list of names."""
    limits = settings.config.limits
    return Limits(
        lifts.max_objects if lifts.max_objects is not None else limits.max_objects,
        lifts.max_bytes if lifts.max_bytes is not None else limits.max_bytes,
        _names(limits.allow_whole_profiles, lifts.whole_profiles),
        _names(limits.allow_destinations, lifts.destinations),
        frozenset([*(limits.allow_source_deletion or ()), *lifts.source_deletion]),
    )


def _names(allowed: Sequence[str] | None, added: Sequence[str]) -> frozenset[str] | None:
    return None if allowed is None else frozenset([*allowed, *added])
