"""The report's numbers: per route, per re-send and over all, added up from its jobs and sets."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from jetplan.core.estimates import seconds
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.render.model import Amount, Largest, Resend, RouteTotal, Totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jetplan.core.estimates import PastRate
    from jetplan.render.model import AttemptCard, Delivery, DeliverySet, Job

LARGEST = 10
_HELD = frozenset({"in_doubt", "in_progress"})


def estimate(known_bytes: int, limit: int | None, past: PastRate | None) -> tuple[int | None, int]:
    """Seconds that the known bytes take, None where nothing tells, and how many past deliveries say so.

    The route's own past counts; a limit of the job that takes longer counts instead, as nothing goes faster.
    """
    at_limit = seconds(known_bytes, limit)
    as_before = seconds(known_bytes, past.bits_per_second) if past is not None else None
    if past is None or as_before is None or (at_limit is not None and at_limit > as_before):
        return at_limit, 0
    return as_before, past.deliveries


def routes(jobs: Sequence[Job], rates: Mapping[tuple[str, str], PastRate]) -> tuple[RouteTotal, ...]:
    """What would be submitted over each route, the gravest first.

    First deliveries, whole profiles, then folders and unknown sizes, then the most bytes: a declared size is a claim.
    """
    by_ids: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        if job.route is not None and any(each.deliveries for each in job.sets):
            ids = (job.route.source.storage_profile_id, job.route.destination.storage_profile_id)
            by_ids.setdefault(ids, []).append(job)
    found = [_route_total(group, rates.get(ids)) for ids, group in by_ids.items()]
    return tuple(sorted(found, key=_rank))


def _rank(each: RouteTotal) -> tuple[bool, bool, bool, int, int]:
    amount = each.amount
    grave = (not each.first_to_destination, not each.whole_profile, not amount.unknown_sizes)
    return *grave, -amount.known_bytes, -amount.object_count


def _route_total(jobs: Sequence[Job], past: PastRate | None) -> RouteTotal:
    route = jobs[0].route
    assert route is not None  # noqa: S101 - only jobs with a route are grouped; tells the type checker
    moved = list(_deliveries(jobs))
    amount = sum((delivery.amount for _, delivery in moved), start=Amount())
    resent = sum(delivery.resent_objects for _, delivery in moved)
    at_limits = _longest(jobs)
    as_before, deliveries = estimate(amount.known_bytes, None, past)
    if as_before is None or (at_limits is not None and at_limits > as_before):
        as_before, deliveries = at_limits, 0
    return RouteTotal(
        route=route,
        amount=amount,
        deliveries=len(moved),
        new_objects=amount.object_count - resent,
        resent_objects=resent,
        first_to_destination=any(delivery.first_to_destination for _, delivery in moved),
        whole_profile=any(delivery.whole_profile for _, delivery in moved),
        jobs=tuple(job.name for job in jobs),
        estimated_seconds=as_before,
        largest=_largest(moved),
        estimated_from_deliveries=deliveries,
        past_bits_per_second=past.bits_per_second if past is not None else None,
    )


def _deliveries(jobs: Sequence[Job]) -> Iterator[tuple[DeliverySet, Delivery]]:
    for job in jobs:
        for each in job.sets:
            for delivery in each.deliveries:
                yield each, delivery


def _longest(jobs: Sequence[Job]) -> int | None:
    """Jobs run side by side, the sets of one job share its limit."""
    found: list[int] = []
    for job in jobs:
        at_limit = seconds(sum(each.to_submit.known_bytes for each in job.sets), job.max_rate)
        if at_limit is None:
            return None
        found.append(at_limit)
    return max(found)


def _largest(moved: Sequence[tuple[DeliverySet, Delivery]]) -> tuple[Largest, ...]:
    found: list[Largest] = []
    least = UNKNOWN_SIZE
    for each, delivery in moved:
        if delivery.objects.largest_size() <= least:
            continue  # of equal sizes the first ones count: nothing in here can stand among the largest
        found += (
            Largest(entry.relative_path, entry.size_in_bytes, each.name)
            for entry in delivery.objects.largest(LARGEST)
            if entry.size_in_bytes is not None
        )
        found = heapq.nlargest(LARGEST, found, key=lambda entry: entry.size_in_bytes)
        if len(found) == LARGEST:
            least = found[-1].size_in_bytes
    return tuple(found)


def resends(jobs: Sequence[Job]) -> tuple[Resend, ...]:
    """What is sent again because a revision was raised, by set and revision, with the running total."""
    groups: dict[tuple[str, str, int, str], list[Delivery]] = {}
    for each, delivery in _deliveries(jobs):
        if delivery.resent_objects:
            groups.setdefault((each.name, each.job, delivery.revision, delivery.retry_of), []).append(delivery)
    found: list[Resend] = []
    objects = total = 0
    for (name, job, revision, retry_of), moved in groups.items():
        again = sum(delivery.resent_objects for delivery in moved)
        sizes = [delivery.resent_bytes for delivery in moved]
        known = None if None in sizes else sum(size or 0 for size in sizes)
        objects, total = objects + again, total + (known or 0)
        found.append(Resend(name, job, revision, again, known, objects, total, retry_of))
    return tuple(found)


def totals(
    jobs: Sequence[Job],
    orphans: Sequence[DeliverySet],
    over: Sequence[RouteTotal],
    unfinished: Sequence[AttemptCard],
    failed: Sequence[AttemptCard],
) -> Totals:
    """The plan in numbers."""
    sets = [each for job in jobs for each in job.sets]
    amount = sum((each.to_submit for each in sets), start=Amount())
    resent = sum(each.resent_objects for each in sets)
    doubtful = [card for card in unfinished if not card.under_way and card.kind == "delivery"]
    blocked = [block.amount for each in sets for block in each.blocked if block.problem.reason not in _HELD]
    return Totals(
        jobs_to_create=sum(job.action == "create" for job in jobs),
        jobs_to_adopt=sum(job.action == "adopt" for job in jobs),
        jobs_to_pause=sum(job.set_paused is True and job.action != "create" for job in jobs),
        jobs_to_resume=sum(job.set_paused is False and job.action != "create" for job in jobs),
        jobs_unchanged=sum(job.action == "none" for job in jobs),
        jobs_drifted=sum(job.action == "drift" for job in jobs),
        jobs_blocked=sum(job.action in {"blocked", "ambiguous"} for job in jobs),
        sets=len(sets),
        sets_to_submit=sum(bool(each.deliveries) for each in sets),
        sets_unchanged=sum(each.quiet for each in sets),
        sets_blocked=sum(bool(each.blocked) for each in sets),
        deliveries_to_submit=sum(len(each.deliveries) for each in sets),
        to_submit=amount,
        new_objects=amount.object_count - resent,
        resent_objects=resent,
        routes=len(over),
        already_submitted=sum(each.already_submitted for each in sets),
        blocked=sum(blocked, start=Amount()),
        in_doubt=len(doubtful),
        in_doubt_amount=sum((card.amount for card in doubtful), start=Amount()),
        jobs_in_doubt=sum(card.kind == "job" and not card.under_way for card in unfinished),
        in_progress=sum(card.under_way for card in unfinished),
        failed=len(failed),
        withdrawn=sum(each.withdrawn for each in [*sets, *orphans]),
        waiting=sum((each.to_submit for each in sets if each.opens is not None), start=Amount()),
        sets_waiting=sum(each.opens is not None for each in sets),
    )
