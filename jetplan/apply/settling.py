"""What earlier runs left: taken over when they are dead, settled where the server shows how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.apply.jobs import settle_earlier_creations
from jetplan.core.attempts import State
from jetplan.core.evidence import Evidence, evidence_detail, failure_detail

if TYPE_CHECKING:
    from collections.abc import Collection

    from jetplan.apply.context import Context
    from jetplan.core.attempts import Attempt

_LOOKS = (0.3, 0.7, 1.5, 2.5)
"""Seconds before each look for a delivery whose answer was just lost."""


def settle_earlier(context: Context) -> list[Attempt]:
    """Take over what dead runs left, then settle what can be settled by looking. Returns what was settled."""
    context.ledger.recover(context.scope, context.run_id)
    settled = [*settle_earlier_creations(context), *settle_deliveries(context)]
    return [context.ledger.attempt(attempt_id) for attempt_id in settled]


def settle_deliveries(context: Context) -> list[str]:
    """Record the deliveries in doubt that the server shows. Finding nothing settles nothing. Returns attempt ids."""
    settled: list[str] = []
    for attempt_id, finding in context.look().items():
        if isinstance(finding, Evidence):
            detail = dict(evidence_detail(finding))
            if context.ledger.transition(attempt_id, State.EVIDENCED, detail, run_id=context.run_id):
                settled.append(attempt_id)
                _record_failure(context, attempt_id, finding)
    return settled


def _record_failure(context: Context, attempt_id: str, evidence: Evidence) -> None:
    """What was accepted, and did not arrive in whole, is recorded as failed, with the names, and told aloud."""
    if not evidence.failed:
        return
    detail = dict(failure_detail(evidence))
    if context.ledger.transition(attempt_id, State.FAILED, detail, run_id=context.run_id):
        more = f" and {len(evidence.failed) - 1} more" if len(evidence.failed) > 1 else ""
        context.driver.alarms.append(
            f"the server accepted attempt {attempt_id}, and says that {evidence.failed[0]}{more} failed: "
            f"`jetplan retry {attempt_id}` sends what failed again, and so does a raised `revision`"
        )


def settle_soon(context: Context, attempt_ids: Collection[str]) -> set[str]:
    """Look a few times for deliveries whose answers this run has just lost: most are shown within seconds."""
    left = set(attempt_ids)
    for delay in _LOOKS:
        if not left or not context.stop.wait(delay):
            break
        left.difference_update(settle_deliveries(context))
    return set(attempt_ids) - left
