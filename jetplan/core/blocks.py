"""The sentences that say why objects are not submitted, and the command or edit that leads on. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from jetplan.core.attempts import State
from jetplan.core.plan import (
    AdoptJob,
    AmbiguousJob,
    BlockedDelivery,
    BlockedJob,
    BlockReason,
    CreateJob,
    DriftedJob,
    KeepJob,
    UpdateJob,
    sums,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.core.delta import Delta
    from jetplan.core.observed import ObservedJob, Overlapping, SetRecord
    from jetplan.core.plan import JobStep
    from jetplan.core.spec import DeliverySetSpec
    from jetplan.core.windows import Expired


def blocked(
    wanted: DeliverySetSpec,
    reason: BlockReason,
    message: str,
    hint: str,
    indexes: Sequence[int] | None = None,
    attempts: Sequence[Attempt] = (),
) -> BlockedDelivery:
    """A block on some objects of a set, or (indexes None) on all of them."""
    chosen = range(len(wanted.objects)) if indexes is None else indexes
    known, unknown = sums(wanted.objects, chosen)
    return BlockedDelivery(
        wanted.name,
        wanted.job,
        reason,
        message,
        hint,
        len(chosen),
        known,
        unknown,
        wanted.place,
        attempts=tuple(attempts),
        objects=wanted.objects,
        indexes=chosen,
    )


def without_route(wanted: DeliverySetSpec, job_step: JobStep, indexes: Sequence[int] | None = None) -> BlockedDelivery:
    """The set's job has no route. `indexes`: the objects that were not sent before by a job of that name; None: all."""
    match job_step:
        case DriftedJob(job=name):
            message = f"job {name!r} on the server has other storage profiles than the manifest"
            hint = "correct the manifest, or give the job a new name so that a new one is created"
            return blocked(wanted, BlockReason.JOB_DRIFTED, message, hint)
        case AmbiguousJob(job=name, candidates=candidates, hint=hint):
            message = f"{len(candidates)} jobs on the server are named {name!r}"
            return blocked(wanted, BlockReason.JOB_AMBIGUOUS, message, hint, indexes)
        case BlockedJob(reason=reason, message=message, hint=hint):
            return blocked(wanted, reason, message, hint, indexes)
        case CreateJob() | KeepJob() | AdoptJob() | UpdateJob():
            raise AssertionError("a usable job has a route")
        case _:
            assert_never(job_step)


def by_paused(
    wanted: DeliverySetSpec,
    indexes: Sequence[int],
    *,
    by_manifest: bool = False,
    job: ObservedJob | None = None,
) -> BlockedDelivery:
    """A paused job answers 400 to every delivery."""
    if by_manifest:
        message = f"the manifest keeps job {wanted.job!r} paused, and a paused job refuses deliveries"
        hint = "set `paused: false` on the job to resume it first"
    else:
        message = f"job {wanted.job!r} is paused on the server, and a paused job refuses deliveries"
        hint = "resume it in Jet, or set `paused: false` on the job in the manifest"
    if job is not None:
        hint += f" (job {job.job_id})"
    return blocked(wanted, BlockReason.JOB_PAUSED, message, hint, indexes)


def by_trigger(wanted: DeliverySetSpec, indexes: Sequence[int]) -> BlockedDelivery:
    """Deliveries go through manual jobs only."""
    message = f"job {wanted.job!r} starts by itself (it has triggers); deliveries need a manual job"
    return blocked(
        wanted, BlockReason.JOB_NOT_MANUAL, message, "name a job without triggers in the set's `job`", indexes
    )


def by_window(wanted: DeliverySetSpec, expired: Expired, indexes: Sequence[int]) -> BlockedDelivery:
    """The time in which it might have been sent is over."""
    hint = "to send it, change `notAfter` or `windows` of the set, its job or its destination; else take it out"
    return blocked(wanted, BlockReason.WINDOW_EXPIRED, f"expired: its {expired.why}", hint, indexes)


def by_attempt(wanted: DeliverySetSpec, attempt: Attempt, indexes: Sequence[int]) -> BlockedDelivery:
    """An attempt without a known end holds the objects."""
    run = f"run {attempt.run.run_id}"
    if attempt.live and attempt.state is not State.IN_DOUBT:
        return blocked(
            wanted,
            BlockReason.IN_PROGRESS,
            f"{run} is submitting these now",
            "wait for it",
            indexes,
            (attempt,),
        )
    message = f"attempt {attempt.attempt_id} by {run} may have been accepted: its answer was lost"
    hint = (
        f"look in Jet, then say which: `jetplan resolve {attempt.attempt_id} --accepted` "
        f'or `--not-accepted`, with `--reason "…"`'
    )
    return blocked(wanted, BlockReason.IN_DOUBT, message, hint, indexes, (attempt,))


def by_overlap(
    wanted: DeliverySetSpec,
    record: SetRecord,
    delta: Delta,
    planned: Mapping[int, str],
    declared: Collection[str],
    only: Collection[int] | None = None,
) -> BlockedDelivery:
    """Other sets have sent, or will send, some of these objects to the same destination.

    `declared`: the names of all sets in the manifests; one that is not among them may be this one's former name.
    """
    chosen = [index for index in delta.new_indexes() if only is None or index in only]
    meeting = {each.index for each in record.overlapping} | set(planned)
    others = {_who(each, record) for each in record.overlapping}
    others |= {f"set {name!r} (in these manifests)" for name in planned.values()}
    named = ", ".join(sorted(others)[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    count = len(meeting & set(chosen))
    message = f"{count} of {len(chosen)} objects already go to this destination by {named}"
    hint = "say what is meant: `overlap: skip` (send only the rest), `overlap: send` (send again)"
    if only is not None:
        hint = "take them out, list single files instead of a folder, or say `overlap: send`"
    here = {each.attempt.subject.name for each in record.overlapping if not each.elsewhere}
    former = sorted(here.difference({wanted.name}, declared))
    if only is None and len(former) == 1:
        hint += f", or `renamedFrom: {former[0]}`"
    if any(each.elsewhere for each in record.overlapping):
        hint += ". If that is this very account under another name, set `apiUrl` back to what it was"
    block = blocked(wanted, BlockReason.OVERLAP, message, hint, chosen)
    return replace(block, overlapping=tuple(record.overlapping))


def _who(meeting: Overlapping, record: SetRecord) -> str:
    name = meeting.attempt.subject.name
    if meeting.elsewhere:
        return f"set {name!r} (recorded for {meeting.elsewhere})"
    if meeting.spelled:
        return f"set {name!r}, spelled {meeting.spelled} then"
    if meeting.former is not None:
        then = f"{meeting.former}, id {meeting.former.profile_id}"
        return f"set {name!r}, before this destination was made anew (it was {then})"
    if name == record.subject.name and meeting.attempt.subject.source_id != record.subject.source_id:
        return f"this set, from another storage profile (id {meeting.attempt.subject.source_id})"
    if name == record.subject.name:
        return "an earlier delivery of this set, as a folder or its content"
    return f"set {name!r}"
