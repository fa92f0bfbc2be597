"""Builds the report from a plan: the one traversal of the steps. Renderers never see the plan."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, assert_never
from urllib.parse import urlsplit

from msgspec.structs import replace

from jetplan.core.attempts import State
from jetplan.core.objects import UNKNOWN_SIZE, WHOLE_PROFILE
from jetplan.core.plan import (
    AdoptJob,
    AlreadySubmitted,
    AmbiguousJob,
    BlockedDelivery,
    BlockedJob,
    CreateJob,
    DriftedJob,
    KeepJob,
    ResizedObjects,
    SubmitBatch,
    UpdateJob,
    WaitingDelivery,
    WithdrawnObjects,
)
from jetplan.render import model, totals
from jetplan.render.card import card_of
from jetplan.render.digest import digest_of
from jetplan.render.notices import (
    clock_notices,
    limit_notices,
    notices_of,
    offline_notice,
    selection_notice,
    self_starting_notices,
    settings_notices,
    warning_notices,
)
from jetplan.render.rows import ObjectRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.core.estimates import PastRate
    from jetplan.core.limits import Refusal
    from jetplan.core.observed import ObservedJob, ObservedProfile
    from jetplan.core.plan import DeliveryStep, JobStep, LeftOut, Plan, Route
    from jetplan.errors import Place, Problem

_FIRST_PATHS = 5


def build_report(
    plan: Plan,
    *,
    commit: str = "",
    api_url: str = "",
    refused: Sequence[Refusal] = (),
    compared_with: str = "",
    settings: Sequence[Problem] = (),
    warnings: Sequence[Problem] = (),
) -> model.Report:
    """The report of a plan: deterministic, no clock, no I/O. Object lists stay in the plan's columns.

    `refused`: what the project's limits refuse of it. `compared_with`: the revision an offline plan rests on.
    `settings`: what this change does to the project's settings. `warnings`: what reading the manifests gave.
    """
    jobs, orphans = _jobs(plan)
    unfinished = _cards(attempt for attempt in plan.unfinished if _matters(attempt))
    failed = _cards(plan.failed)
    resends = totals.resends(jobs)
    routes = totals.routes(jobs, plan.rates)
    summary = totals.totals(jobs, orphans, routes, unfinished, failed)
    return model.Report(
        format_version=model.FORMAT_VERSION,
        digest=digest_of(plan),
        has_changes=bool(plan.changes() or plan.waiting()),
        totals=summary,
        notices=(
            *([offline_notice(compared_with)] if compared_with else []),
            *([selection_notice(plan.left_out)] if plan.left_out is not None else []),
            *settings_notices(settings),
            *limit_notices(refused),
            *clock_notices(plan.clock_ahead),
            *self_starting_notices(plan.self_starting, [(each.set_name, each.route) for each in plan.to_approve()]),
            *notices_of(jobs, routes, resends, unfinished, failed, orphans),
            *warning_notices(warnings),
        ),
        routes=routes,
        jobs=jobs,
        resends=resends,
        unfinished=unfinished,
        failed=failed,
        withdrawn_sets=orphans,
        account=plan.account,
        commit=commit,
        api_url=api_url,
        files=plan.files,
        compared_with=compared_with,
        left_out=_left_out(plan.left_out),
    )


def _left_out(left_out: LeftOut | None) -> model.LeftOutPart | None:
    return None if left_out is None else model.LeftOutPart(left_out.sets, left_out.jobs, left_out.attempts)


def _matters(attempt: Attempt) -> bool:
    """A dead run's mere intention sent nothing and holds nothing."""
    return attempt.state is not State.INTENDED or attempt.live


def _cards(attempts: Iterable[Attempt]) -> tuple[model.AttemptCard, ...]:
    return tuple(card_of(each) for each in sorted(attempts, key=lambda each: (each.created_on, each.attempt_id)))


def _jobs(plan: Plan) -> tuple[tuple[model.Job, ...], tuple[model.DeliverySet, ...]]:
    """The jobs in order of first appearance with their sets, and the sets that belong to no job any more."""
    job_steps: dict[str, JobStep] = {}
    set_steps: dict[str, dict[str, list[DeliveryStep]]] = {}
    for step in plan.steps:
        match step:
            case CreateJob() | KeepJob() | AdoptJob() | UpdateJob() | DriftedJob() | AmbiguousJob() | BlockedJob():
                job_steps[step.job] = step
                set_steps.setdefault(step.job, {})
            case (
                SubmitBatch()
                | WaitingDelivery()
                | AlreadySubmitted()
                | BlockedDelivery()
                | ResizedObjects()
                | WithdrawnObjects()
            ):
                set_steps.setdefault(step.job, {}).setdefault(step.set_name, []).append(step)
            case _:
                assert_never(step)
    orphans = tuple(_set(name, "", steps, None, None) for name, steps in set_steps.pop("", {}).items())
    jobs = []
    for name, by_set in set_steps.items():
        own = job_steps.get(name)
        limit = own.observed.max_rate if isinstance(own, KeepJob | AdoptJob | UpdateJob) else None
        past = plan.rates.get(_ids_of(own)) if plan.rates else None
        sets = tuple(_set(each, name, steps, limit, past) for each, steps in by_set.items())
        jobs.append(_beside_sending(_job(name, own, sets, limit), own))
    return tuple(jobs), orphans


def _beside_sending(job: model.Job, step: JobStep | None) -> model.Job:
    if not isinstance(step, KeepJob | AdoptJob | UpdateJob):
        return job
    return replace(job, source_files=step.observed.source_files.value, filtered=step.observed.filtered)


