"""Creating jobs: claimed some at a time, each committed, sent and recorded by whichever thread is free."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, assert_never

from jetplan.api.bodies import job_body
from jetplan.api.refusals import CallRefused
from jetplan.apply.doubt import in_doubt
from jetplan.apply.driver import Channel
from jetplan.apply.jobs import set_paused
from jetplan.core.attempts import Claimed, NewAttempt, NewClaim, SubjectKey, Taken
from jetplan.core.outcome import JobApplied, Result, StepNotSent, StepRejected, StepSkipped
from jetplan.core.plan import CreateJob
from jetplan.core.protocol import (
    AcceptedEnd,
    HeldEnd,
    InDoubtEnd,
    Looked,
    NotSentEnd,
    RejectedEnd,
    WithheldEnd,
    send_once,
)
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jetplan.apply.claiming import Follows
    from jetplan.apply.context import Context
    from jetplan.core.attempts import ClaimResult
    from jetplan.core.plan import Plan

KnownJobs = dict[str, list[tuple[SubjectKey, str]]]
"""By name, the jobs that were made or adopted under it: subject and job id."""


def jobs_known(plan: Plan, context: Context) -> KnownJobs:
    """The jobs that the ledger has under the names of those to be created. What comes later moves their version."""
    names = [step.job for step in plan.steps if isinstance(step, CreateJob)]
    return context.ledger.jobs_named(context.scope, names) if names else {}


class JobCreation:
    """Creates one job. `report` is told the result, once, from any thread."""

    def __init__(self, step: CreateJob, context: Context, report: Callable[[Result], None]) -> None:
        self._step = step
        self._context = context
        self._report = report
        self._version = step.version
        self._attempt = NewAttempt(context.new_id(), job_name=step.job)
        self.done = False

    def begin(self, known: Sequence[tuple[SubjectKey, str]]) -> Follows:
        """Create it, unless one of those that the ledger knows is there: a list may lag behind."""
        step, context = self._step, self._context
        if context.stop:
            self.give_up()
            return ()
        try:
            for subject, job_id in known:
                if not _is_there(job_id, context):
                    continue
                if subject == step.subject:
                    self._report(_made(step, job_id, context))
                else:
                    why = f"job {job_id} has this name and other storage profiles, though no list shows it"
                    self._report(StepSkipped(step, why))
                return ()
        except JetplanError as error:
            self._report(StepNotSent(step, error.message))
            return ()
        return self._send(claimed=False)

    # As a claimant.

    def ask(self, attempts: int, objects: int) -> NewClaim:  # noqa: ARG002 - it has one attempt, of no objects
        """The claim on the job's name."""
        self.done = True
        return NewClaim(self._step.subject, self._version, [self._attempt])

    def answered(self, claim: NewClaim, result: ClaimResult | JetplanError, concurrent: Callable[[], bool]) -> Follows:  # noqa: ARG002 - a job's name is claimed, whoever else is there
        """Send the request if it was granted."""
        match result:
            case Claimed(version):
                self._version = version
                return [partial(self._send, claimed=True)]
            case Taken(by):
                self._report(StepSkipped(self._step, "another attempt holds the claim", tuple(by)))
            case error:
                # If the commit took place after all, the claim is released when the run ends.
                self._report(StepNotSent(self._step, error.message, self._attempt.attempt_id))
        return []

    def give_up(self) -> None:
        """Report that the job was not begun."""
        self._report(StepSkipped(self._step, self._context.stop.reason))

    # As work.

    def _send(self, *, claimed: bool) -> Follows:
        try:
            result = self._create(claimed=claimed)
        except JetplanError as error:
            result = StepNotSent(self._step, error.message)
        self._report(result)
        return ()

    def _claim(self, attempts: Sequence[NewAttempt]) -> ClaimResult:
        context = self._context
        result = context.ledger.claim(context.scope, self._step.subject, self._version, attempts, context.run_id)
        if isinstance(result, Claimed):
            self._version = result.version
        return result

    def _create(self, *, claimed: bool) -> Result:
        step, context = self._step, self._context
        body = job_body(step.job, step.route.source.profile_id, step.route.destination.profile_id)
        channel = Channel(self._claim, lambda _: context.client.create_job(body), lambda _: Looked(None))
        protocol = send_once(self._attempt, context.new_id, context.patience, claimed=claimed)
        match context.driver.drive(protocol, channel):
            case AcceptedEnd(record_id=job_id):
                context.baselines.made(job_id)
                return _made(step, job_id, context)
            case RejectedEnd(attempt_id, status, message):
                return StepRejected(step, status, message, attempt_id)
            case NotSentEnd(attempt_id, reason):
                return StepNotSent(step, reason, attempt_id)
            case InDoubtEnd(attempt_id, reason):
                return in_doubt(step, attempt_id, self._attempt, reason, context)
            case WithheldEnd(attempt_id):
                return StepNotSent(step, "withheld", attempt_id)
            case HeldEnd(taken, reason):
                return StepSkipped(step, context.stop.reason if context.stop else reason, tuple(taken.by))
            case other:
                assert_never(other)


def _is_there(job_id: str, context: Context) -> bool:
    try:
        context.client.view_job(job_id)
    except CallRefused as refusal:
        if refusal.status in {404, 410}:
            return False
        raise
    return True


def _made(step: CreateJob, job_id: str, context: Context) -> Result:
    return set_paused(step, job_id, paused=True, context=context) if step.paused else JobApplied(step, job_id)
