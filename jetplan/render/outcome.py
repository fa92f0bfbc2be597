"""What an apply did, as a report of its own and as JSON; `render.outcome_text` tells it to people."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Any, Literal, assert_never

from msgspec import Meta

from jetplan.core.attempts import State
from jetplan.core.outcome import (
    DeliveryAccepted,
    JobApplied,
    StepInDoubt,
    StepNotSent,
    StepRejected,
    StepSkipped,
    StepWithheld,
)
from jetplan.core.plan import AdoptJob, AmbiguousJob, BlockedDelivery, BlockedJob, CreateJob, SubmitBatch, UpdateJob
from jetplan.render.card import card_of
from jetplan.render.document import encoded, schema_of
from jetplan.render.model import Amount, AttemptCard, Opening, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.core.outcome import ApplyOutcome, Change, Result
    from jetplan.core.plan import WaitingDelivery
    from jetplan.core.unaccounted import Unaccounted
    from jetplan.errors import ExitCode

SCHEMA_FILE = "outcome.schema.json"
_NAMED = 3
"""Files that are named of a delivery that was withheld."""

Word = Literal["done", "rejected", "notSent", "withheld", "inDoubt", "skipped"]


class StepOutcome(Part, frozen=True):
    """What became of one step."""

    outcome: Annotated[Word, Meta(description="Whether it was done, and if not, why not.")]
    action: Annotated[Literal["create", "adopt", "update", "submit"], Meta(description="What the step was to do.")]
    job: Annotated[str, Meta(description="The job's name.")]
    set: Annotated[str, Meta(description="The delivery set; empty for jobs.")] = ""
    batch: Annotated[int, Meta(description="Its number among the set's deliveries; 0 for jobs.")] = 0
    batches: Annotated[int, Meta(description="How many deliveries the set has; 0 for jobs.")] = 0
    revision: Annotated[int, Meta(description="The revision of the objects; 0 for jobs.")] = 0
    amount: Annotated[Amount, Meta(description="What the delivery holds.")] = Amount()
    job_id: Annotated[str, Meta(description="The job's id, where it is known.")] = ""
    delivery_id: Annotated[str, Meta(description="The delivery's id, where the server gave one.")] = ""
    attempt_id: Annotated[str, Meta(description="The attempt in the ledger, if there is one.")] = ""
    status: Annotated[int | None, Meta(description="The HTTP status of a rejection.")] = None
    message: Annotated[str, Meta(description="The server's own words, or the reason.")] = ""


class BlockedOutcome(Part, frozen=True):
    """Something declared that the plan could not do."""

    job: Annotated[str, Meta(description="The job's name.")]
    set: Annotated[str, Meta(description="The delivery set; empty for jobs.")]
    reason: Annotated[str, Meta(description="A stable word.")]
    message: Annotated[str, Meta(description="What is wrong.")]
    hint: Annotated[str, Meta(description="What to do about it.")]
    amount: Annotated[Amount, Meta(description="How much is blocked.")] = Amount()


class WaitingOutcome(Part, frozen=True):
    """A delivery set that waits for its window."""

    job: Annotated[str, Meta(description="The job's name.")]
    set: Annotated[str, Meta(description="The delivery set.")]
    amount: Annotated[Amount, Meta(description="How much waits.")]
    opens: Annotated[Opening, Meta(description="When its window opens.")]


class OutcomeReport(Part, frozen=True, tag_field="type", tag="jetplan.outcome"):
    """What one run of `jetplan apply` did, and what it left."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    run_id: Annotated[str, Meta(description="The run's id in the ledger.")]
    exit_code: Annotated[int, Meta(description="What the process ends with.")]
    interrupted: Annotated[bool, Meta(description="Whether it was told to stop before the end.")]
    submitted: Annotated[Amount, Meta(description="All deliveries that the server accepted.")]
    steps: Annotated[tuple[StepOutcome, ...], Meta(description="In the plan's order.")]
    blocked: Annotated[tuple[BlockedOutcome, ...], Meta(description="What the plan could not do.")]
    in_doubt: Annotated[tuple[AttemptCard, ...], Meta(description="Of this run and of earlier ones.")]
    in_progress: Annotated[tuple[AttemptCard, ...], Meta(description="What other runs are at.")]
    failed: Annotated[tuple[AttemptCard, ...], Meta(description="Deliveries that failed, of any run, not superseded.")]
    settled: Annotated[tuple[AttemptCard, ...], Meta(description="Earlier doubts that this run settled by looking.")]
    alarms: Annotated[tuple[str, ...], Meta(description="What a healthy server never does, for a person to look at.")]
    waiting: Annotated[tuple[WaitingOutcome, ...], Meta(description="What a later apply submits, in its window.")] = ()


