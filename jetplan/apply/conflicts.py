"""Conflicts with other runs: the same objects on their way to the same place, under another set or inside a folder.

A claim keeps two runs from one object of one set. What different sets send to one destination is compared by the plan,
but two runs that plan at the same moment do not see each other's claims. So each run claims first and looks afterwards:
whichever claim was committed later, its run sees the other one and gives way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import SENT
from jetplan.core.observed import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jetplan.apply.context import Context
    from jetplan.core.attempts import Attempt, NewAttempt
    from jetplan.core.plan import SubmitBatch


def find_conflicts(
    step: SubmitBatch, attempts: Sequence[NewAttempt], context: Context, concurrent: Callable[[], bool]
) -> list[Attempt]:
    """The attempts of other runs that hold objects of these attempts, just claimed, at their destination.

    `step` is any step of their set. `concurrent`, called after the claim, says whether another run can have claimed
    since this one began; if not, the plan has seen everything. Nothing is looked for where a person said
    `overlap: send`.
    """
    ledger, scope = context.ledger, context.scope
    if step.overlap_allowed or not concurrent():
        return []
    paths = [path for attempt in attempts for path in attempt.paths]
    own = {step.subject, *step.also}
    conflicts: dict[str, Attempt] = {}
    passed: set[tuple[str, Relation]] = set()
    destination = step.subject.destination_id
    twins = [] if step.twins_allowed else ledger.find_twins(scope, destination, paths)
    for hit in ledger.find_objects(scope, destination, paths) + twins:
        if (hit.attempt_id, hit.relation) in passed or hit.attempt_id in conflicts:
            continue
        other = ledger.attempt(hit.attempt_id)
        # The same object of the same set is decided by the claim, which knows of revisions.
        decided = other.subject in own and hit.relation is Relation.SAME
        # A retry sends what failed earlier: what else was sent there since then was known to whoever asked for it.
        earlier = step.retry is not None and other.state in SENT
        if other.run.run_id == context.run_id or decided or earlier:
            passed.add((hit.attempt_id, hit.relation))
        else:
            conflicts[hit.attempt_id] = other
    return list(conflicts.values())
