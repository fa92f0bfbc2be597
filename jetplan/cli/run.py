"""One run of an apply on the command line: what it needs, joined together; what it plans, held to what was approved.

How a plan is carried out is `jetplan.apply`'s matter; who approved it, `jetplan.cli.approval`'s.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from jetplan.errors import LimitRefused

if TYPE_CHECKING:
    from jetplan.api.client import JetClient
    from jetplan.apply import ApplyOptions, Stop
    from jetplan.cli.project import Project
    from jetplan.core.attempts import RunInfo
    from jetplan.core.limits import Limits
    from jetplan.core.observed import ObservedJob
    from jetplan.core.outcome import ApplyOutcome
    from jetplan.core.plan import Plan
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.observe import Server


@dataclass(frozen=True, slots=True)
class Task:
    """What one apply works with. The limits hold for every plan that it makes."""

    project: Project
    spec: Spec
    client: JetClient
    ledger: Ledger
    stop: Stop
    options: ApplyOptions
    limits: Limits

    def sizes(self) -> dict[str, bytes]:
        """Each set's size digest, by which a later plan sees that a size was changed."""
        from jetplan.observe import size_digest

        return {name: size_digest(wanted.objects) for name, wanted in self.spec.sets.items()}


def carry_out(task: Task, server: Server, run: RunInfo, approved: Plan | None) -> ApplyOutcome:
    """Settle what earlier runs left, plan once more, and apply that. `approved`: nothing beyond it is done."""
    from jetplan.apply import apply_in_rounds, leased_run, make_context, settle_earlier
    from jetplan.cli.progress import tell
    from jetplan.cli.project import plan_from
    from jetplan.core.plan import CreateJob
    from jetplan.observe import creations, observe_server, observed_job
    from jetplan.observe.evidence import look_for_evidence

    client, ledger = task.client, task.ledger

    def list_jobs() -> list[ObservedJob]:
        return [observed_job(job) for job in client.list_jobs()]

    scope = ledger.ensure_scope(task.project.settings.api_url, server.accounts)
    with leased_run(ledger, run, task.options.lease_seconds):
        context = make_context(
            client,
            ledger,
            scope,
            run,
            task.stop,
            list_jobs=list_jobs,
            look=lambda: look_for_evidence(client, ledger, scope, list_jobs),
            new_id=lambda: uuid.uuid4().hex[:16],
            options=task.options,
        )
        settled = settle_earlier(context)
        if settled:
            server = observe_server(client)

        def replan() -> Plan:
            # Another run may make a job while the list is read: the ledger is asked first, so that a claim sees it.
            before = creations(ledger, scope)
            plan = plan_from(task.project, task.spec, observe_server(client), ledger, before).plan
            return _held(plan, approved, task.limits)

        if _lacks_jobs(server, task.spec):
            plan = replan()
        else:
            plan = plan_from(task.project, task.spec, server, ledger).plan
            creates = any(isinstance(step, CreateJob) for step in plan.steps)
            plan = replan() if creates else _held(plan, approved, task.limits)
        outcome = apply_in_rounds(plan, replan, context, task.sizes(), task.options, tell)
    return replace(outcome, settled=tuple(settled))


def _lacks_jobs(server: Server, spec: Spec) -> bool:
    """Whether there are jobs to be created for sure, so that the server is to be listed anew in any case."""
    return not spec.jobs.keys() <= {job.name for job in server.jobs}


def _held(plan: Plan, approved: Plan | None, limits: Limits) -> Plan:
    """The plan within what was approved and within the limits, which other runs may have moved it beyond."""
    from jetplan.core.approval import narrowed
    from jetplan.core.limits import refusals

    if approved is not None:
        before = len(plan.changes())
        plan = narrowed(plan, approved)
        if len(plan.changes()) < before:
            click.echo("More came up than was approved, and is left alone: plan again to see it.", err=True)
    refused = refusals(plan, limits)
    if refused:
        raise LimitRefused(refused[0].message, hint=refused[0].hint)
    return plan
