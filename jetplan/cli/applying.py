"""An apply on the command line: the plan shown, a person asked, each step told, the outcome shown and published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import click

from jetplan.app.applying import (
    Task,
    allowed_resend,
    execute,
    look_again,
    next_window,
    perform,
    prepare,
    remember_idle,
)
from jetplan.app.events import event_log
from jetplan.app.identity import new_run
from jetplan.app.limits import limits_of
from jetplan.app.notifying import notify, utc_now
from jetplan.app.opening import connection, pinned_ledger
from jetplan.app.planning import exit_code_of
from jetplan.apply import ApplyOptions, Stop
from jetplan.cli.ci import publish_apply
from jetplan.cli.formats import rendered, report_of, show_report
from jetplan.cli.limits import tell_refusals
from jetplan.cli.outcomes import Outcomes
from jetplan.cli.publishing import publish_code
from jetplan.cli.signals import stopping
from jetplan.cli.steps import tell
from jetplan.cli.wait import wait_here
from jetplan.core.plan import WaitingDelivery
from jetplan.errors import ExitCode, JetplanError, worse_of, worst_of
from jetplan.ledger.failures import failures
from jetplan.render import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jetplan.app.applying import Prepared
    from jetplan.app.approval import Approval
    from jetplan.app.events import EventLog
    from jetplan.app.limits import Lifts
    from jetplan.app.settings import Settings
    from jetplan.core.attempts import Attempt
    from jetplan.core.outcome import Result
    from jetplan.core.plan import Plan, SubmitBatch
    from jetplan.errors import Problem
    from jetplan.manifest.read import Reading
    from jetplan.render.outcome import OutcomeReport


@dataclass(frozen=True, slots=True)
class Manner:
    """How an apply goes about it: whether it asks first, requests under way at once, whether it waits, and how long."""

    ask: bool
    parallelism: int
    wait: bool
    timeout: float | None
    allow_resend: str | None = None
    wait_for_windows: bool = False
    events: Path | None = None
    """The file to append events to."""
    form: str = "text"
    """How the outcome is written to stdout: `text` or `json`. With `json` the plan goes to stderr."""


def apply_here(settings: Settings, reading: Reading, approval: Approval, lifts: Lifts, manner: Manner) -> ExitCode:
    """Apply, tell everything, and give the code to exit with."""
    stop, began, run, outcomes = Stop(), utc_now(), new_run(), Outcomes(manner.form)
    with pinned_ledger(settings) as ledger, event_log(manner.events, ledger.ledger_id, run.run_id, _notice) as log:
        approval.check_home(settings, ledger)
        with connection(settings, manner.parallelism) as client:
            limits = limits_of(settings, lifts)
            options = ApplyOptions(parallelism=manner.parallelism, allow_resend=allowed_resend(manner.allow_resend))
            task = Task(
                settings,
                reading.spec,
                client,
                ledger,
                stop,
                options,
                limits,
                on_result=partial(_tell, log),
                on_notice=_notice,
                on_submit=_untold if log is None else log.submitted,
                run=run,
            )
            code, prepared = _apply(task, approval, reading.warnings, manner, log, outcomes)
            tell_people = partial(_notify, task, prepared, began, sent=manner.wait_for_windows)
            try:
                if manner.wait_for_windows and prepared is not None and stop.signal is None:
                    windows = _in_windows(task, prepared.plan, log, outcomes, approved=manner.ask or approval.given)
                    code = worse_of(code, windows)
                    publish_code(code)
                count = words.count(ledger.transition_count(), "transition")
                click.echo(f"Ledger {ledger.ledger_id}: {count}.", err=True)
                if manner.wait and stop.signal is None:
                    waited = wait_here(settings, client, ledger, manner.timeout, _waited_for(settings, reading), log)
                    code = worse_of(code, waited)
                    publish_code(code)
                    outcomes.waited(_failures(task, prepared))
            except JetplanError as error:
                outcomes.end(error.exit_code)
                tell_people()  # what was sent before is news all the same
                raise
            except KeyboardInterrupt:
                outcomes.end(ExitCode.INTERRUPTED)
                raise
            tell_people()
            code = code if stop.signal is None else ExitCode(128 + stop.signal)
            if log is not None:
                log.end(code)
            outcomes.end(code)
    return code


def _notify(task: Task, prepared: Prepared | None, began: str, *, sent: bool) -> None:
    """Tell people. `prepared`: None where nothing was begun. `sent`: what waited for a window was submitted since."""
    if prepared is None or not task.settings.config.notify:
        return
    scope = task.ledger.scope_of(task.settings.api_url, prepared.observation.server.accounts)
    steps = tuple(each for each in prepared.plan.steps if not (sent and isinstance(each, WaitingDelivery)))
    if scope is not None:
        notify(task.settings, task.ledger, scope, replace(prepared.plan, steps=steps), began, _notice)


def _failures(task: Task, prepared: Prepared | None) -> list[Attempt]:
    """The failed deliveries, of what was chosen, as the ledger has them now."""
    scope = prepared and task.ledger.scope_of(task.settings.api_url, prepared.observation.server.accounts)
    return list(filter(task.settings.selection.takes_attempt, failures(task.ledger, scope))) if scope else []


def _untold(_step: SubmitBatch, _attempt_id: str) -> None:
    """Nobody wants to know."""


def _tell(log: EventLog | None, result: Result) -> None:
    tell(result)
    if log is not None:
        log.result(result)


def _waited_for(settings: Settings, reading: Reading) -> list[str]:
    """The declared sets that were chosen."""
    return [name for name, each in reading.spec.sets.items() if settings.selection.takes(name, each.job)]


def _apply(
    task: Task,
    approval: Approval,
    warnings: Sequence[Problem],
    manner: Manner,
    log: EventLog | None,
    outcomes: Outcomes,
) -> tuple[ExitCode, Prepared | None]:
    """The exit code, and what was approved; None where nothing was."""
    prepared = prepare(task, approval)
    plan, refused = prepared.plan, prepared.refused
    report = report_of(plan, task.settings, refused, warnings)
    if outcomes.as_json:
        click.echo(rendered(report, "text"), nl=False, err=True)
    else:
        show_report(report)
    outcomes.planned(plan)
    outcome: OutcomeReport | None = None
    code = exit_code_of(plan, detailed=False, refused=refused)
    to_ask = manner.ask and (plan.changes() or (manner.wait_for_windows and plan.waiting()))
    if refused:
        tell_refusals(refused)
    elif to_ask and not click.confirm("Apply this plan?", default=False, err=True):
        click.echo("Nothing was applied.", err=True)
        return ExitCode.ERROR, None
    elif prepared.idle:
        if log is not None:
            log.begin(plan, task.run.run_id)
        remember_idle(task, prepared)
    else:
        code, outcome = _perform(task, prepared, approval, log, outcomes, asked=manner.ask)
    publish_apply(report, outcome, code)
    return code, None if refused else prepared


def _in_windows(task: Task, plan: Plan, log: EventLog | None, outcomes: Outcomes, *, approved: bool) -> ExitCode:
    """Stay until every set of the plan that waits for a window was submitted in it."""
    pending = {step.set_name for step in plan.waiting()}
    codes = [ExitCode.DONE]
    limit = plan if approved else None
    while (prepared := next_window(task, pending, limit)) is not None:
        pending -= {step.set_name for step in prepared.plan.submissions()}
        if prepared.refused:
            tell_refusals(prepared.refused)
            return worst_of([*codes, ExitCode.REFUSED])
        run = new_run()
        if log is not None:
            log.begin(prepared.plan, run.run_id)
        with stopping(task.stop):
            done = execute(task, prepared.observation.server, run, limit)
        if log is not None:
            log.settled(done.settled)
        outcomes.done(done)
        codes.append(done.exit_code())
    return worst_of(codes)


def _perform(
    task: Task, prepared: Prepared, approval: Approval, log: EventLog | None, outcomes: Outcomes, *, asked: bool
) -> tuple[ExitCode, OutcomeReport]:
    if asked:
        prepared = look_again(task, prepared)
    if log is not None:
        log.begin(prepared.plan, approval.run_id or task.run.run_id)
    # Until here a signal just ends the command: nothing irreversible was begun.
    with stopping(task.stop):
        done = perform(task, prepared, approval, confirmed=asked)
    if log is not None:
        log.settled(done.settled)
    return done.exit_code(), outcomes.done(done)


def _notice(sentence: str) -> None:
    click.echo(sentence, err=True)
