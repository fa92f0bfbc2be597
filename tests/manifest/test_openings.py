"""When something may be sent: bounds, recurring windows, daylight saving, and several places together."""

from __future__ import annotations

from datetime import datetime

import pytest

from jetplan.core.windows import Expired, Timing, Waits, Window
from jetplan.manifest.openings import fault_of, hold_of

NIGHTS = Window("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=20", "Europe/Berlin", 10 * 3600)
WEEKEND = Window("FREQ=WEEKLY;BYDAY=SA", "Europe/Berlin", 48 * 3600)


def at(text: str) -> float:
    """Epoch seconds of a moment with its offset."""
    return datetime.fromisoformat(text).timestamp()


def hold(now: str, *timings: Timing) -> str | None:
    """What follows, in words: when it opens, why never, or None."""
    found = hold_of(timings, at(now))
    match found:
        case Waits(opens, words, seconds):
            assert opens == pytest.approx(at(now) + seconds, abs=1)
            return words
        case Expired(why):
            return why
        case None:
            return None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-27T19:59:59+01:00", "Fri 27 Nov 20:00 Europe/Berlin"),
        ("2026-11-27T20:00:00+01:00", None),
        ("2026-11-28T05:59:59+01:00", None),
        ("2026-11-28T06:00:00+01:00", "Mon 30 Nov 20:00 Europe/Berlin"),
        ("2026-11-28T12:00:00+01:00", "Mon 30 Nov 20:00 Europe/Berlin"),
        ("2026-12-31T12:00:00+01:00", "Thu 31 Dec 20:00 Europe/Berlin"),
    ],
)
def test_a_recurring_window(now: str, expected: str | None) -> None:
    """Open from its first second to before its last; closed, it says when it opens next."""
    assert hold(now, Timing(windows=(NIGHTS,))) == expected


def test_any_window_of_a_place_is_enough() -> None:
    """Nights, and the whole weekend."""
    both = Timing(windows=(NIGHTS, WEEKEND))
    assert hold("2026-11-28T12:00:00+01:00", both) is None
    assert hold("2026-11-30T00:00:00+01:00", both) == "Mon 30 Nov 20:00 Europe/Berlin"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-01T18:59:59Z", "Tue 1 Dec 20:00 +01:00"),
        ("2026-12-01T19:00:00Z", None),
        ("2026-12-05T04:59:59Z", None),
        ("2026-12-05T05:00:00Z", "`notAfter` was Sat 5 Dec 06:00 +01:00"),
        ("2025-12-01T00:00:00Z", "Tue 1 Dec 2026 20:00 +01:00"),
    ],
)
def test_bounds(now: str, expected: str | None) -> None:
    """From `notBefore` on, and until before `notAfter`."""
    assert hold(now, Timing("2026-12-01T20:00+01:00", "2026-12-05T06:00+01:00")) == expected


def test_all_places_must_allow_it() -> None:
    """The set, its job and its destination: the first moment that all of them allow."""
    bound = Timing(not_before="2026-12-03T12:00:00+01:00")
    assert hold("2026-11-27T21:00:00+01:00", Timing(windows=(NIGHTS,)), bound) == "Thu 3 Dec 20:00 Europe/Berlin"
    assert hold("2026-12-03T21:00:00+01:00", Timing(windows=(NIGHTS,)), bound) is None
    new_york = Window("FREQ=DAILY;BYHOUR=18", "America/New_York", 8 * 3600)
    found = hold("2026-11-27T21:00:00+01:00", Timing(windows=(NIGHTS,)), Timing(windows=(new_york,)))
    assert found == "Sat 28 Nov 00:00 Europe/Berlin"


