"""The steps of one delivery set: what is submitted, what already is, and what is blocked and why. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from jetplan.core import blocks
from jetplan.core.attempts import SENT
from jetplan.core.batches import split
from jetplan.core.delta import Delta, difference, holds
from jetplan.core.observed import Relation, SetRecord
from jetplan.core.plan import (
    UNSEEN,
    AdoptJob,
    AlreadySubmitted,
    AmbiguousJob,
    BatchLimits,
    BlockedDelivery,
    BlockedJob,
    BlockReason,
    CreateJob,
    DriftedJob,
    KeepJob,
    ResizedObjects,
    Route,
    SubmitBatch,
    UpdateJob,
    WaitingDelivery,
    WithdrawnObjects,
    sums,
)
from jetplan.core.retries import may_be_retried, retry_step
from jetplan.core.rivals import Rivals
from jetplan.core.routes import route_of, set_subject
from jetplan.core.spec import Overlap
from jetplan.core.windows import Expired

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jetplan.core.observed import Observed
    from jetplan.core.plan import DeliveryStep, JobStep
    from jetplan.core.routes import Match
    from jetplan.core.spec import DeliverySetSpec, Spec


class SetPlanner:
    """Makes the steps of one set after another, remembering what earlier sets will send to each destination."""

    def __init__(self, spec: Spec, observed: Observed, limits: BatchLimits, matches: Mapping[str, Match]) -> None:
        self._spec = spec
        self._observed = observed
        self._limits = limits
        self._matches = matches
        self._rivals = Rivals(spec, matches, observed.sets)
        self._flagged = set(observed.delivered_to)

    def steps(self, wanted: DeliverySetSpec, job_step: JobStep) -> Iterator[DeliveryStep]:
        """The steps of one set whose job's step is known."""
        route = route_of(self._matches[wanted.job])
        if route is None:
            yield from self._without_route(wanted, job_step)
            return
        record = self._observed.sets.get(wanted.name) or SetRecord(set_subject(wanted.name, route))
        if record.complete:
            yield AlreadySubmitted(wanted.name, wanted.job, len(wanted.objects))
        else:
            delta = difference(wanted.objects, record.attempts)
            yield from self._of_delta(wanted, record, delta, job_step, route)
        yield from self._retries(wanted, record, job_step, route)
        if record.resized:
            yield ResizedObjects(wanted.name, wanted.job, record.resized)
        if record.withdrawn:
            yield WithdrawnObjects(wanted.name, wanted.job, record.withdrawn)

    def _without_route(self, wanted: DeliverySetSpec, job_step: JobStep) -> Iterator[DeliveryStep]:
        """What was sent before stays sent; only the rest is blocked. A drifted job would send to another place."""
        attempts = self._observed.unrouted.get(wanted.name, ())
        if isinstance(job_step, DriftedJob) or not attempts:
            yield blocks.without_route(wanted, job_step)
            return
        delta = difference(wanted.objects, attempts)
        left = sorted({*delta.new_indexes(), *(index for _, some in delta.held for index in some)})
        if delta.sent:
            yield AlreadySubmitted(wanted.name, wanted.job, delta.sent)
        if left:
            yield blocks.without_route(wanted, job_step, left)

    def _retries(
        self, wanted: DeliverySetSpec, record: SetRecord, job_step: JobStep, route: Route
    ) -> Iterator[SubmitBatch]:
        """The failed files of the set's deliveries by this job, as often as `onFailure` lets them go."""
        if wanted.name in self._observed.holds:
            return
        for failed in self._observed.failed if wanted.retries and isinstance(job_step, KeepJob | AdoptJob) else ():
            same_job = isinstance(job_step, KeepJob | AdoptJob) and failed.job_id == job_step.observed.job_id
            if failed.subject != record.subject or not same_job or failed.retries_before >= wanted.retries:
                continue
            if _job_block(wanted, job_step, ()) is None and may_be_retried(failed, self._limits):
                said = {"onFailure": f"retry {failed.retries_before + 1} of {wanted.retries}"}
                yield retry_step(failed, route, wanted.job, said, self._limits, wanted.place)

    def _of_delta(
        self, wanted: DeliverySetSpec, record: SetRecord, delta: Delta, job_step: JobStep, route: Route
    ) -> Iterator[DeliveryStep]:
        rest, skipped, overlap_block = self._overlaps(wanted, record, delta, route)
        if delta.sent or skipped:
            # Skipped objects were not sent by this set. They must be compared again when `overlap` changes.
            whole = not rest and not delta.held and not skipped and overlap_block is None
            digest = self._spec.digests.get(wanted.name) or wanted.objects.digest()
            completes = (record.subject, digest) if whole else None
            yield AlreadySubmitted(wanted.name, wanted.job, delta.sent + skipped, skipped, completes)
        for attempt, indexes in delta.held:
            yield blocks.by_attempt(wanted, attempt, indexes)
        if overlap_block is not None:
            yield overlap_block
        if not rest:
            return
        indexes = rest[0][1] if len(rest) == 1 else [index for _, some in rest for index in some]
        block = _job_block(wanted, job_step, indexes)
        if block is not None:
            yield block
            return
        hold = self._observed.holds.get(wanted.name)
        if isinstance(hold, Expired):
            yield blocks.by_window(wanted, hold, indexes)
            return
        for submission in self._batches(wanted, record, delta, rest, route):
            yield submission if hold is None else WaitingDelivery(submission, hold)

    def _overlaps(
        self, wanted: DeliverySetSpec, record: SetRecord, delta: Delta, route: Route
    ) -> tuple[Sequence[tuple[int, Sequence[int]]], int, BlockedDelivery | None]:
        """What is left to submit, how much another set has sent, and the block if the overlap is refused."""
        planned = self._rivals.meet(wanted, delta, route)
        if not record.overlapping and not planned:
            return delta.new, 0, None
        match wanted.overlap:
            case Overlap.SEND:
                return delta.new, 0, None
            case Overlap.REFUSE:
                return (), 0, blocks.by_overlap(wanted, record, delta, planned, self._spec.sets)
            case Overlap.SKIP:
                return self._skip(wanted, record, delta, planned)
            case _:
                assert_never(wanted.overlap)

    def _skip(
        self, wanted: DeliverySetSpec, record: SetRecord, delta: Delta, planned: Mapping[int, str]
    ) -> tuple[Sequence[tuple[int, Sequence[int]]], int, BlockedDelivery | None]:
        skipped = {
            each.index
            for each in record.overlapping
            if each.relation is not Relation.CONTAINS and each.attempt.state in SENT
        }
        undecided = {each.index for each in record.overlapping} | set(planned)
        undecided -= skipped
        rest = [
            (revision, left)
            for revision, indexes in delta.new
            if (left := [index for index in indexes if index not in skipped and index not in undecided])
        ]
        block = blocks.by_overlap(wanted, record, delta, planned, self._spec.sets, undecided) if undecided else None
        return rest, len(skipped), block

    def _batches(
        self,
        wanted: DeliverySetSpec,
        record: SetRecord,
        delta: Delta,
        rest: Sequence[tuple[int, Sequence[int]]],
        route: Route,
    ) -> Iterator[SubmitBatch]:
        parts = [
            (revision, part) for revision, indexes in rest for part in split(wanted.objects, indexes, self._limits)
        ]
        first = route.destination.profile_id not in self._flagged
        self._flagged.add(route.destination.profile_id)
        also = (set_subject(wanted.renamed_from, route),) if wanted.renamed_from else ()
        # A run whose lease expired may still wake up and send. UNSEEN makes the claim check every attempt again.
        version = record.version if all(holds(attempt) for attempt in record.attempts) else UNSEEN
        for number, (revision, part) in enumerate(parts, start=1):
            known, unknown = sums(wanted.objects, part)
            again = [index for index in part if index in delta.resent] if delta.resent else []
            yield SubmitBatch(
                wanted.name,
                wanted.job,
                route,
                record.subject,
                version,
                number,
                len(parts),
                revision,
                wanted.objects,
                part,
                known,
                unknown,
                resent=len(again),
                resent_bytes=sums(wanted.objects, again)[0],
                first_to_destination=first,
                overlap_allowed=wanted.overlap is Overlap.SEND,
                twins_allowed=wanted.case_twins or wanted.unicode_twins,
                also=also,
                place=wanted.place,
            )


def _job_block(wanted: DeliverySetSpec, job_step: JobStep, indexes: Sequence[int]) -> BlockedDelivery | None:
    """Why the job, as it will be after its own step, would not take a delivery now."""
    match job_step:
        case CreateJob(paused=True) | UpdateJob(paused=True) | AdoptJob(paused=True):
            return blocks.by_paused(wanted, indexes, by_manifest=True)
        case CreateJob():
            return None
        case KeepJob(observed=job) | AdoptJob(observed=job) | UpdateJob(observed=job):
            if not job.manual:
                return blocks.by_trigger(wanted, indexes)
            resumed = isinstance(job_step, AdoptJob | UpdateJob) and job_step.paused is False
            if job.paused and not resumed:
                return blocks.by_paused(wanted, indexes, job=job)
            return None
        case DriftedJob() | AmbiguousJob():
            return None
        case BlockedJob(reason=reason, message=message):
            in_doubt = BlockReason.JOB_BLOCKED if reason is not BlockReason.IN_PROGRESS else reason
            return blocks.blocked(wanted, in_doubt, f"its job cannot be used: {message}", job_step.hint, indexes)
        case _:
            assert_never(job_step)
