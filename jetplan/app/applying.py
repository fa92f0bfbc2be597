"""One run of an apply: what it needs, joined together; what it plans, held to what was approved.

How a plan is carried out is `jetplan.apply`'s matter; who approved it, `jetplan.app.approval`'s.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jetplan.app.identity import new_run
from jetplan.app.planning import plan_from
from jetplan.app.resolving import check_reason
from jetplan.app.windows import seconds_between_looks
from jetplan.apply import apply_in_rounds, leased_run, make_context, record_complete_sets, settle_earlier
from jetplan.core.approval import narrowed
from jetplan.core.limits import refusals
from jetplan.core.plan import CreateJob
from jetplan.errors import LimitRefused, StalePlan
from jetplan.ledger.failures import failures
from jetplan.observe import creations, observe_server, observed_job, shown_profiles, size_digest
from jetplan.observe.evidence import look_for_evidence
from jetplan.render.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from jetplan.api.client import JetClient
    from jetplan.app.approval import Approval
    from jetplan.app.planning import Observation
    from jetplan.app.settings import Settings
    from jetplan.apply import ApplyOptions, Stop
    from jetplan.core.attempts import RunInfo
    from jetplan.core.limits import Limits, Refusal
    from jetplan.core.observed import ObservedJob
    from jetplan.core.outcome import ApplyOutcome, Result
    from jetplan.core.plan import Plan, SubmitBatch
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.observe import Server

NARROWED = "More came up than was approved, and is left alone: plan again to see it."


@dataclass(frozen=True, slots=True)
class Task:
    """What one apply works with. The limits hold for every plan that it makes."""

    settings: Settings
    spec: Spec
    client: JetClient
    ledger: Ledger
    stop: Stop
    options: ApplyOptions
    limits: Limits
    on_result: Callable[[Result], None] = lambda _: None
    """Told of each step's end, from any thread, one at a time."""
    on_notice: Callable[[str], None] = lambda _: None
    """Told of what a person should know, in one sentence."""
    on_submit: Callable[[SubmitBatch, str], None] = lambda *_: None
    """Told of each batch that is about to be submitted, with its attempt id, from any thread."""
    run: RunInfo = field(default_factory=new_run)
    """The run that the ledger will know."""

    def sizes(self) -> dict[str, bytes]:
        """Each set's size digest, by which a later plan sees that a size was changed."""
        return {name: size_digest(wanted.objects) for name, wanted in self.spec.sets.items()}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an apply is about to do, and what of it the limits refuse. Nothing was begun."""

    observation: Observation
    refused: Sequence[Refusal]

    @property
    def plan(self) -> Plan:
        """The plan that was made."""
        return self.observation.plan

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do and nothing to settle."""
        return not (self.plan.changes() or self.plan.unfinished)


def allowed_resend(reason: str | None) -> dict[str, str] | None:
    """A person's word for `ApplyOptions.allow_resend`, with who says it. Raises UsageError where it says nothing."""
    if reason is None:
        return None
    check_reason(reason, "--allow-resend")
    return {"allowResend": reason, "who": new_run().who}


def prepare(task: Task, approval: Approval) -> Prepared:
    """Observe and plan. Raises StalePlan where that is not what was approved."""
    observation = plan_from(task.settings, task.spec, observe_server(task.client), task.ledger)
    approval.check(observation, task.spec)
    return Prepared(observation, refusals(observation.plan, task.limits))


def remember_idle(task: Task, prepared: Prepared) -> None:
    """Note in the ledger which sets are entirely sent, where there is nothing else to do."""
    if prepared.observation.scope is not None:
        task.ledger.learn_profiles(prepared.observation.scope, shown_profiles(prepared.observation.server))
        record_complete_sets(prepared.plan, lambda _: False, task.ledger, prepared.observation.scope, task.sizes())


