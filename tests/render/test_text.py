"""The text face says what is done, what is not, and the totals."""

from __future__ import annotations

import re

import pytest
from golden_files import GOLDEN, check
from render_plans import SAMPLES, batch, create, frames, hostile, plan, rich, submit

from jetplan.core.plan import AlreadySubmitted
from jetplan.render.report import build_report
from jetplan.render.text import render_text

COLOUR = re.compile("\x1b\\[[0-9]+m")


def text_of(*steps: object, **more: object) -> str:
    return render_text(build_report(plan(*steps, **more)), color=False, width=100)


@pytest.mark.parametrize("name", SAMPLES)
def test_golden(name: str) -> None:
    """What people read has been read by a person."""
    check(GOLDEN / f"{name}.txt", render_text(build_report(SAMPLES[name]()), color=False, width=100))


def test_create_and_submit() -> None:
    """A new job and its set are shown with sizes, and the totals tell reversible from irreversible."""
    shown = text_of(create("a"), submit("s", "a", [("/x.mxf", 1500), "/f/"]))
    assert "+ job a  NYC Dailies → LAX Ingest  (will be created)" in shown
    assert "+ set s  2 objects (1.5 kB, 1 of unknown size)" in shown
    assert (
        "Plan: 1 job to create.\nTo submit: 2 objects (1.5 kB declared, 1 of unknown size) in 1 delivery over 1 route:"
        in shown
    )


def test_up_to_date() -> None:
    """A plan with nothing to do says so in one sentence."""
    shown = text_of(AlreadySubmitted("s", "a", 3))
    assert shown == "No changes. Everything declared is on the server and was submitted.\n"


def test_lists_ten_of_a_batch_and_three_batches() -> None:
    """Long lists are cut with the count of what is left out."""
    rows = frames(50)
    shown = text_of(
        create("a"),
        *(batch("s", "a", rows, range(at, at + 10), batch=at // 10 + 1, batches=5) for at in range(0, 50, 10)),
    )
    assert "in 5 deliveries of up to 10 objects" in shown
    assert "… and 2 more deliveries: 20 objects (1.0 GB)" in shown
    assert shown.count("/ep101/frames/") == 30
    assert "… and 40 more" in text_of(create("a"), batch("s", "a", rows, range(50)))


def test_colour_changes_no_word() -> None:
    """With colour the text is the same but for the colours."""
    report = build_report(rich())
    coloured = render_text(report, color=True, width=100)
    assert coloured != render_text(report, color=False, width=100)
    assert COLOUR.sub("", coloured) == render_text(report, color=False, width=100)


def test_same_plan_same_bytes() -> None:
    """Two reports of equal plans are told in the same bytes."""
    assert text_of(*rich().steps) == text_of(*rich().steps)


@pytest.mark.parametrize("width", [1, 40, 100, 500])
def test_hostile_names_reach_no_terminal(width: int) -> None:
    """No control, format or unseen character, no workflow command, survives in any width, coloured or not."""
    report = build_report(hostile())
    for color in (False, True):
        shown = COLOUR.sub("", render_text(report, color=color, width=width))
        assert all(char.isprintable() for char in shown.replace("\n", ""))
        assert "##[" not in shown
        assert "##vso" not in shown
        assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]
