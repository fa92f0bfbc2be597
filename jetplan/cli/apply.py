"""`jetplan apply`: creates what is missing, submits what was not submitted yet."""

from __future__ import annotations

import sys
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from jetplan.cli.options import manifests_argument, project_options
from jetplan.errors import ExitCode, StalePlan, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.api.client import JetClient
    from jetplan.apply import ApplyOptions, Stop
    from jetplan.cli.project import Outlook, Project
    from jetplan.core.observed import ObservedJob
    from jetplan.core.outcome import ApplyOutcome
    from jetplan.core.plan import Plan
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.observe import Server


@click.command()
@manifests_argument
@project_options
@click.option("--auto-approve", is_flag=True, help="Do not ask. Needed where there is no terminal.")
@click.option(
    "--parallelism", type=click.IntRange(1, 256), default=10, show_default=True, help="Requests under way at once."
)
def command(
    manifests: Path, config: Path, api_url: str | None, ledger: str | None, auto_approve: bool, parallelism: int
) -> int:
    """Create missing jobs and submit what was not submitted yet.

    MANIFESTS is the folder that holds the manifests (default: manifests), or one file.
    """
    from jetplan.apply import ApplyOptions, Stop
    from jetplan.cli.problems import write_problems
    from jetplan.cli.project import Project
    from jetplan.manifest.read import read_manifests

    if not auto_approve and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on", hint="say --auto-approve, after reading `jetplan plan`")
    reading = read_manifests(manifests)
    write_problems([], reading.warnings)
    project = Project.load(config, api_url, ledger)
    stop = Stop()
    options = ApplyOptions(parallelism=parallelism)
    with project.open_ledger() as opened, project.connect(parallelism) as client:
        code = _apply(project, reading.spec, client, opened, stop, options, ask=not auto_approve)
    return code if stop.signal is None else ExitCode(128 + stop.signal)


def _apply(
    project: Project,
    spec: Spec,
    client: JetClient,
    ledger: Ledger,
    stop: Stop,
    options: ApplyOptions,
    *,
    ask: bool,
) -> ExitCode:
    from jetplan.apply import remember_whole_sets
    from jetplan.cli.plan import exit_code_of
    from jetplan.cli.project import plan_from
    from jetplan.cli.signals import stopping
    from jetplan.observe import observe_server

    server = observe_server(client)
    outlook = plan_from(project, spec, server, ledger)
    plan = outlook.plan
    _show_plan(outlook, project)
    if not (plan.changes() or plan.unfinished):
        if outlook.scope is not None:
            remember_whole_sets(plan, lambda _: False, ledger, outlook.scope, _sizes(spec))
        return exit_code_of(plan, detailed=False)
    if ask and plan.changes() and not click.confirm("Apply this plan?", default=False, err=True):
        click.echo("Nothing was applied.", err=True)
        return ExitCode.ERROR
    if ask:
        server = observe_server(client)
        _check_same(outlook, plan_from(project, spec, server, ledger))
    # Until here a signal just ends the command: nothing irreversible was begun.
    with stopping(stop):
        outcome = _run(project, spec, server, client, ledger, stop, options)
    _show_outcome(outcome)
    return outcome.exit_code()


def _run(
    project: Project,
    spec: Spec,
    server: Server,
    client: JetClient,
    ledger: Ledger,
    stop: Stop,
    options: ApplyOptions,
) -> ApplyOutcome:
    from jetplan.apply import apply_in_rounds, leased_run, make_context, settle_earlier
    from jetplan.cli.progress import tell
    from jetplan.cli.project import new_run, plan_from
    from jetplan.core.plan import CreateJob
    from jetplan.observe import creations, observe_server, observed_job
    from jetplan.observe.evidence import look_for_evidence

    def list_jobs() -> list[ObservedJob]:
        return [observed_job(job) for job in client.list_jobs()]

    run = new_run()
    scope = ledger.ensure_scope(project.settings.api_url, server.accounts)
    with leased_run(ledger, run, options.lease_seconds):
        context = make_context(
            client,
            ledger,
            scope,
            run,
            stop,
            list_jobs=list_jobs,
            look=lambda: look_for_evidence(client, ledger, scope, list_jobs),
            new_id=lambda: uuid.uuid4().hex[:16],
            options=options,
        )
        settled = settle_earlier(context)
        if settled:
            server = observe_server(client)
        outlook = plan_from(project, spec, server, ledger)

        def replan() -> Plan:
            # Another run may make a job while the list is read: the ledger is asked first, so that a claim sees it.
            before = creations(ledger, scope)
            return plan_from(project, spec, observe_server(client), ledger, before).plan

        creates = any(isinstance(step, CreateJob) for step in outlook.plan.steps)
        plan = replan() if creates else outlook.plan
        outcome = apply_in_rounds(plan, replan, context, _sizes(spec), options, tell)
    return replace(outcome, settled=tuple(settled))


def _sizes(spec: Spec) -> dict[str, bytes]:
    """Each set's size digest, by which a later plan sees that a size was changed."""
    from jetplan.observe import size_digest

    return {name: size_digest(wanted.objects) for name, wanted in spec.sets.items()}


def _check_same(before: Outlook, now: Outlook) -> None:
    """What was approved is what is applied: not what came up while a person was reading."""
    from jetplan.render.digest import digest_of

    if digest_of(before.plan) != digest_of(now.plan):
        raise StalePlan("the plan changed while you were asked: nothing was applied", hint="run `jetplan apply` again")


def _show_plan(outlook: Outlook, project: Project) -> None:
    from jetplan.cli.project import commit_of_ci
    from jetplan.cli.screen import wants_color, width
    from jetplan.render.report import build_report
    from jetplan.render.text import render_text

    report = build_report(outlook.plan, commit=commit_of_ci(), api_url=project.settings.api_url)
    click.echo(render_text(report, color=wants_color(), width=width()), nl=False)


def _show_outcome(outcome: ApplyOutcome) -> None:
    from jetplan.cli.screen import wants_color, width
    from jetplan.render.outcome import build_outcome
    from jetplan.render.outcome_text import render_outcome

    click.echo(render_outcome(build_outcome(outcome), color=wants_color(), width=width()), nl=False)
