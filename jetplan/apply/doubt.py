"""An attempt in doubt for a result: as the ledger has it, or as this run knows it where the ledger cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import Attempt, RunInfo, State
from jetplan.core.outcome import StepInDoubt
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from jetplan.apply.context import Context
    from jetplan.core.attempts import NewAttempt
    from jetplan.core.plan import CreateJob, SubmitBatch


def in_doubt(
    step: CreateJob | SubmitBatch, attempt_id: str, new: NewAttempt, reason: str, context: Context
) -> StepInDoubt:
    """The result of a step that may have happened, even where the ledger was lost or replaced meanwhile."""
    try:
        return StepInDoubt(step, context.ledger.attempt(attempt_id))
    except JetplanError:
        known = [size for size in new.sizes if size >= 0]
        attempt = Attempt(
            attempt_id,
            step.subject,
            State.IN_DOUBT,
            RunInfo(context.run_id),
            "",
            "",
            new.batch,
            new.batches,
            new.revision,
            new.job_id,
            new.job_name,
            objects=len(new.paths),
            known_bytes=sum(known),
            unknown_sizes=len(new.paths) - len(known),
            detail={"reason": reason},
            first_paths=tuple(new.paths[:5]),
        )
        return StepInDoubt(step, attempt)
