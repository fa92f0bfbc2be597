"""Progress as lines: the time left first, whole names' ends, nothing that is unknown told as zero."""

from __future__ import annotations

from typing import Any

import pytest

from jetplan.core.progress import DeliveryProgress, Progress, percent, seconds_left
from jetplan.render.progress import progress_lines, sum_line
from jetplan.render.style import columns


def _delivery(name: str = "masters", **known: Any) -> DeliveryProgress:
    given = {"state": "IN_PROGRESS", "size": 4_000_000_000, "files": 4, **known}
    return DeliveryProgress(attempt_id=name, set_name=name, batch=1, batches=1, **given)


MOVING = _delivery(moved=1_000_000_000, moved_files=1, failed=2, rate=400_000_000.0)
UNKNOWN = _delivery("folder", size=None, files=None, moved=5_000_000, moved_files=3)
DONE = _delivery("done", state="COMPLETED", moved=4_000_000_000, moved_files=4)


def test_a_line_for_each_delivery_and_one_for_all() -> None:
    """Those under way come first, the fastest first; the last line sums up the same deliveries."""
    assert progress_lines(Progress([DONE, UNKNOWN, MOVING]), 120, 24) == [
        "1 min left   [##------]  25%   1.0/4.0 GB         1/4 files  2 failed  400 Mbit/s  masters",
        "in progress                    5.0 MB of unknown  3 files                          folder",
        "completed    [########]  100%  4.0/4.0 GB         4/4 files                        done",
        "in all                         5.0 GB of unknown  8 files    2 failed  400 Mbit/s  2 in progress, 1 completed",
    ]


def test_one_delivery_needs_no_sum() -> None:
    """Its line says all."""
    assert progress_lines(Progress([MOVING]), 79, 24) == [
        "1 min left [##------] 25% 1.0/4.0 GB 1/4 files 2 failed 400 Mbit/s masters"
    ]


@pytest.mark.parametrize("width", range(20, 140, 7))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """At any width the time left is whole, and lines do not wrap."""
    wide = _delivery("日本語のとても長い名前" * 8, moved=1, rate=8.0)
    for line in progress_lines(Progress([MOVING, wide, UNKNOWN, DONE]), width, 24):
        assert columns(line) <= width
    assert progress_lines(Progress([MOVING, DONE]), width, 24)[0].startswith("1 min left ")


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    """Names of one batch differ at their ends."""
    line = progress_lines(Progress([_delivery("ep101-" + "x" * 80 + "-reel-7", moved=0)]), 79, 24)[0]
    assert "  ep101-x" in line
    assert line.endswith("x-reel-7")
    assert len(line) == 79


def test_more_deliveries_than_lines() -> None:
    """What does not fit is counted, so that the block can be rewritten in place."""
    lines = progress_lines(Progress([_delivery(f"set-{number:02}") for number in range(40)]), 79, 10)
    assert len(lines) == 10
    assert lines[0].endswith("set-00")
    assert lines[-2] == "… and 32 other deliveries"
    assert lines[-1].startswith("in all")


def test_what_is_unknown_is_called_so() -> None:
    """No percentage, no time and no zero where a size is not known."""
    nothing = _delivery(size=None, files=None, state="QUEUED")
    assert progress_lines(Progress([nothing]), 79, 24) == ["queued  size unknown  masters"]
    assert sum_line(Progress([MOVING, nothing])) == (
        "1.0 GB of unknown, 1 file, 2 failed, 400 Mbit/s; 1 queued, 1 in progress"
    )


def test_the_sum_in_one_line() -> None:
    """Where lines stay, one says all, with the time first."""
    assert sum_line(Progress([MOVING, DONE])) == (
        "about 1 min left: 62%, 5.0/8.0 GB, 5/8 files, 2 failed, 400 Mbit/s; 1 in progress, 1 completed"
    )


def test_states_cannot_write_to_the_terminal() -> None:
    """A server's words are shown, not obeyed."""
    line = progress_lines(Progress([_delivery(state="\x1b[31mODD", size=None, files=None)]), 79, 24)[0]
    assert "\x1b" not in line
    assert "\x1b" not in sum_line(Progress([_delivery(state="\x1b[31mODD")]))


@pytest.mark.parametrize(
    ("delivery", "share", "left"),
    [
        (MOVING, 25, 60),
        (DONE, 100, None),
        (UNKNOWN, None, None),
        (_delivery(moved=3_999_999_999, rate=8.0), 99, 1),
        (_delivery(size=0, rate=8.0), None, None),
        (_delivery(rate=0.0), 0, None),
    ],
)
def test_percentage_and_time(delivery: DeliveryProgress, share: int | None, left: int | None) -> None:
    """Rounded so that nothing is called done, or over, before it is."""
    assert percent(delivery) == share
    assert seconds_left(delivery) == left
