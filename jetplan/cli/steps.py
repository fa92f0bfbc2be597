"""A line on stderr for each finished step of an apply."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, assert_never

import click

from jetplan.core.outcome import (
    DeliveryAccepted,
    JobApplied,
    StepInDoubt,
    StepNotSent,
    StepRejected,
    StepSkipped,
    StepWithheld,
)
from jetplan.core.plan import AdoptJob, CreateJob, SubmitBatch, UpdateJob
from jetplan.render.escape import safe_text

if TYPE_CHECKING:
    from jetplan.core.outcome import Change, Result


def tell(result: Result) -> None:
    """Write the line of one result."""
    with suppress(BrokenPipeError):  # a closed stderr must not end an apply in the middle
        click.echo(safe_text(f"{_subject(result.step)}: {_ending(result)}"), err=True)


def _subject(step: Change) -> str:
    match step:
        case SubmitBatch(set_name=name, batch=batch, batches=batches):
            return f"{name}" if batches == 1 else f"{name} ({batch} of {batches})"
        case CreateJob(job=name) | AdoptJob(job=name) | UpdateJob(job=name):
            return f"job {name}"
        case _:
            assert_never(step)


def _ending(result: Result) -> str:
    match result:
        case JobApplied(step, job_id):
            verb = {CreateJob: "created", AdoptJob: "adopted", UpdateJob: "updated"}[type(step)]
            return f"{verb} ({job_id})"
        case DeliveryAccepted(step, delivery_id):
            named = f" as {delivery_id}" if delivery_id else ""
            return f"submitted {len(step):,} object{'' if len(step) == 1 else 's'}{named}"
        case StepRejected(_, status, message):
            return f"refused with {status}: {message}"
        case StepNotSent(_, reason):
            return f"not sent: {reason}"
        case StepWithheld(_, unknown):
            return f"withheld: Jet shows {unknown[0].path} already, and this ledger does not know of it"
        case StepInDoubt(_, attempt):
            return f"in doubt (attempt {attempt.attempt_id})"
        case StepSkipped(_, reason):
            return f"not begun: {reason}"
        case _:
            assert_never(result)
