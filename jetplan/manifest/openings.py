"""When windows open: recurrence rules, time zones and bounds, held against one moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from dateutil.rrule import rrule, rrulestr

from jetplan.core.windows import Expired, Waits
from jetplan.manifest.keys import RULE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import tzinfo

    from jetplan.core.windows import Hold, Timing, Window

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_SHORT = frozenset({"WEEKLY", "DAILY", "HOURLY"})
"""For these it is enough to begin a few days before the moment that is asked about."""
_UNTIL = "%Y%m%dT%H%M%SZ"
_HORIZON = {"HOURLY": 400, "DAILY": 5 * 366}
"""Days ahead that an opening is looked for."""
_FAR = 8 * 366
"""The same for all other frequencies: 29 February comes within eight years."""
_STEPS = 1_000
"""How often the windows of several places may postpone each other before they count as never open together."""


def hold_of(timings: Sequence[Timing], now: float) -> Hold | None:
    """Whether something that all of these apply to waits or has expired at a moment (epoch seconds); None: neither."""
    moment = now
    for _ in range(_STEPS):
        later = moment
        for timing in timings:
            opens = _open_from(timing, later)
            if opens is None:
                return Expired(_why_never(timings, now))
            later = opens
        if later == moment:
            break
        moment = later
    else:
        return Expired("windows never open at the same time")
    if moment == now:
        return None
    return Waits(round(moment), in_words(moment, now, _zone_for(timings)), max(round(moment - now), 1))


def in_words(moment: float, now: float, zone: tzinfo) -> str:
    """`Fri 27 Nov 20:00 Europe/Berlin`, with the year where it is another one."""
    local = datetime.fromtimestamp(moment, zone)
    year = "" if local.year == datetime.fromtimestamp(now, zone).year else f" {local.year}"
    name = getattr(zone, "key", "") or local.strftime("%Z").replace("UTC", "", 1) or "UTC"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M} {name}"


def time_zone(name: str) -> ZoneInfo | None:
    """A time zone by its name in the IANA database; None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def time_zones() -> Collection[str]:
    """The names of all time zones."""
    return available_timezones()


def fault_of(window: Window) -> str:
    """What is wrong with a rule whose time zone is known; empty where it can be used."""
    if not RULE.fullmatch(window.rrule):
        return "it is no recurrence rule"
    parts = _parts(window)
    if parts.get("FREQ") not in _FREQUENCIES:
        return f"it needs a FREQ of {', '.join(_FREQUENCIES)}"
    if "COUNT" in parts:
        return "say when it ends with UNTIL or `notAfter` instead of COUNT"
    if not window.start:
        if parts.get("INTERVAL", "1") != "1":
            return "INTERVAL counts from a first opening: say `start` as well"
        if parts["FREQ"] == "WEEKLY" and "BYDAY" not in parts:
            return "a weekly rule needs BYDAY, or `start`"
    zone = time_zone(window.time_zone) or UTC
    near = datetime.fromisoformat(window.start) if window.start else datetime(2026, 1, 1)
    try:
        first = next(iter(_rule(window, near.replace(tzinfo=zone))), None)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        about_until = "UNTIL" in str(error) or "time data" in str(error)
        return "UNTIL must be in UTC, such as 20271231T000000Z" if about_until else "it is no recurrence rule"
    return "" if first is not None else "it never opens"


def _rule(window: Window, near: datetime) -> rrule:
    """The rule, from its start, or from some time before a moment; it ends within the horizon."""
    zone = ZoneInfo(window.time_zone)
    if window.start:
        start = datetime.fromisoformat(window.start).replace(tzinfo=zone)
    else:
        before = (near - timedelta(seconds=window.seconds)).astimezone(zone)
        start = datetime(before.year - 1, 1, 1, tzinfo=zone)
        if _parts(window)["FREQ"] in _SHORT:
            start = datetime(before.year, before.month, before.day, tzinfo=zone) - timedelta(days=8)
    made = rrulestr(window.rrule, dtstart=start)
    if not isinstance(made, rrule):
        raise ValueError("several rules")  # noqa: TRY004 - it is the text that is wrong
    parts = _parts(window)
    until = max(start, near) + timedelta(days=_HORIZON.get(parts["FREQ"], _FAR))
    if "UNTIL" in parts:
        until = min(until, datetime.strptime(parts["UNTIL"], _UNTIL).replace(tzinfo=UTC))
    return made.replace(until=until)


def _parts(window: Window) -> dict[str, str]:
    """`FREQ` to `WEEKLY`, and so on."""
    return dict(part.partition("=")[::2] for part in window.rrule.upper().removeprefix("RRULE:").split(";"))


def _open_from(timing: Timing, moment: float) -> float | None:
    """The first moment from this one on that a place allows; None where there is none any more."""
    if timing.not_before:
        moment = max(moment, _epoch(timing.not_before))
    if timing.windows:
        openings = [opens for each in timing.windows if (opens := _window_from(each, moment)) is not None]
        if not openings:
            return None
        moment = min(openings)
    return None if timing.not_after and moment >= _epoch(timing.not_after) else moment


def _window_from(window: Window, moment: float) -> float | None:
    for opening in _rule(window, datetime.fromtimestamp(moment, UTC)):
        opens = opening.timestamp()
        if opens + window.seconds > moment:
            return max(opens, moment)
    return None


def _why_never(timings: Sequence[Timing], now: float) -> str:
    for timing in timings:
        if timing.not_after and _epoch(timing.not_after) <= now:
            return f"`notAfter` was {in_words(_epoch(timing.not_after), now, _zone_for(timings))}"
    return "windows do not open any more"


def _zone_for(timings: Sequence[Timing]) -> tzinfo:
    """The time zone for messages: a window's, or that of a bound."""
    for timing in timings:
        for window in timing.windows:
            return ZoneInfo(window.time_zone)
    for timing in timings:
        for bound in (timing.not_before, timing.not_after):
            if bound:
                return datetime.fromisoformat(bound).tzinfo or UTC
    return UTC


def _epoch(bound: str) -> float:
    return datetime.fromisoformat(bound).timestamp()
