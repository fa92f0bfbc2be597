"""What is not understood whole blocks, and a name that two profiles share allows nothing."""

from __future__ import annotations

from dataclasses import replace

from builders import LAX, NYC, declared, job, observed, spec, wanted

from jetplan.core.diff import diff
from jetplan.core.limits import Limits, refusals
from jetplan.core.observed import Observed, ObservedProfile
from jetplan.core.plan import BatchLimits, BlockReason, Plan
from jetplan.core.spec import ProfileRef

TWIN = ObservedProfile("p-twin", "LAX Ingest", "AWS_S3", "https://elsewhere.example")
LIMITS = BatchLimits(1000, None)


def test_a_job_of_several_actions_blocks() -> None:
    """Declared or only on the server: its other actions would send what no plan shows."""
    for parts in ((declared(), wanted("a", "/x")), (wanted("a", "/x"),)):
        plan = diff(spec(*parts), observed(job(actions=2)), LIMITS)
        assert not plan.submissions()
        reasons = {step.reason for step in plan.blocked() if hasattr(step, "reason")}
        assert BlockReason.JOB_DRIFTED in reasons
        assert diff(spec(*parts), observed(job()), LIMITS).submissions()


def planned(*profiles: ObservedProfile, destination: str) -> Plan:
    route = declared(source=ProfileRef(profile_id=NYC.profile_id), destination=ProfileRef(profile_id=destination))
    seen: Observed = replace(observed(), profiles=profiles)
    return diff(spec(route, wanted("a", "/x")), seen, LIMITS)


def test_a_shared_name_allows_nothing() -> None:
    """`allowDestinations: [LAX Ingest]` does not let a second profile of that name in."""
    by_name, by_id = (Limits(destinations=frozenset({word})) for word in ("LAX Ingest", "p-twin"))
    plan = planned(NYC, LAX, TWIN, destination="p-twin")
    (refused,) = refusals(plan, by_name)
    assert refused.flag == "--allow-destination p-twin"
    assert "LAX Ingest (p-twin)" in refused.message
    assert refusals(plan, by_id) == ()
    assert refusals(planned(NYC, LAX, destination="p-lax"), by_name) == ()
