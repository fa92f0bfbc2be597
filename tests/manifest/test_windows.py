"""Windows as manifests say them: what cannot be meant has its place, its sentence and a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jetplan.core.windows import Timing, Window
from jetplan.manifest.windows import duration

if TYPE_CHECKING:
    from folders import Folder

HEAD = "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objects: [/a]\n"
FRIDAYS = "    windows:\n      - {rrule: FREQ=WEEKLY;BYDAY=FR, timeZone: Europe/Berlin, duration: PT10H}\n"


def test_everything_that_can_be_said(folder: Folder) -> None:
    """Quoted or not, on sets and on jobs."""
    text = (
        "apiVersion: jetplan/v1\njobs:\n  j:\n    source: a\n    destination: b\n"
        '    notAfter: "2027-01-01T00:00:00Z"\n'
        "deliverySets:\n  s:\n    job: j\n    objects: [/a]\n    notBefore: 2026-12-01T20:00+01:00\n"
        "    windows:\n      - rrule: FREQ=WEEKLY;INTERVAL=2;BYDAY=FR\n        timeZone: Europe/Berlin\n"
        "        duration: P1DT2H\n        start: 2026-12-04T20:00\n"
    )
    spec = folder.read(text).spec
    assert spec.jobs["j"].timing == Timing(not_after="2027-01-01T00:00:00Z")
    window = Window("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Europe/Berlin", 26 * 3600, "2026-12-04T20:00")
    assert spec.sets["s"].timing == Timing("2026-12-01T20:00+01:00", "", (window,))


@pytest.mark.parametrize(
    ("lines", "place", "message", "hint"),
    [
        (
            "    notBefore: 2026-12-01T20:00\n",
            (6, 16),
            "`notBefore` must be a date and a time, not `2026-12-01T20:00`",
            "write it with its offset from UTC, such as 2026-12-01T20:00+01:00",
        ),
        (
            "    notBefore: 2026-02-30T20:00Z\n",
            (6, 16),
            "`notBefore` must be a date and a time, not `2026-02-30T20:00Z`",
            "write it with its offset from UTC, such as 2026-12-01T20:00+01:00",
        ),
        (
            "    notBefore: 2026-12-02T00:00Z\n    notAfter: 2026-12-01T23:00Z\n",
            (7, 15),
            "`notAfter` 2026-12-01T23:00Z is not later than `notBefore` 2026-12-02T00:00Z: nothing would ever be sent",
            "exchange them, or move one",
        ),
        ("    notAfter: [1]\n", (6, 15), "`notAfter` must be a string, not a list", ""),
        ("    notAfter:\n", (6, 14), "`notAfter` must be a string, not nothing", ""),
        (
            "    windows: []\n",
            (6, 14),
            "`windows` must be a list of at least one window, not an empty list",
            "without `windows`, it may be sent at any time",
        ),
        (
            FRIDAYS.replace("Europe/Berlin", "Europe/Berlln"),
            (7, 49),
            "there is no time zone `Europe/Berlln`",
            "did you mean `Europe/Berlin`?",
        ),
        (
            FRIDAYS.replace("Europe/Berlin", "../../etc/passwd"),
            (7, 49),
            "there is no time zone `../../etc/passwd`",
            "name one as in Europe/Berlin or America/New_York",
        ),
        (
            FRIDAYS.replace("PT10H", "10h"),
            (7, 74),
            "`duration` must be an ISO 8601 duration of at most 366 days, not `10h`",
            "write `PT10H` for ten hours, `P2D` for two days",
        ),
        (
            FRIDAYS.replace(";BYDAY=FR", ""),
            (7, 17),
            "`rrule` cannot be used: a weekly rule needs BYDAY, or `start`",
            "such as `FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=20` (RFC 5545)",
        ),
        (FRIDAYS.replace("rrule: FREQ=WEEKLY;BYDAY=FR, ", ""), (7, 9), "a window lacks the key `rrule`", ""),
        (
            FRIDAYS.replace("timeZone", "timezone"),
            (7, 39),
            "unknown key `timezone` in a window",
            "did you mean `timeZone`?",
        ),
    ],
)
def test_what_cannot_be_meant(lines: str, place: tuple[int, int], message: str, hint: str, folder: Folder) -> None:
    """Each has its line and column."""
    [problem] = folder.problems(HEAD + lines)
    assert (problem.place.line, problem.place.column) == place
    assert (problem.message, problem.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT10H", 36_000), ("P2D", 172_800), ("P1W", 604_800), ("P1DT1H1M1S", 90_061), ("P366D", 31_622_400),
        ("P367D", None), ("P", None), ("PT", None), ("P1DT", None), ("PT0S", None), ("10h", None), ("P1M", None),
        ("-PT1H", None), ("PT1.5H", None), ("", None), ("PT99999H", None),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: int | None) -> None:
    """Of a fixed length only: a month has none."""
    assert duration(text) == seconds
