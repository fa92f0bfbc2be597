"""The text face says what is done, what is not, and the totals."""

from __future__ import annotations

from builders import create, plan, submit

from jetplan.core.plan import AlreadySubmitted
from jetplan.render.report import build_report
from jetplan.render.text import render_text


def text_of(*steps: object, **more: object) -> str:
    return render_text(build_report(plan(*steps, **more)), color=False, width=100)


def test_create_and_submit() -> None:
    """A new job and its set are shown with sizes, and the totals tell reversible from irreversible."""
    shown = text_of(create("a"), submit("s", "a", [("/x.mxf", 1500), "/f/"]))
    assert "+ job a  NYC Dailies → LAX Ingest  (will be created)" in shown
    assert "+ set s  2 objects (1.5 kB, 1 of unknown size)" in shown
    assert (
        "Plan: 1 job to create.\nTo submit: 2 objects (1.5 kB, 1 of unknown size) in 1 delivery over 1 route:" in shown
    )


def test_up_to_date() -> None:
    """A plan with nothing to do says so in one sentence."""
    shown = text_of(AlreadySubmitted("s", "a", 3))
    assert shown == "No changes. Everything declared is on the server and was submitted.\n"
