"""What an apply does, as CloudEvents 1.0: one JSON object a line, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from jetplan.core.attempts import State
from jetplan.core.outcome import JobApplied
from jetplan.core.plan import AdoptJob, CreateJob
from jetplan.render.document import encoded, schema_of
from jetplan.render.model import Amount, Opening, Part
from jetplan.render.outcome import StepOutcome, step_outcome

if TYPE_CHECKING:
    from jetplan.core.attempts import Attempt
    from jetplan.core.outcome import Result
    from jetplan.core.plan import BlockedDelivery, SubmitBatch, WaitingDelivery

EventType = Literal[
    "jetplan.run.started",
    "jetplan.run.ended",
    "jetplan.job.created",
    "jetplan.job.adopted",
    "jetplan.job.updated",
    "jetplan.job.rejected",
    "jetplan.job.notSent",
    "jetplan.job.inDoubt",
    "jetplan.job.skipped",
    "jetplan.delivery.submitted",
    "jetplan.delivery.accepted",
    "jetplan.delivery.rejected",
    "jetplan.delivery.notSent",
    "jetplan.delivery.withheld",
    "jetplan.delivery.inDoubt",
    "jetplan.delivery.skipped",
    "jetplan.delivery.evidenced",
    "jetplan.delivery.delivered",
    "jetplan.delivery.partial",
    "jetplan.delivery.failed",
    "jetplan.set.blocked",
    "jetplan.set.waiting",
]
_JOBS = {CreateJob: "created", AdoptJob: "adopted"}
_ENDS: dict[State, EventType] = {
    State.DELIVERED: "jetplan.delivery.delivered",
    State.FAILED: "jetplan.delivery.failed",
}


class EventData(Part, frozen=True, omit_defaults=True):
    """What happened. A field that does not apply is left out."""

    run_id: Annotated[str, Meta(description="The run's id in the ledger.")]
    job: Annotated[str, Meta(description="The job's name.")] = ""
    job_id: Annotated[str, Meta(description="The job's id, where it is known.")] = ""
    set: Annotated[str, Meta(description="The delivery set.")] = ""
    batch: Annotated[int, Meta(description="Its number among the set's deliveries.")] = 0
    batches: Annotated[int, Meta(description="How many deliveries the set has.")] = 0
    revision: Annotated[int, Meta(description="The revision of its objects.")] = 0
    amount: Annotated[Amount, Meta(description="How much it is about.")] = Amount()
    attempt_id: Annotated[str, Meta(description="The attempt in the ledger.")] = ""
    delivery_id: Annotated[str, Meta(description="The delivery's id, where the server gave one.")] = ""
    status: Annotated[int | None, Meta(description="The HTTP status of a rejection.")] = None
    reason: Annotated[str, Meta(description="A stable word, of what is blocked.")] = ""
    message: Annotated[str, Meta(description="The server's own words, or the reason.")] = ""
    opens: Annotated[Opening | None, Meta(description="When the window opens that it waits for.")] = None
    deliveries: Annotated[int, Meta(description="Deliveries to submit, when a run begins.")] = 0
    exit_code: Annotated[
        int | None, Meta(description="What the apply ended with; left out where it goes on with another run.")
    ] = None


class Event(Part, frozen=True, omit_defaults=True):
    """One event, in the JSON format of CloudEvents."""

    specversion: Annotated[Literal["1.0"], Meta(description="The version of CloudEvents.")]
    id: Annotated[str, Meta(description="Unique with the source.")]
    source: Annotated[str, Meta(description="The project's ledger and the run: `urn:jetplan:ledger:ID:run:ID`.")]
    type: Annotated[EventType, Meta(description="What happened.")]
    time: Annotated[str, Meta(description="When, ISO 8601 UTC.")]
    datacontenttype: Annotated[Literal["application/json"], Meta(description="The format of `data`.")]
    data: Annotated[EventData, Meta(description="The particulars.")]
    subject: Annotated[str, Meta(description="The delivery set or the job, by name.")] = ""


def of_result(result: Result, run_id: str) -> tuple[EventType, EventData]:
    """What a step's end is called, and its particulars."""
    step = step_outcome(result)
    return _type_of(result, step), EventData(
        run_id=run_id,
        job=step.job,
        job_id=step.job_id,
        set=step.set,
        batch=step.batch,
        batches=step.batches,
        revision=step.revision,
        amount=step.amount,
        attempt_id=step.attempt_id,
        delivery_id=step.delivery_id,
        status=step.status,
        message=step.message,
    )


def _type_of(result: Result, step: StepOutcome) -> Any:
    if isinstance(result, JobApplied):
        return f"jetplan.job.{_JOBS.get(type(result.step), 'updated')}"
    kind = "delivery" if step.set else "job"
    return f"jetplan.{kind}.{'accepted' if step.outcome == 'done' else step.outcome}"


def of_submission(step: SubmitBatch, attempt_id: str, run_id: str) -> EventData:
    """A delivery whose request is about to be sent."""
    return EventData(
        run_id=run_id,
        job=step.job,
        set=step.set_name,
        batch=step.batch,
        batches=step.batches,
        revision=step.revision,
        amount=Amount(len(step), step.known_bytes, step.unknown_sizes),
        attempt_id=attempt_id,
    )


def of_end(attempt: Attempt, message: str, run_id: str) -> tuple[EventType, EventData]:
    """The end of a delivery that was waited for."""
    return _ENDS.get(attempt.state, "jetplan.delivery.partial"), _of_attempt(attempt, message, run_id)


def of_settled(attempt: Attempt, message: str, run_id: str) -> tuple[EventType, EventData]:
    """An earlier delivery in doubt that the server shows."""
    return _ENDS.get(attempt.state, "jetplan.delivery.evidenced"), _of_attempt(attempt, message, run_id)


def _of_attempt(attempt: Attempt, message: str, run_id: str) -> EventData:
    return EventData(
        run_id=run_id,
        job=attempt.job_name,
        job_id=attempt.job_id,
        set=attempt.subject.name,
        batch=attempt.batch,
        batches=attempt.batches,
        revision=attempt.revision,
        amount=Amount(attempt.objects, attempt.known_bytes, attempt.unknown_sizes),
        attempt_id=attempt.attempt_id,
        delivery_id=attempt.delivery_id,
        message=message,
    )


def of_blocked(step: BlockedDelivery, run_id: str) -> EventData:
    """Objects that cannot be submitted now."""
    amount = Amount(step.count, step.known_bytes, step.unknown_sizes)
    return EventData(run_id, step.job, set=step.set_name, amount=amount, reason=step.reason.value, message=step.message)


def of_waiting(step: WaitingDelivery, run_id: str) -> EventData:
    """A delivery that waits for its window."""
    sent = step.submission
    amount = Amount(len(sent), sent.known_bytes, sent.unknown_sizes)
    return EventData(
        run_id=run_id,
        job=step.job,
        set=step.set_name,
        batch=sent.batch,
        batches=sent.batches,
        revision=sent.revision,
        amount=amount,
        opens=Opening.of(step.waits),
    )


def event_line(event: Event) -> str:
    """One line, ended by a newline."""
    return encoded(event, indent=0)


def event_schema() -> dict[str, Any]:
    """The JSON Schema of one line of `apply --events`."""
    schema = schema_of(Event, "One event of an apply (CloudEvents, JSON Lines)")
    for name in ("Event", "EventData"):
        part = schema["$defs"][name]
        always = ("specversion", "id", "source", "type", "time", "datacontenttype", "data", "runId")
        part["required"] = [key for key in part["properties"] if key in always]
    return schema