def build_outcome(outcome: ApplyOutcome, code: ExitCode | None = None) -> OutcomeReport:
    """The report of what was done. `code`: what the process ends with, where that is not the outcome's own."""
    accepted = [each.step for each in outcome.results if isinstance(each, DeliveryAccepted)]
    busy = [each for each in outcome.unfinished if each.state is not State.IN_DOUBT]
    return OutcomeReport(
        format_version=1,
        run_id=outcome.run_id,
        exit_code=int(outcome.exit_code() if code is None else code),
        interrupted=outcome.interrupted,
        submitted=sum((_amount(step) for step in accepted), start=Amount()),
        steps=tuple(step_outcome(each) for each in outcome.results),
        blocked=tuple(_blocked(each) for each in outcome.blocked),
        in_doubt=tuple(map(card_of, outcome.in_doubt())),
        in_progress=tuple(map(card_of, busy)),
        failed=tuple(map(card_of, outcome.failed)),
        settled=tuple(map(card_of, outcome.settled)),
        alarms=tuple(outcome.alarms),
        waiting=_waiting(outcome.waiting),
    )


def _waiting(steps: Sequence[WaitingDelivery]) -> tuple[WaitingOutcome, ...]:
    by_set: dict[str, list[WaitingDelivery]] = {}
    for step in steps:
        by_set.setdefault(step.set_name, []).append(step)
    found = []
    for name, some in by_set.items():
        amount = sum((_amount(each.submission) for each in some), start=Amount())
        found.append(WaitingOutcome(some[0].job, name, amount, Opening.of(some[0].waits)))
    return tuple(found)


def step_outcome(result: Result) -> StepOutcome:
    """What became of one step."""
    match result:
        case JobApplied(step, job_id):
            return _about("done", step, job_id=job_id)
        case DeliveryAccepted(step, delivery_id, attempt_id):
            return _about("done", step, delivery_id=delivery_id, attempt_id=attempt_id)
        case StepRejected(step, status, message, attempt_id):
            return _about("rejected", step, status=status, message=message, attempt_id=attempt_id)
        case StepNotSent(step, reason, attempt_id):
            return _about("notSent", step, message=reason, attempt_id=attempt_id)
        case StepWithheld(step, unknown, attempt_id):
            return _about("withheld", step, message=_withheld(step, unknown), attempt_id=attempt_id)
        case StepInDoubt(step, attempt):
            return _about("inDoubt", step, message=card_of(attempt).reason, attempt_id=attempt.attempt_id)
        case StepSkipped(step, reason):
            return _about("skipped", step, message=reason)
        case _:
            assert_never(result)


def _withheld(step: SubmitBatch, unknown: Sequence[Unaccounted]) -> str:
    named = ", ".join(f"{each.path} in transfer {each.transfers[0]}" for each in unknown[:_NAMED])
    more = f", and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else ""
    baseline = f"jetplan ledger baseline --set {shlex.quote(step.set_name)} --reason '…'"
    return (
        f"Jet shows files that this ledger does not know ({named}{more}): it is an older ledger, or somebody sent them "
        f"by hand. If they are there already, run `{baseline}`. To send them again, raise `revision` or run "
        "`jetplan apply --allow-resend '…'` with the reason."
    )


def _about(word: Word, step: Change, **more: Any) -> StepOutcome:
    match step:
        case CreateJob():
            return StepOutcome(word, "create", step.job, **more)
        case AdoptJob():
            return StepOutcome(word, "adopt", step.job, **more)
        case UpdateJob():
            return StepOutcome(word, "update", step.job, **more)
        case SubmitBatch():
            return StepOutcome(
                word,
                "submit",
                step.job,
                step.set_name,
                step.batch,
                step.batches,
                step.revision,
                _amount(step),
                **more,
            )
        case _:
            assert_never(step)


def _amount(step: SubmitBatch) -> Amount:
    return Amount(len(step), step.known_bytes, step.unknown_sizes)


def _blocked(step: BlockedJob | AmbiguousJob | BlockedDelivery) -> BlockedOutcome:
    match step:
        case BlockedJob():
            return BlockedOutcome(step.job, "", step.reason.value, step.message, step.hint)
        case AmbiguousJob():
            several = f"{len(step.candidates)} jobs on the server have this name"
            return BlockedOutcome(step.job, "", "job_ambiguous", several, step.hint)
        case BlockedDelivery():
            amount = Amount(step.count, step.known_bytes, step.unknown_sizes)
            return BlockedOutcome(step.job, step.set_name, step.reason.value, step.message, step.hint, amount)
        case _:
            assert_never(step)


def render_outcome_json(report: OutcomeReport, *, indent: int = 2) -> str:
    """The outcome as JSON, ended by a newline."""
    return encoded(report, indent=indent)


def outcome_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `apply --format json` and `retry --format json`."""
    return schema_of(OutcomeReport, "What jetplan did")