def look_again(task: Task, prepared: Prepared) -> Prepared:
    """Observe anew, after a person has read the plan. Raises StalePlan where the plan is another by now."""
    now = plan_from(task.settings, task.spec, observe_server(task.client), task.ledger)
    if digest_of(prepared.plan) != digest_of(now.plan):
        raise StalePlan("the plan changed while you were asked: nothing was applied", hint="run `jetplan apply` again")
    return replace(prepared, observation=replace(prepared.observation, server=now.server))


def perform(task: Task, prepared: Prepared, approval: Approval, *, confirmed: bool = False) -> ApplyOutcome:
    """Carry out what was prepared. `confirmed`: a person approved this very plan, so that nothing beyond it is done."""
    run = replace(task.run, run_id=approval.run_id) if approval.run_id else task.run
    approved = prepared.plan if confirmed or approval.given else None
    return execute(task, prepared.observation.server, run, approved)


def next_window(task: Task, pending: Collection[str], approved: Plan | None) -> Prepared | None:
    """Wait until a window of some of these sets is open, so that they can be submitted. None: none will be.

    `approved`: nothing beyond it counts. Each set is waited for; what else is blocked or failed is not looked at.
    """
    while pending and not task.stop:
        observation = plan_from(task.settings, task.spec, observe_server(task.client), task.ledger)
        plan = observation.plan if approved is None else narrowed(observation.plan, approved)
        if any(step.set_name in pending for step in plan.submissions()):
            return Prepared(replace(observation, plan=plan), refusals(plan, task.limits))
        left = [step.waits.seconds for step in plan.waiting() if step.set_name in pending]
        if not left or not task.stop.wait(min(*left, seconds_between_looks())):
            return None
    return None


def execute(task: Task, server: Server, run: RunInfo, approved: Plan | None) -> ApplyOutcome:
    """Settle what earlier runs left, plan once more, and apply that. `approved`: nothing beyond it is done."""
    client, ledger = task.client, task.ledger

    def list_jobs() -> list[ObservedJob]:
        return [observed_job(job) for job in client.list_jobs()]

    scope = ledger.ensure_scope(task.settings.api_url, server.accounts)
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
            on_submit=task.on_submit,
        )
        settled = settle_earlier(context)
        if settled:
            server = observe_server(client)

        def replan() -> Plan:
            # Another run may make a job while the list is read: the ledger is asked first, so that a claim sees it.
            before = creations(ledger, scope)
            plan = plan_from(task.settings, task.spec, observe_server(client), ledger, before).plan
            return _held(plan, approved, task)

        if _lacks_jobs(server, task.spec):
            plan = replan()
        else:
            plan = plan_from(task.settings, task.spec, server, ledger).plan
            creates = any(isinstance(step, CreateJob) for step in plan.steps)
            plan = replan() if creates else _held(plan, approved, task)
        ends = {end.profile_id for step in plan.submissions() for end in (step.route.source, step.route.destination)}
        ledger.learn_profiles(scope, shown_profiles(server), ends)
        outcome = apply_in_rounds(plan, replan, context, task.sizes(), task.options, task.on_result)
    takes = task.settings.selection.takes_attempt
    return replace(
        outcome,
        settled=tuple(settled),
        unfinished=tuple(filter(takes, outcome.unfinished)),
        failed=tuple(filter(takes, failures(ledger, scope))),
    )


def _lacks_jobs(server: Server, spec: Spec) -> bool:
    """Whether there are jobs to be created for sure, so that the server is to be listed anew in any case."""
    return not spec.jobs.keys() <= {job.name for job in server.jobs}


def _held(plan: Plan, approved: Plan | None, task: Task) -> Plan:
    """The plan within what was approved and within the limits, which other runs may have moved it beyond."""
    if approved is not None:
        before = len(plan.changes())
        plan = narrowed(plan, approved)
        if len(plan.changes()) < before:
            task.on_notice(NARROWED)
    refused = refusals(plan, task.limits)
    if refused:
        raise LimitRefused(refused[0].message, hint=refused[0].hint)
    return plan
