"""Other runs that would move the same objects to the same place under another set, or as a folder and its content.

Claims keep two runs from one object of one set. What different sets send to one destination is told apart by the
plan; of two runs that planned at the same moment neither plan could. So each claims first and looks then: whichever
order their commits had, at least one of the two sees the other, and gives way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.observed import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jetplan.apply.context import Context
    from jetplan.core.attempts import Attempt, NewAttempt
    from jetplan.core.plan import SubmitBatch


def meet_others(
    step: SubmitBatch, attempts: Sequence[NewAttempt], context: Context, alone: Callable[[], bool]
) -> list[Attempt]:
    """The attempts of other runs that hold objects of these, just claimed, at their destination.

    `step` is any step of their set; `alone` tells, as of after the claim, whether there can be no such run. None are
    looked for where a person has said `overlap: send`.
    """
    ledger, scope = context.ledger, context.scope
    if step.overlap_allowed or alone():
        return []
    paths = [path for attempt in attempts for path in attempt.paths]
    own = {step.subject, *step.also}
    met: dict[str, Attempt] = {}
    passed: set[tuple[str, Relation]] = set()
    for hit in ledger.find_objects(scope, step.subject.destination_id, paths):
        if (hit.attempt_id, hit.relation) in passed or hit.attempt_id in met:
            continue
        other = ledger.attempt(hit.attempt_id)
        # The same object of the same set is the claim's matter, which knows of revisions.
        if other.run.run_id == context.run_id or (other.subject in own and hit.relation is Relation.SAME):
            passed.add((hit.attempt_id, hit.relation))
        else:
            met[hit.attempt_id] = other
    return list(met.values())
