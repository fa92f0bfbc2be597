"""Job steps that make nothing: adopt, pause and resume. And how a creation whose answer was lost is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from jetplan.core.answers import AcceptedAnswer, InDoubtAnswer, NotSentAnswer, RejectedAnswer
from jetplan.core.attempts import Kind, State, SubjectKey
from jetplan.core.outcome import JobApplied, Result, StepNotSent, StepRejected
from jetplan.core.plan import AdoptJob, CreateJob, UpdateJob
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.apply.context import Context
    from jetplan.core.attempts import Attempt
    from jetplan.core.observed import ObservedJob

_LOOKS = (0.0, 0.5, 1.0, 2.0, 3.0, 3.0)
"""Seconds before each look at the list of jobs."""


def apply_job(step: AdoptJob | UpdateJob, context: Context) -> Result:
    """Carry out one job step."""
    match step:
        case AdoptJob(observed=job, paused=paused, subject=subject):
            context.ledger.adopt(context.scope, subject, job.job_id)
            return JobApplied(step, job.job_id) if paused is None else set_paused(step, job.job_id, paused, context)
        case UpdateJob(observed=job, paused=paused):
            return set_paused(step, job.job_id, paused, context)
        case _:
            assert_never(step)


def adopt_together(steps: Sequence[AdoptJob], context: Context) -> list[Result]:
    """Adopt jobs that need nothing else, in as few commits as can be: it is one note in the ledger each."""
    try:
        context.ledger.adopt_all(context.scope, [(step.subject, step.observed.job_id) for step in steps])
    except JetplanError as error:
        return [StepNotSent(step, error.message) for step in steps]
    return [JobApplied(step, step.observed.job_id) for step in steps]


def set_paused(step: CreateJob | AdoptJob | UpdateJob, job_id: str, paused: bool, context: Context) -> Result:
    """Pausing twice has the effect of pausing once. So after a lost answer the next run just pauses again."""
    match context.client.set_paused(job_id, paused):
        case AcceptedAnswer():
            return JobApplied(step, job_id)
        case RejectedAnswer(status, message):
            return StepRejected(step, status, message)
        case NotSentAnswer(reason):
            return StepNotSent(step, reason)
        case InDoubtAnswer(reason):
            return StepNotSent(step, f"{reason}; whether the job is {'paused' if paused else 'resumed'} is not known")
        case other:
            assert_never(other)


def settle_creations(doubtful: Sequence[Attempt], context: Context) -> dict[str, str]:
    """Look for jobs whose creation is in doubt until all are found or the time is up: attempt id -> job id.

    Found means accepted. Several of one name with the same profiles are left to the plan, which calls them ambiguous.
    """
    found: dict[str, str] = {}
    waited = 0.0
    for delay in _LOOKS:
        if waited + delay > context.settle_seconds or (delay and not context.stop.wait(delay)):
            break
        waited += delay
        by_subject = _jobs_by_subject(context.list_jobs())
        for attempt in doubtful:
            matches = by_subject.get(attempt.subject, [])
            if len(matches) == 1 and attempt.attempt_id not in found:
                found[attempt.attempt_id] = matches[0]
                detail = {"evidence": f"job {matches[0]} is on the server"}
                context.ledger.transition(
                    attempt.attempt_id, State.EVIDENCED, detail, run_id=context.run_id, job_id=matches[0]
                )
        if len(found) == len(doubtful):
            break
    return found


def settle_earlier_creations(context: Context) -> list[str]:
    """Settle the creations in doubt of earlier runs: found on the server, or not found after some looks. Attempt ids.

    Creating a job moves no file, and jobs can be listed: unlike a delivery's, its absence is believed after a while.
    """
    doubtful = [
        attempt
        for attempt in context.ledger.unfinished(context.scope)
        if attempt.subject.kind is Kind.JOB and attempt.state is State.IN_DOUBT
    ]
    if not doubtful:
        return []
    found = settle_creations(doubtful, context)
    absent = [attempt for attempt in doubtful if attempt.attempt_id not in found]
    if context.stop:
        return list(found)
    names = {job.name for job in context.list_jobs()} if absent else set()
    settled = list(found)
    for attempt in absent:
        if attempt.subject.name not in names:
            detail = {"who": "jetplan", "reason": "looked for it on the server for a while, and it is not there"}
            context.ledger.transition(attempt.attempt_id, State.RESOLVED_NOT_ACCEPTED, detail, run_id=context.run_id)
            settled.append(attempt.attempt_id)
    return settled


def _jobs_by_subject(jobs: Sequence[ObservedJob]) -> dict[SubjectKey, list[str]]:
    found: dict[SubjectKey, list[str]] = {}
    for job in jobs:
        key = SubjectKey(Kind.JOB, job.name, job.source.profile_id, job.destination.profile_id)
        found.setdefault(key, []).append(job.job_id)
    return found
