"""`jetplan apply`: creates what is missing, submits what was not submitted yet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from jetplan.cli.options import limit_options, project_options, said
from jetplan.cli.reading import cache_option
from jetplan.errors import ExitCode, StalePlan, UsageError

if TYPE_CHECKING:
    from jetplan.cli.approval import Approval
    from jetplan.cli.options import Lifts
    from jetplan.cli.project import Outlook
    from jetplan.cli.run import Task
    from jetplan.core.plan import Plan
    from jetplan.render.outcome import OutcomeReport


@click.command()
@click.argument("manifests", type=click.Path(path_type=Path), default=Path("manifests"), metavar="[MANIFESTS|PLANFILE]")
@project_options
@click.option("--auto-approve", is_flag=True, help="Do not ask. Needed where there is no terminal.")
@click.option("--expect-digest", metavar="DIGEST", help="Refuse unless the plan has this digest: it was approved.")
@click.option(
    "--parallelism", type=click.IntRange(1, 256), default=10, show_default=True, help="Requests under way at once."
)
@click.option(
    "--wait", is_flag=True, help="Wait until every delivery of these manifests has ended; exit 1 if one failed."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    envvar="JETPLAN_WAIT_TIMEOUT",
    allow_from_autoenv=False,  # JETPLAN_TIMEOUT is that of one request
    metavar="SECONDS",
    help="Wait no longer than this.",
)
@cache_option
@limit_options
def command(
    manifests: Path,
    config: Path,
    api_url: str | None,
    ledger: str | None,
    auto_approve: bool,
    expect_digest: str | None,
    parallelism: int,
    wait: bool,
    timeout: float | None,
    **lifts: Unpack[Lifts],
) -> int:
    """Create missing jobs and submit what was not submitted yet.

    MANIFESTS is the folder that holds the manifests (default: manifests), or one file. PLANFILE was saved by
    `jetplan plan --out`: it is applied once, and refused when the manifests, the server or the ledger moved since.
    """
    from jetplan.apply import ApplyOptions, Stop
    from jetplan.cli.approval import Approval
    from jetplan.cli.ci import publish_code
    from jetplan.cli.guards import limits_of
    from jetplan.cli.problems import write_problems
    from jetplan.cli.project import Project
    from jetplan.cli.run import Task
    from jetplan.cli.wait import wait_for_deliveries

    if said("timeout") and not wait:
        raise UsageError("--timeout is for --wait", hint="add --wait")
    if not auto_approve and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on", hint="say --auto-approve, after reading `jetplan plan`")
    approval = Approval.of(manifests, expect_digest)
    reading = approval.read(config)
    write_problems([], reading.warnings)
    project = Project.load(config, api_url, ledger)
    stop = Stop()
    with project.open_ledger() as opened:
        approval.check_home(project, opened)
        with project.connect(parallelism) as client:
            options = ApplyOptions(parallelism=parallelism)
            limits = limits_of(project.settings, lifts)
            task = Task(project, reading.spec, client, opened, stop, options, limits)
            code = _apply(task, approval, ask=not auto_approve)
            if wait and stop.signal is None:
                waited = wait_for_deliveries(project, client, opened, timeout, reading.spec.sets)
                code = waited if code is ExitCode.DONE else code
                publish_code(code)
    return code if stop.signal is None else ExitCode(128 + stop.signal)


def _apply(task: Task, approval: Approval, *, ask: bool) -> ExitCode:
    from jetplan.apply import remember_whole_sets
    from jetplan.cli.ci import publish_apply
    from jetplan.cli.faces import report_of, show_report
    from jetplan.cli.guards import tell_refusals
    from jetplan.cli.plan import exit_code_of
    from jetplan.cli.project import plan_from
    from jetplan.core.limits import refusals
    from jetplan.observe import observe_server

    server = observe_server(task.client)
    outlook = plan_from(task.project, task.spec, server, task.ledger)
    plan = outlook.plan
    approval.check(outlook, task.spec)
    refused = refusals(plan, task.limits)
    report = report_of(plan, task.project, refused)
    show_report(report)
    outcome: OutcomeReport | None = None
    if refused:
        tell_refusals(refused)
        code = exit_code_of(plan, detailed=False, refused=refused)
    elif not (plan.changes() or plan.unfinished):
        if outlook.scope is not None:
            remember_whole_sets(plan, lambda _: False, task.ledger, outlook.scope, task.sizes())
        code = exit_code_of(plan, detailed=False)
    elif ask and plan.changes() and not click.confirm("Apply this plan?", default=False, err=True):
        click.echo("Nothing was applied.", err=True)
        return ExitCode.ERROR
    else:
        code, outcome = _carry_out(task, approval, outlook, asked=ask)
    publish_apply(report, outcome, code)
    return code


def _carry_out(task: Task, approval: Approval, outlook: Outlook, *, asked: bool) -> tuple[ExitCode, OutcomeReport]:
    from dataclasses import replace

    from jetplan.cli.project import new_run, plan_from
    from jetplan.cli.run import carry_out
    from jetplan.cli.screen import wants_color, width
    from jetplan.cli.signals import stopping
    from jetplan.observe import observe_server
    from jetplan.render.outcome import build_outcome
    from jetplan.render.outcome_text import render_outcome

    server = outlook.server
    approved: Plan | None = outlook.plan if asked or approval.given else None
    if asked:
        server = observe_server(task.client)
        _check_same(outlook, plan_from(task.project, task.spec, server, task.ledger))
    run = new_run()
    if approval.run_id:
        run = replace(run, run_id=approval.run_id)
    # Until here a signal just ends the command: nothing irreversible was begun.
    with stopping(task.stop):
        done = carry_out(task, server, run, approved)
    outcome = build_outcome(done)
    click.echo(render_outcome(outcome, color=wants_color(), width=width()), nl=False)
    return done.exit_code(), outcome


def _check_same(before: Outlook, now: Outlook) -> None:
    """What was approved is what is applied: not what came up while a person was reading."""
    from jetplan.render.digest import digest_of

    if digest_of(before.plan) != digest_of(now.plan):
        raise StalePlan("the plan changed while you were asked: nothing was applied", hint="run `jetplan apply` again")
