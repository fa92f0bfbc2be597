"""What earlier runs left: taken over when they are dead, settled where the server shows how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.apply.jobs import settle_earlier_creations
from jetplan.core.attempts import State
from jetplan.core.evidence import Evidence, evidence_detail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jetplan.apply.context import Context
    from jetplan.core.attempts import Attempt
    from jetplan.core.evidence import Silence


def settle_earlier(context: Context, look: Callable[[], Mapping[str, Evidence | Silence]]) -> list[Attempt]:
    """Take over what dead runs left, then settle what can be settled by looking. Returns what was settled.

    `look` finds what the server shows of the deliveries in doubt. Finding nothing settles nothing.
    """
    context.ledger.recover(context.scope, context.run_id)
    settled = settle_earlier_creations(context)
    for attempt_id, finding in look().items():
        if isinstance(finding, Evidence):
            detail = dict(evidence_detail(finding))
            if context.ledger.mark(attempt_id, State.EVIDENCED, detail, run_id=context.run_id):
                settled.append(attempt_id)
    return [context.ledger.attempt(attempt_id) for attempt_id in settled]