def _ids_of(step: JobStep | None) -> tuple[str, str]:
    """The profile ids of a job's route; empty where it has none."""
    match step:
        case CreateJob(route=of) | KeepJob(observed=of) | AdoptJob(observed=of) | UpdateJob(observed=of):
            route = _route(of)
            return route.source.storage_profile_id, route.destination.storage_profile_id
        case _:
            return "", ""


def _job(name: str, step: JobStep | None, sets: tuple[model.DeliverySet, ...], limit: int | None) -> model.Job:
    match step:
        case None:
            return model.Job(name, "absent", sets=sets)
        case CreateJob(route=route, paused=paused, place=place):
            return model.Job(name, "create", route=_route(route), set_paused=paused, place=_at(place), sets=sets)
        case KeepJob(observed=job):
            return model.Job(name, "none", job.job_id, _route(job), max_rate=limit, sets=sets)
        case AdoptJob(observed=job, paused=paused):
            return model.Job(name, "adopt", job.job_id, _route(job), paused, limit, sets=sets)
        case UpdateJob(observed=job, paused=paused):
            return model.Job(name, "update", job.job_id, _route(job), paused, limit, sets=sets)
        case DriftedJob(observed=job, differences=differences, place=place):
            found = tuple(model.Difference(*each) for each in differences)
            return model.Job(name, "drift", job.job_id, _route(job), differences=found, place=_at(place), sets=sets)
        case AmbiguousJob(candidates=candidates, place=place, known=known):
            several = tuple(
                model.Candidate(each.job_id, _route(each), each.paused, each.job_id == known) for each in candidates
            )
            return model.Job(name, "ambiguous", candidates=several, place=_at(place), sets=sets)
        case BlockedJob(reason=reason, message=message, hint=hint, place=place, attempts=attempts):
            ids = tuple(each.attempt_id for each in attempts)
            problem = model.Problem(reason.value, message, hint, _at(place), ids)
            return model.Job(name, "blocked", problem=problem, place=_at(place), sets=sets)
        case _:
            assert_never(step)


def _set(
    name: str, job: str, steps: Sequence[DeliveryStep], limit: int | None, past: PastRate | None
) -> model.DeliverySet:
    deliveries: list[model.Delivery] = []
    blocked: list[model.BlockedObjects] = []
    resized: tuple[model.Resized, ...] = ()
    submitted = skipped = withdrawn = 0
    opens: model.Opening | None = None
    place = ""
    for step in steps:
        match step:
            case SubmitBatch():
                deliveries.append(_delivery(step))
                place = place or _at(step.place)
            case WaitingDelivery(submission, waits):
                deliveries.append(_delivery(submission))
                opens = model.Opening.of(waits)
                place = place or _at(submission.place)
            case BlockedDelivery():
                blocked.append(_blocked(step))
                place = place or _at(step.place)
            case AlreadySubmitted(count=count, skipped=by_others):
                submitted, skipped = submitted + count, skipped + by_others
            case ResizedObjects():
                resized = tuple(model.Resized(path, _size(then), _size(now)) for path, then, now in step.resized)
            case WithdrawnObjects(count=count):
                withdrawn += count
            case _:
                assert_never(step)
    amount = sum((each.amount for each in deliveries), start=model.Amount())
    takes, from_deliveries = totals.estimate(amount.known_bytes, limit, past)
    return model.DeliverySet(
        name,
        job,
        amount,
        sum(each.resent_objects for each in deliveries),
        takes,
        tuple(deliveries),
        tuple(blocked),
        submitted,
        skipped,
        resized,
        withdrawn,
        place,
        from_deliveries,
        opens,
    )


def _delivery(step: SubmitBatch) -> model.Delivery:
    rows = ObjectRows(step.objects, step.indexes)
    return model.Delivery(
        step.batch,
        step.batches,
        step.revision,
        model.Amount(len(step), step.known_bytes, step.unknown_sizes),
        step.resent,
        step.known_bytes if step.resent == len(step) else step.resent_bytes if step.resent else 0,
        step.first_to_destination,
        rows.holds(WHOLE_PROFILE),
        step.overlap_allowed,
        rows,
        step.retry.attempt_id if step.retry is not None else "",
    )


def _blocked(step: BlockedDelivery) -> model.BlockedObjects:
    ids = tuple(each.attempt_id for each in step.attempts)
    problem = model.Problem(step.reason.value, step.message, step.hint, _at(step.place), ids)
    amount = model.Amount(step.count, step.known_bytes, step.unknown_sizes)
    paths: Iterable[str] = ()
    if step.objects is not None:
        paths = [step.objects.paths[index] for index in step.indexes[:_FIRST_PATHS]]
    return model.BlockedObjects(amount, problem, tuple(paths))


def _route(of: Route | ObservedJob) -> model.Route:
    return model.Route(profile_of(of.source), profile_of(of.destination))


def profile_of(profile: ObservedProfile) -> model.Profile:
    """A storage profile as formats say it."""
    name = str(profile) if profile.name else ""
    return model.Profile(profile.profile_id, name, profile.storage_type, _bare(profile.url))


@lru_cache(maxsize=4096)  # thousands of jobs share a few profiles
def _bare(url: str) -> str:
    """The URL without user, password, query and fragment: any of them may hold a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _size(number: int) -> int | None:
    return None if number == UNKNOWN_SIZE else number


def _at(place: Place) -> str:
    return str(place)
