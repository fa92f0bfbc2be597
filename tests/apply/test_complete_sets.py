"""A digest stands for a whole set only where this set has sent all of it."""

from __future__ import annotations

import pytest
from builders import attempt, declared, job, observed, spec, subject, wanted

from jetplan.apply import record_complete_sets
from jetplan.core.attempts import NewAttempt, RunInfo
from jetplan.core.diff import diff
from jetplan.core.observed import Overlapping, Relation, SetRecord
from jetplan.core.plan import BatchLimits, SubmitBatch
from jetplan.core.spec import Overlap
from jetplan.ledger.address import in_memory


@pytest.mark.parametrize(
    ("skipped", "accepted", "remembered"),
    [(False, {1, 2}, True), (False, {1}, False), (False, {2}, False), (True, {1}, False)],
    ids=["all accepted", "the last refused", "the first refused", "one skipped, the rest accepted"],
)
def test_only_a_set_that_sent_everything_itself_is_remembered(
    skipped: bool, accepted: set[int], remembered: bool
) -> None:
    """What another set sent must be met again once `overlap` says otherwise; what was refused must be planned again."""
    ledger = in_memory()
    scope = ledger.ensure_scope("https://jet.example", [])
    ledger.begin_run(RunInfo("run-1"))
    ledger.claim(scope, subject("s"), 0, [NewAttempt("a-1", paths=["/a", "/b"])], "run-1")
    met = (Overlapping(0, Relation.SAME, attempt("old", "/a")),) if skipped else ()
    wants = spec(declared(), wanted("s", "/a", "/b", overlap=Overlap.SKIP if skipped else Overlap.REFUSE))
    server = observed(job(), sets={"s": SetRecord(subject("s"), 1, overlapping=met)})
    plan = diff(wants, server, BatchLimits(max_objects=1))

    def took(at: int) -> bool:
        step = plan.steps[at]
        assert isinstance(step, SubmitBatch)
        return step.batch in accepted

    record_complete_sets(plan, took, ledger, scope, {})
    assert ledger.subjects(scope)[subject("s")].complete_digest == (wants.digests["s"] if remembered else None)
