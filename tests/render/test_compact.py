"""A comment that must be cut still names every destination, first delivery and job."""

from __future__ import annotations

import pytest
from render_plans import create, job, plan, submit

from jetplan.core.observed import ObservedProfile
from jetplan.core.plan import DeliveryStep, JobStep, KeepJob, Route
from jetplan.render.markdown import LIMIT, render_markdown
from jetplan.render.report import build_report


def routes(number: int, *, size: int = 10**12, name: str = "Store {}") -> list[JobStep | DeliveryStep]:
    """So many jobs, each to a destination of its own, each with a long list of long names."""
    steps: list[JobStep | DeliveryStep] = []
    for at in range(number):
        route = Route(ObservedProfile("src", "NYC"), ObservedProfile(f"d-{at}", name.format(at)))
        steps.append(create(f"job-{at}", route=route))
        paths = [(f"/{'long/' * 20}{at}-{each}.mxf", size) for each in range(60)]
        steps.append(submit(f"set-{at}", f"job-{at}", paths, route=route))
    return steps


@pytest.mark.parametrize("number", [40, 120])
def test_a_byte_among_terabytes_is_named(number: int) -> None:
    """A destination with one declared byte, among many with terabytes, has its line: so has its job."""
    odd = Route(ObservedProfile("src", "NYC"), ObservedProfile("odd", "Somewhere Else"))
    steps: list[JobStep | DeliveryStep] = [
        *routes(number),
        create("odd-job", route=odd),
        submit("odd-set", "odd-job", [("/x", 1)], route=odd),
    ]
    text = render_markdown(build_report(plan(*steps)))
    assert len(text) <= LIMIT
    assert "**This comment is cut.**" in text
    assert "- to `Somewhere Else`: 1 object (1 B declared)" in text
    assert "- job `odd-job`: will be created; 1 object (1 B declared) to `Somewhere Else`" in text
    for at in range(number):
        assert f"- to `Store {at}`: " in text
        assert f"- job `job-{at}`: " in text


def test_more_routes_than_the_table_shows() -> None:
    """Also where nothing else is cut, each destination and first delivery is named."""
    steps: list[JobStep | DeliveryStep] = []
    for at in range(30):
        route = Route(ObservedProfile("src", "NYC"), ObservedProfile(f"d-{at}", f"Store {at}"))
        steps.append(create(f"job-{at}", route=route))
        steps.append(submit(f"s-{at}", f"job-{at}", [("/x", 30 - at)], route=route, first_to_destination=True))
    text = render_markdown(build_report(plan(*steps)))
    for at in range(30):
        assert f"- to `Store {at}`: 1 object ({30 - at} B declared); **first in this ledger**" in text


def test_what_fits_is_not_cut() -> None:
    """No list in short where everything is there."""
    assert "is cut" not in render_markdown(build_report(plan(*routes(2))))


def test_what_is_not_even_named_is_counted_at_the_top() -> None:
    """Thousands of destinations are more than a comment can name: it says so first."""
    text = render_markdown(build_report(plan(*routes(1_500, name="A store with a long name, number {}"))))
    assert len(text) <= LIMIT
    named = text.count("- to `A store") + text.count("- job `job-")
    assert f"and {3_000 - named:,} of 1,500 destinations and 1,500 jobs are not even named here" in text
    assert text.index("not even named") < 1_000


def test_long_names_that_differ_at_their_end() -> None:
    """Both ends of a long name are shown."""
    text = render_markdown(build_report(plan(*routes(40, name="N" * 200 + "{:03}"))))
    for at in range(40):
        assert f"NNN{at:03}`" in text


def test_first_deliveries_come_first() -> None:
    """Whatever sizes are declared."""
    known = job("known")
    first = Route(ObservedProfile("src", "NYC"), ObservedProfile("new", "New Place"))
    steps: list[JobStep | DeliveryStep] = [
        *routes(60),
        KeepJob("known", known),
        create("first", route=first),
        submit("s", "first", [("/x", 1)], route=first, first_to_destination=True),
    ]
    text = render_markdown(build_report(plan(*steps)))
    lines = [line for line in text.splitlines() if line.startswith("- to ")]
    assert lines[0] == "- to `New Place`: 1 object (1 B declared); **first in this ledger**"


NAMES = ("bytes", "folder", "whole", "first")


def test_routes_are_ranked_by_what_must_not_be_missed() -> None:
    """A first delivery, a whole profile and a folder stand above any number of declared bytes."""
    ends = {name: Route(ObservedProfile("src", "NYC"), ObservedProfile(name, name)) for name in NAMES}
    steps: list[JobStep | DeliveryStep] = [create(name, route=route) for name, route in ends.items()]
    steps += [
        submit("s1", "bytes", [("/x", 10**15)], route=ends["bytes"]),
        submit("s2", "folder", ["/f/"], route=ends["folder"]),
        submit("s3", "whole", ["/"], route=ends["whole"]),
        submit("s4", "first", [("/x", 1)], route=ends["first"], first_to_destination=True),
    ]
    report = build_report(plan(*steps))
    assert [each.route.destination.name for each in report.routes] == ["first", "whole", "folder", "bytes"]