def test_places_that_never_agree() -> None:
    """It will not be sent, and says why."""
    morning = Timing(windows=(Window("FREQ=DAILY;BYHOUR=8", "UTC", 3600),))
    evening = Timing(windows=(Window("FREQ=DAILY;BYHOUR=20", "UTC", 3600),))
    assert hold("2026-11-27T12:00:00Z", morning, evening) == "windows never open at the same time"
    late = Timing(not_before="2027-01-01T00:00:00Z")
    early = Timing(not_after="2026-12-01T00:00:00Z")
    assert hold("2026-11-27T12:00:00Z", late, early) == "windows do not open any more"


def test_a_rule_that_ends() -> None:
    """After its last window nothing is sent any more."""
    last = Timing(windows=(Window("FREQ=DAILY;UNTIL=20261128T000000Z", "UTC", 3600),))
    assert hold("2026-11-27T12:00:00Z", last) == "Sat 28 Nov 00:00 UTC"
    assert hold("2026-11-28T00:30:00Z", last) is None
    assert hold("2026-11-28T01:00:00Z", last) == "windows do not open any more"


def test_daylight_saving() -> None:
    """A rule goes by local time, a duration by time that passes."""
    night = Timing(windows=(Window("FREQ=DAILY;BYHOUR=22", "Europe/Berlin", 8 * 3600),))
    assert hold("2026-10-25T05:59:59+01:00", night) == "Sun 25 Oct 22:00 Europe/Berlin"
    assert hold("2026-10-25T04:59:59+01:00", night) is None
    assert hold("2026-03-28T21:00:00Z", night) is None
    assert hold("2026-03-29T20:00:00Z", night) is None
    assert hold("2026-03-29T19:59:00Z", night) == "Sun 29 Mar 22:00 Europe/Berlin"


def test_a_start_counts() -> None:
    """Every other week needs to know which."""
    odd = Timing(windows=(Window("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "UTC", 3600, "2026-11-20T20:00"),))
    assert hold("2026-11-27T12:00:00Z", odd) == "Fri 4 Dec 20:00 UTC"
    assert hold("2026-11-01T12:00:00Z", odd) == "Fri 20 Nov 20:00 UTC"


@pytest.mark.parametrize(
    ("rule", "start", "fault"),
    [
        ("FREQ=WEEKLY;BYDAY=FR;BYHOUR=20", "", ""),
        ("RRULE:FREQ=DAILY", "", ""),
        ("freq=monthly;bymonthday=1", "", ""),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-11-20T20:00", ""),
        ("FREQ=DAILY;UNTIL=20271231T000000Z", "", ""),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "", ""),
        ("FREQ=WEEKLY", "2026-11-20T20:00", ""),
        ("BYDAY=FR", "", "it needs a FREQ of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY"),
        ("FREQ=MINUTELY", "", "it needs a FREQ of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY"),
        ("FREQ=WEEKLY", "", "a weekly rule needs BYDAY, or `start`"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "", "INTERVAL counts from a first opening: say `start` as well"),
        ("FREQ=DAILY;COUNT=1", "2026-11-20T20:00", "say when it ends with UNTIL or `notAfter` instead of COUNT"),
        ("FREQ=DAILY;BYHOUR=25", "", "it is no recurrence rule"),
        ("FREQ=MONTHLY;BYDAY=9MO", "", "it is no recurrence rule"),
        ("FREQ=DAILY;UNTIL=20271231T000000", "", "UNTIL must be in UTC, such as 20271231T000000Z"),
        ("FREQ=DAILY;UNTIL=20271231", "", "UNTIL must be in UTC, such as 20271231T000000Z"),
        ("every friday", "", "it is no recurrence rule"),
        ("DTSTART:20200101T000000\nRRULE:FREQ=DAILY", "", "it is no recurrence rule"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "", "it never opens"),
        ("FREQ=DAILY;UNTIL=20200101T000000Z", "", "it never opens"),
    ],
)
def test_rules(rule: str, start: str, fault: str) -> None:
    """What cannot be meant, or never opens, is found before anything waits for it."""
    assert fault_of(Window(rule, "Europe/Berlin", 3600, start)) == fault
