"""`notBefore`, `notAfter` and `windows` of a job, a delivery set or a destination: a mapping becomes a `Timing`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.windows import Timing, Window
from jetplan.manifest.findings import nearest
from jetplan.manifest.keys import BOUND, DURATION, LOCAL, WINDOW_KEYS
from jetplan.manifest.yaml.fields import Fields, is_mapping
from jetplan.manifest.yaml.scalars import is_null, is_scalar, kind_of_node, node_event
from jetplan.manifest.yaml.tree import Refused, Sequence

if TYPE_CHECKING:
    import re

    from jetplan.manifest.yaml.tree import Node

LONGEST = 366 * 86_400
"""Seconds that a window may be open."""
_UNITS = (7 * 86_400, 86_400, 3_600, 60, 1)


def read_timing(fields: Fields) -> Timing | None:
    """What a mapping says of when; None where it says nothing, or something was refused."""
    before = len(fields.findings.problems)
    not_before, not_after = (_bound(fields, key) for key in ("notBefore", "notAfter"))
    windows = _windows(fields)
    if len(fields.findings.problems) > before or not (not_before or not_after or windows):
        return None
    if not_before and not_after and datetime.fromisoformat(not_before) >= datetime.fromisoformat(not_after):
        node = fields.mapping.entries["notAfter"][1]
        message = f"`notAfter` {not_after} is not later than `notBefore` {not_before}: nothing would ever be sent"
        fields.findings.refuse(node_event(node), "window-empty", message, "exchange them, or move one")
        return None
    return Timing(not_before, not_after, windows)


def duration(text: str) -> int | None:
    """Seconds of an ISO 8601 duration of weeks, or of days, hours, minutes and seconds; None for what is none."""
    found = DURATION.fullmatch(text)
    if found is None:
        return None
    seconds = sum(int(number) * unit for number, unit in zip(found.groups(), _UNITS, strict=True) if number)
    return seconds if 0 < seconds <= LONGEST else None


def is_moment(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether a text is a valid date and time in the form that the pattern describes."""
    if not pattern.fullmatch(text):
        return False
    try:
        return 2000 <= datetime.fromisoformat(text).year < 2200
    except ValueError:
        return False


def _text(fields: Fields, key: str, *, required: bool = False) -> str | None:
    """What stands at a key, quoted or not: dates and rules may look like something else to YAML."""
    node = fields.get(key, required=required)
    if node is None or isinstance(node, Refused):
        return None
    if not is_scalar(node) or is_null(node) or not node.value:
        message = f"`{key}` must be a string, not {kind_of_node(node)}"
        fields.findings.refuse(node_event(node), "wrong-type", message)
        return None
    text: str = node.value
    return text


def _refuse(fields: Fields, key: str, message: str, hint: str) -> None:
    node = fields.mapping.entries[key][1]
    fields.findings.refuse(node_event(node), "window", message, hint)


def _bound(fields: Fields, key: str) -> str:
    text = _text(fields, key)
    if text is None or is_moment(text, BOUND):
        return text or ""
    hint = "write it with its offset from UTC, such as 2026-12-01T20:00+01:00"
    _refuse(fields, key, f"`{key}` must be a date and a time, not {quoted(text, 40)}", hint)
    return ""


def _windows(fields: Fields) -> tuple[Window, ...]:
    node = fields.get("windows")
    if node is None or isinstance(node, Refused):
        return ()
    if not isinstance(node, Sequence) or not node.items:
        found = "an empty list" if isinstance(node, Sequence) else kind_of_node(node)
        message = f"`windows` must be a list of at least one window, not {found}"
        fields.findings.refuse(node_event(node), "wrong-type", message, "without `windows`, it may be sent at any time")
        return ()
    windows = [_window(item, fields) for item in node.items]
    return tuple(each for each in windows if each is not None)


def _window(node: Node, outer: Fields) -> Window | None:
    findings = outer.findings
    if not is_mapping(node, "a window", findings, "write `{rrule: …, timeZone: …, duration: …}`"):
        return None
    fields = Fields(node, node.at, "a window", findings)
    fields.check_known(WINDOW_KEYS)
    before = len(findings.problems)
    rule, zone, lasts = (_text(fields, key, required=True) for key in ("rrule", "timeZone", "duration"))
    start = _text(fields, "start") or ""
    seconds = duration(lasts) if lasts is not None else None
    if lasts is not None and seconds is None:
        message = f"`duration` must be an ISO 8601 duration of at most 366 days, not {quoted(lasts, 40)}"
        _refuse(fields, "duration", message, "write `PT10H` for ten hours, `P2D` for two days")
    if start and not is_moment(start, LOCAL):
        message = f"`start` must be a local date and time, not {quoted(start, 40)}"
        _refuse(fields, "start", message, "write it without an offset, such as 2026-12-01T20:00; `timeZone` says where")
    if zone is not None:
        _check_zone(fields, zone)
    if len(findings.problems) > before or rule is None or zone is None or seconds is None:
        return None
    window = Window(rule, zone, seconds, start)
    _check_rule(fields, window)
    return window


def _check_zone(fields: Fields, zone: str) -> None:
    from jetplan.manifest import openings  # noqa: PLC0415 - rules and time zones are loaded only where there are windows

    if openings.time_zone(zone) is None:
        hint = nearest(zone, tuple(sorted(openings.time_zones()))) or "name one as in Europe/Berlin or America/New_York"
        _refuse(fields, "timeZone", f"there is no time zone {quoted(zone, 40)}", hint)


def _check_rule(fields: Fields, window: Window) -> None:
    from jetplan.manifest import openings  # noqa: PLC0415 - as above

    fault = openings.fault_of(window)
    if fault:
        hint = "such as `FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=20` (RFC 5545)"
        _refuse(fields, "rrule", f"`rrule` cannot be used: {fault}", hint)
