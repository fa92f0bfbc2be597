"""The step that sends failed files again, and when there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import LAX, NYC, attempt, subject

from jetplan.core.arrival import Arrival, NotMoved
from jetplan.core.attempts import State
from jetplan.core.plan import BatchLimits, Retry, Route
from jetplan.core.retries import may_be_retried, retry_step
from jetplan.errors import JetplanError, Place

ROUTE = Route(NYC, LAX)
FILES = (NotMoved("/b", 7), NotMoved("/c"), NotMoved("/d", 5, sure=False))
FAILED = replace(
    attempt("s", "/a", "/b", "/c", state=State.FAILED, revision=3),
    arrival=Arrival("FAILED", 4, moved=1, failed=FILES),
    retries_before=1,
)
LIMITS = BatchLimits()


def test_the_step() -> None:
    """Those files that Jet names without doubt, at the attempt's own revision, on somebody's word."""
    step = retry_step(FAILED, ROUTE, "nyc-to-lax", {"who": "mia"}, LIMITS, Place("m.yaml", 2))
    assert (step.paths(), list(step.sizes())) == (["/b", "/c"], [7, -1])
    assert step.retry == Retry("a-1", {"who": "mia"}, 2)
    assert (step.set_name, step.job, step.route, step.subject) == ("s", "nyc-to-lax", ROUTE, subject("s"))
    assert (step.version, step.batch, step.batches, step.revision) == (-1, 1, 1, 3)
    assert (step.known_bytes, step.unknown_sizes, step.resent, step.resent_bytes) == (7, 1, 2, 7)
    assert step.place == Place("m.yaml", 2)
    assert step.objects.revision == 3


def test_the_limits_of_one_delivery() -> None:
    """Exactly at a limit it may go; unknown sizes weigh nothing."""
    for limits, may in (
        (BatchLimits(max_objects=2), True),
        (BatchLimits(max_objects=1), False),
        (BatchLimits(max_bytes=7), True),
        (BatchLimits(max_bytes=6), False),
    ):
        assert may_be_retried(FAILED, limits) is may
        if may:
            assert retry_step(FAILED, ROUTE, "j", {}, limits).paths() == ["/b", "/c"]
        else:
            with pytest.raises(JetplanError, match="2 files of attempt a-1 failed: more than one delivery") as refused:
                retry_step(FAILED, ROUTE, "j", {}, limits)
            assert refused.value.hint == "raise `revision` on them: then they go in several deliveries"


@pytest.mark.parametrize("arrival", [None, Arrival("FAILED", 1), Arrival("FAILED", 1, failed=FILES[2:])])
def test_no_file_that_is_named(arrival: Arrival | None) -> None:
    """Nothing can go again by itself; the hint names both ways out."""
    failed = replace(FAILED, arrival=arrival)
    assert not may_be_retried(failed, LIMITS)
    with pytest.raises(JetplanError, match="Jet names no file of attempt a-1 as failed") as refused:
        retry_step(failed, ROUTE, "j", {}, LIMITS)
    assert refused.value.hint == ("raise `revision` on what is missing, or run `jetplan resolve a-1 --abandoned`")
