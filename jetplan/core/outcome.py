"""What an apply did, step by step, as frozen data. `apply` fills it, `render.outcome` tells it.

Each result holds its step of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.plan import (
    AdoptJob,
    AmbiguousJob,
    BlockedDelivery,
    BlockedJob,
    CreateJob,
    SubmitBatch,
    UpdateJob,
)
from jetplan.core.unfinished import Unfinished, exit_code_for, is_in_doubt
from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.core.plan import WaitingDelivery
    from jetplan.core.unaccounted import Unaccounted

Change = CreateJob | AdoptJob | UpdateJob | SubmitBatch
"""A step that apply carries out."""


@dataclass(frozen=True, slots=True)
class JobApplied:
    """The job was created, adopted or updated, as `step` says; `job_id` may be empty."""

    step: CreateJob | AdoptJob | UpdateJob
    job_id: str


@dataclass(frozen=True, slots=True)
class DeliveryAccepted:
    """The server took the delivery. `delivery_id` is empty where the answer gave none."""

    step: SubmitBatch
    delivery_id: str = ""
    attempt_id: str = ""


@dataclass(frozen=True, slots=True)
class StepRejected:
    """The server said no, completely: nothing happened, and the claim is released. `message` is unescaped."""

    step: Change
    status: int
    message: str = ""
    attempt_id: str = ""


@dataclass(frozen=True, slots=True)
class StepNotSent:
    """The request provably never left: nothing happened, and the claim is released."""

    step: Change
    reason: str
    attempt_id: str = ""


@dataclass(frozen=True, slots=True)
class StepWithheld:
    """It was not sent, because Jet shows files of it that this ledger does not know; the claim is released."""

    step: SubmitBatch
    unknown: Sequence[Unaccounted]
    attempt_id: str = ""


@dataclass(frozen=True, slots=True)
class StepInDoubt:
    """It may have happened. `attempt` is as the ledger has it now."""

    step: Change
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """It was not begun: its job was not made, another run holds the claim, or the run was interrupted."""

    step: Change
    reason: str
    attempts: Sequence[Attempt] = ()
    """The live attempts of others that hold the claim, where that is the reason."""


Result = JobApplied | DeliveryAccepted | StepRejected | StepNotSent | StepWithheld | StepInDoubt | StepSkipped
NotDone = StepRejected | StepNotSent | StepWithheld | StepInDoubt | StepSkipped


@dataclass(frozen=True, slots=True)
class ApplyOutcome:
    """All results of one run, in the plan's order, with what could not be done and what was in doubt before."""

    results: Sequence[Result]
    blocked: Sequence[BlockedJob | AmbiguousJob | BlockedDelivery] = ()
    unfinished: Sequence[Attempt] = ()
    """Attempts of earlier runs that are still in doubt or under way."""
    waiting: Sequence[WaitingDelivery] = ()
    """What a later apply submits, in its window."""
    failed: Sequence[Attempt] = ()
    """Deliveries of any run that failed, and that nothing has superseded."""
    settled: Sequence[Attempt] = ()
    """Attempts of earlier runs that this one settled by looking, in their new state."""
    interrupted: bool = False
    run_id: str = ""
    wrong_ledger: str = ""
    """Why the run was stopped because of the ledger: another ledger, or an older copy."""
    alarms: Sequence[str] = ()
    """Sentences about what a healthy server never does, such as one delivery id for two deliveries."""

    def done(self) -> list[JobApplied | DeliveryAccepted]:
        """The results in which the server, or the ledger, has what the step wanted."""
        return [result for result in self.results if isinstance(result, JobApplied | DeliveryAccepted)]

    def not_done(self) -> list[NotDone]:
        """The results that leave something to be done or to be settled."""
        return [result for result in self.results if not isinstance(result, JobApplied | DeliveryAccepted)]

    def in_doubt(self) -> list[Attempt]:
        """Every attempt in doubt, of this run and of earlier ones, each once."""
        mine = [result.attempt for result in self.results if isinstance(result, StepInDoubt)]
        known = {attempt.attempt_id for attempt in mine}
        earlier = [attempt for attempt in self.unfinished if is_in_doubt(attempt)]
        return mine + [attempt for attempt in earlier if attempt.attempt_id not in known]

    def exit_code(self) -> ExitCode:
        """130 interrupted; else what `exit_code_for` makes of it."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return exit_code_for(
            Unfinished(self.in_doubt(), self.failed),
            undone=bool(self.not_done() or self.blocked or self.unfinished or self.alarms),
            done=bool(self.done()),
            wrong_ledger=bool(self.wrong_ledger) or any(isinstance(each, StepWithheld) for each in self.results),
        )
