"""diff(spec, observed) -> Plan: the one place where it is decided what would be done. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from jetplan.core.attempts import State
from jetplan.core.deliveries import SetPlanner
from jetplan.core.delta import holds
from jetplan.core.plan import (
    UNSEEN,
    AdoptJob,
    AmbiguousJob,
    BatchLimits,
    BlockedJob,
    BlockReason,
    CreateJob,
    DriftedJob,
    KeepJob,
    Plan,
    SubmitBatch,
    UpdateJob,
    WithdrawnObjects,
)
from jetplan.core.routes import (
    Absent,
    Ambiguous,
    Drifted,
    Found,
    Unresolved,
    job_subject,
    match_jobs,
    route_of,
)
from jetplan.errors import Place

if TYPE_CHECKING:
    from jetplan.core.observed import Observed, ObservedJob
    from jetplan.core.plan import JobStep, Route, Step
    from jetplan.core.routes import Match
    from jetplan.core.spec import DeliverySetSpec, JobSpec, Spec

_NOWHERE = Place("")


def diff(spec: Spec, observed: Observed, limits: BatchLimits | None = None) -> Plan:
    """What is to be done so that the server has what the manifests want, each object once."""
    matches = match_jobs(spec, observed)
    sets_of: dict[str, list[DeliverySetSpec]] = {}
    for wanted in spec.sets.values():
        sets_of.setdefault(wanted.job, []).append(wanted)
    planner = SetPlanner(spec, observed, limits or BatchLimits(), matches)
    steps: list[Step] = []
    for name, match in matches.items():
        declared = spec.jobs.get(name)
        job_step = _job_step(name, match, declared, observed)
        steps.append(job_step)
        for wanted in sets_of.get(name, ()):
            steps.extend(planner.steps(wanted, job_step))
    steps.extend(WithdrawnObjects(name, "", count) for name, count in sorted(observed.withdrawn_sets.items()))
    routes = {_ends(step.route) for step in steps if isinstance(step, SubmitBatch)}
    return Plan(
        tuple(steps),
        unfinished=tuple(observed.unfinished),
        failed=tuple(observed.failed),
        account=observed.account,
        files=spec.files,
        manifest_digests=spec.digests,
        rates=observed.rates,
        self_starting=[job for job in observed.jobs if not job.manual and _ends(job) in routes] if routes else (),
    )


def _ends(of: Route | ObservedJob) -> tuple[str, str]:
    return of.source.profile_id, of.destination.profile_id


def _job_step(name: str, match: Match, declared: JobSpec | None, observed: Observed) -> JobStep:
    place = declared.place if declared else _NOWHERE
    match match:
        case Found():
            return _found(name, match, declared, observed)
        case Absent():
            return _absent(name, match, declared, observed)
        case Drifted(job, differences):
            return DriftedJob(name, job, differences, place)
        case Ambiguous(candidates):
            known = [each.job_id for each in candidates if each.job_id in observed.known_jobs]
            return AmbiguousJob(name, candidates, place, known[0] if len(known) == 1 else "")
        case Unresolved(reason, message, hint):
            return BlockedJob(name, reason, message, hint, place)
        case _:
            assert_never(match)


def _found(name: str, match: Found, declared: JobSpec | None, observed: Observed) -> KeepJob | AdoptJob | UpdateJob:
    job = match.job
    if declared is None:
        return KeepJob(name, job, declared=False)
    change = declared.paused if declared.paused not in {None, job.paused} else None
    if job.job_id not in observed.known_jobs:
        route = route_of(match)
        assert route is not None  # noqa: S101 - a found job has a route; tells the type checker
        subject = job_subject(name, route)
        return AdoptJob(name, job, subject, observed.job_versions.get(name, 0), change)
    return UpdateJob(name, job, change) if change is not None else KeepJob(name, job)


def _absent(name: str, match: Absent, declared: JobSpec | None, observed: Observed) -> CreateJob | BlockedJob:
    place = declared.place if declared else _NOWHERE
    known = observed.job_attempts.get(name, ())
    attempts = [attempt for attempt in known if holds(attempt)]
    if attempts:
        running = all(attempt.live and attempt.state is not State.IN_DOUBT for attempt in attempts)
        reason = BlockReason.IN_PROGRESS if running else BlockReason.IN_DOUBT
        message = (
            "another run is creating it now"
            if running
            else "its creation was attempted and the answer was lost; it is not on the server"
        )
        hint = "wait for that run" if running else "run `jetplan apply`: it looks for the job on the server"
        return BlockedJob(name, reason, message, hint, place, tuple(attempts))
    subject = job_subject(name, match.route)
    paused = declared.paused if declared else None
    version = UNSEEN if known else observed.job_versions.get(name, 0)
    return CreateJob(name, match.route, subject, version, paused, place)
