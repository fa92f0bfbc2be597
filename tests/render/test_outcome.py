"""What an apply did is told in text and JSON, and ends in the right exit code."""

from __future__ import annotations

import json
from dataclasses import replace

from golden_files import GOLDEN, check
from jsonschema import Draft202012Validator
from render_plans import attempt, blocked, create, hostile, job, submit

from jetplan.core.attempts import State
from jetplan.core.outcome import (
    ApplyOutcome,
    DeliveryAccepted,
    JobApplied,
    StepInDoubt,
    StepNotSent,
    StepRejected,
    StepSkipped,
)
from jetplan.core.plan import BlockReason, SubmitBatch, UpdateJob
from jetplan.errors import ExitCode
from jetplan.render.outcome import build_outcome, outcome_schema, render_outcome_json
from jetplan.render.outcome_text import render_outcome

CREATED = JobApplied(create("a"), "job-1")
TAKEN = DeliveryAccepted(submit("s", "a", [("/x", 10**12), "/f/"]), "d-1", "at-1")
REFUSED = StepRejected(submit("t", "a", [("/y", 5)]), 400, "job is paused", "at-2")
UNSENT = StepNotSent(submit("u", "a", [("/z", 5)]), "no route to host", "at-3")
DOUBT = StepInDoubt(submit("v", "a", [("/w", 5)]), attempt("v"))
SKIPPED = StepSkipped(UpdateJob("b", job("b", paused=True), paused=False), "interrupted before it was begun")
BLOCKED = blocked("w", "a", BlockReason.OVERLAP, "already sent by set s", "say `overlap: skip`", [("/x", 1)])


def full() -> ApplyOutcome:
    return ApplyOutcome(
        [CREATED, TAKEN, REFUSED, UNSENT, DOUBT, SKIPPED],
        [BLOCKED],
        unfinished=[attempt("busy", State.SENDING, attempt_id="b1", live=True)],
        settled=[attempt("old", State.EVIDENCED, attempt_id="e1")],
        interrupted=True,
        run_id="run-8",
    )


def test_golden() -> None:
    """What people read after an apply has been read by a person."""
    check(GOLDEN / "outcome.txt", render_outcome(build_outcome(full()), color=False, width=100))
    check(GOLDEN / "outcome.json", render_outcome_json(build_outcome(full())))


def test_fits_its_schema() -> None:
    """The JSON of an outcome is what its schema says."""
    document = json.loads(render_outcome_json(build_outcome(full()), indent=0))
    Draft202012Validator(outcome_schema()).validate(document)
    assert document["exitCode"] == ExitCode.INTERRUPTED


def test_exit_codes() -> None:
    """Interruption beats doubt beats done in part beats nothing done; all done is zero."""
    assert replace(full(), interrupted=False).exit_code() is ExitCode.IN_DOUBT
    assert replace(full(), interrupted=True).exit_code() is ExitCode.INTERRUPTED
    assert ApplyOutcome([CREATED, SKIPPED], interrupted=True).exit_code() is ExitCode.INTERRUPTED
    assert ApplyOutcome([CREATED, REFUSED]).exit_code() is ExitCode.APPLIED_IN_PART
    assert ApplyOutcome([REFUSED]).exit_code() is ExitCode.ERROR
    assert ApplyOutcome([], [BLOCKED]).exit_code() is ExitCode.ERROR
    assert ApplyOutcome([CREATED, TAKEN]).exit_code() is ExitCode.DONE
    assert ApplyOutcome([CREATED, TAKEN], alarms=["one id for two deliveries"]).exit_code() is ExitCode.APPLIED_IN_PART
    assert ApplyOutcome([], unfinished=[attempt("x")]).exit_code() is ExitCode.IN_DOUBT
    assert ApplyOutcome([], unfinished=[attempt("x", State.SENDING, live=True)]).exit_code() is ExitCode.ERROR
    assert ApplyOutcome([], failed=[attempt("x", State.FAILED)]).exit_code() is ExitCode.ERROR
    assert ApplyOutcome([TAKEN], failed=[attempt("x", State.FAILED)]).exit_code() is ExitCode.APPLIED_IN_PART


def test_hostile_answers_are_inert() -> None:
    """Server messages reach the terminal with every unseen character escaped, on lines of our own."""
    steps = [step for step in hostile().steps if isinstance(step, SubmitBatch)]
    outcome = ApplyOutcome([StepRejected(step, 400, step.job, step.set_name) for step in steps])
    shown = render_outcome(build_outcome(outcome), color=False, width=80)
    assert all(char.isprintable() for char in shown.replace("\n", ""))
    assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]
    json.loads(render_outcome_json(build_outcome(outcome)))
