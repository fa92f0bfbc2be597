"""Limits a later plan to what an approved plan holds. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jetplan.core.plan import AdoptJob, CreateJob, SubmitBatch, UpdateJob

if TYPE_CHECKING:
    from collections.abc import Hashable

    from jetplan.core.plan import Plan, Step


def narrowed(plan: Plan, approved: Plan) -> Plan:
    """The plan without the changes that are not in the approved plan."""
    paths: dict[Hashable, set[str]] = {}
    for step in approved.to_approve():
        paths.setdefault(_delivery(step), set()).update(step.paths())
    approved_ends, ends = approved.source_files(), plan.source_files()
    jobs = {_job(step) for step in approved.changes() if not isinstance(step, SubmitBatch)}

    def is_approved(step: Step) -> bool:
        match step:
            case SubmitBatch():
                as_seen = ends.get(step.job) == approved_ends.get(step.job)
                return as_seen and paths.get(_delivery(step), set()).issuperset(step.paths())
            case CreateJob() | AdoptJob() | UpdateJob():
                return _job(step) in jobs
            case _:
                return True

    return replace(plan, steps=tuple(step for step in plan.steps if is_approved(step)))


def _delivery(step: SubmitBatch) -> Hashable:
    return step.subject, step.job, step.revision, step.retry.attempt_id if step.retry is not None else ""


def _job(step: CreateJob | AdoptJob | UpdateJob) -> Hashable:
    if isinstance(step, CreateJob):
        return CreateJob, step.subject, step.paused
    return type(step), step.observed.job_id, step.paused
