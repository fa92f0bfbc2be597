"""Checks a report from a file: its numbers and its digest must follow from its lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import Kind, SubjectKey
from jetplan.core.estimates import PastRate
from jetplan.core.observed import ObservedJob, ObservedProfile, SourceFiles
from jetplan.core.plan import AdoptJob, CreateJob, KeepJob, Plan, Retry, Route, SubmitBatch, UpdateJob, sums
from jetplan.errors import Place
from jetplan.render import totals
from jetplan.render.digest import digest_of
from jetplan.render.model import Amount
from jetplan.render.notices import notices_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.render import model

_NOBODY = SubjectKey(Kind.JOB, "", "", "")


def contradiction_of(report: model.Report) -> str:
    """What does not follow from the report's own jobs and objects, in a few words; empty where everything does."""
    for job in report.jobs:
        for each in job.sets:
            if each.job != job.name or not _adds_up(each):
                return f"the numbers of set {each.name!r} do not follow from its objects"
    rates = {
        (each.route.source.storage_profile_id, each.route.destination.storage_profile_id): PastRate(
            each.past_bits_per_second, each.estimated_from_deliveries
        )
        for each in report.routes
        if each.past_bits_per_second is not None
    }
    routes, resends = totals.routes(report.jobs, rates), totals.resends(report.jobs)
    if (report.routes, report.resends) != (routes, resends):
        return "its routes do not follow from its sets"
    if report.totals != totals.totals(report.jobs, report.withdrawn_sets, routes, report.unfinished, report.failed):
        return "its totals do not follow from its sets"
    notices = notices_of(report.jobs, routes, resends, report.unfinished, report.failed, report.withdrawn_sets)
    if not set(notices) <= set(report.notices):
        return "it leaves out what should be looked at first"
    plan = Plan(tuple(_steps(report)))
    if report.digest != digest_of(plan) or report.has_changes != bool(plan.changes()):
        return "its digest does not follow from what it would do"
    return ""


def _adds_up(each: model.DeliverySet) -> bool:
    for delivery in each.deliveries:
        rows = delivery.objects
        known, unknown = sums(rows.table, rows.indexes)
        if delivery.amount != Amount(len(rows), known, unknown):
            return False
        if delivery.whole_profile != ("/" in rows.table.paths):
            return False
    return each.to_submit == sum((delivery.amount for delivery in each.deliveries), start=Amount())


def _steps(report: model.Report) -> Iterator[CreateJob | KeepJob | AdoptJob | UpdateJob | SubmitBatch]:
    """As much of the plan's steps as its digest covers."""
    for job in report.jobs:
        route = _route(job.route)
        done = SourceFiles(job.source_files)
        observed = ObservedJob(job.job_id, job.name, route.source, route.destination, source_files=done)
        if job.action == "create":
            yield CreateJob(job.name, route, _NOBODY, 0, job.set_paused, Place(""))
        elif job.action == "none":
            yield KeepJob(job.name, observed)
        elif job.action == "adopt":
            yield AdoptJob(job.name, observed, _NOBODY, 0, job.set_paused)
        elif job.action == "update":
            yield UpdateJob(job.name, observed, job.set_paused is True)
        for each in job.sets:
            for delivery in each.deliveries:
                rows, amount = delivery.objects, delivery.amount
                yield SubmitBatch(
                    each.name,
                    job.name,
                    route,
                    _NOBODY,
                    0,
                    delivery.batch,
                    delivery.batches,
                    delivery.revision,
                    rows.table,
                    rows.indexes,
                    amount.known_bytes,
                    amount.unknown_sizes,
                    retry=Retry(delivery.retry_of) if delivery.retry_of else None,
                )


def _route(route: model.Route | None) -> Route:
    if route is None:
        return Route(ObservedProfile(""), ObservedProfile(""))
    return Route(
        ObservedProfile(route.source.storage_profile_id), ObservedProfile(route.destination.storage_profile_id)
    )
