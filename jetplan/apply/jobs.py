"""Job steps: create, adopt, pause and resume. A creation whose answer was lost is settled by looking at the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from jetplan.api.bodies import job_body
from jetplan.apply.driver import Channel
from jetplan.core.answers import Accepted, NoAnswer, NotSent, Refused
from jetplan.core.attempts import NewAttempt, State
from jetplan.core.outcome import JobApplied, Result, StepInDoubt, StepNotSent, StepRejected, StepSkipped
from jetplan.core.plan import AdoptJob, CreateJob, UpdateJob
from jetplan.core.protocol import Done, Doubtful, Held, Rejected, Unsent, carry_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.apply.context import Context
    from jetplan.core.attempts import Attempt
    from jetplan.core.plan import Route

JobStep = CreateJob | AdoptJob | UpdateJob


def apply_job(step: JobStep, context: Context) -> Result:
    """Carry out one job step."""
    match step:
        case CreateJob():
            return _create(step, context)
        case AdoptJob(observed=job, paused=paused, subject=subject):
            context.ledger.adopt(context.scope, subject, job.job_id)
            return JobApplied(step, job.job_id) if paused is None else _set_paused(step, job.job_id, paused, context)
        case UpdateJob(observed=job, paused=paused):
            return _set_paused(step, job.job_id, paused, context)
        case _:
            assert_never(step)


def _create(step: CreateJob, context: Context) -> Result:
    attempt = NewAttempt(context.new_id(), job_name=step.job)
    body = job_body(step.job, step.route.source.profile_id, step.route.destination.profile_id)
    version = step.version

    def claim(attempts: Sequence[NewAttempt]) -> object:
        nonlocal version
        result = context.ledger.claim(context.scope, step.subject, version, attempts, context.run_id)
        version = getattr(result, "version", version)
        return result

    channel = Channel(claim, lambda _: context.client.create_job(body), lambda _: None)  # type: ignore[arg-type]  # claim returns what the ledger does
    match context.driver.drive(carry_out(attempt, context.new_id, context.patience), channel):
        case Done(record_id=job_id):
            context.looks.made(job_id)
            return _made(step, job_id, context)
        case Rejected(attempt_id, status, message):
            return StepRejected(step, status, message, attempt_id)
        case Unsent(attempt_id, reason):
            return StepNotSent(step, reason, attempt_id)
        case Doubtful(attempt_id):
            return StepInDoubt(step, context.ledger.attempt(attempt_id))
        case Held(taken, reason):
            return StepSkipped(step, "interrupted" if context.stop else reason, tuple(taken.by))
        case other:
            assert_never(other)


def _made(step: CreateJob, job_id: str, context: Context) -> Result:
    if step.paused:
        return _set_paused(step, job_id, paused=True, context=context)
    return JobApplied(step, job_id)


def _set_paused(step: JobStep, job_id: str, paused: bool, context: Context) -> Result:
    """Pausing twice is pausing once, so a lost answer is simply asked again on the next run."""
    match context.client.set_paused(job_id, paused):
        case Accepted():
            return JobApplied(step, job_id)
        case Refused(status, message):
            return StepRejected(step, status, message)
        case NotSent(reason):
            return StepNotSent(step, reason)
        case NoAnswer(reason):
            return StepNotSent(step, f"{reason}; whether the job is {'paused' if paused else 'resumed'} is not known")
        case other:
            assert_never(other)


def settle_creations(doubtful: Sequence[tuple[Attempt, Route]], context: Context) -> dict[str, str]:
    """Look for jobs whose creation is in doubt until all are found or the time is up: attempt id -> job id.

    Found means accepted. Several of one name with the same profiles are left to the plan, which calls them ambiguous.
    """
    found: dict[str, str] = {}
    waited = 0.0
    for delay in (0.0, 0.5, 1.0, 2.0, 3.0, 4.0):
        if waited + delay > context.settle_seconds or (delay and not context.stop.wait(delay)):
            break
        waited += delay
        jobs = context.list_jobs()
        for attempt, route in doubtful:
            matches = [
                job.job_id
                for job in jobs
                if job.name == attempt.subject.name
                and job.source.profile_id == route.source.profile_id
                and job.destination.profile_id == route.destination.profile_id
            ]
            if len(matches) == 1 and attempt.attempt_id not in found:
                found[attempt.attempt_id] = matches[0]
                detail = {"evidence": f"job {matches[0]} is on the server"}
                context.ledger.mark(
                    attempt.attempt_id, State.EVIDENCED, detail, run_id=context.run_id, job_id=matches[0]
                )
        if len(found) == len(doubtful):
            break
    return found
