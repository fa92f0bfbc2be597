"""Observe and plan: what the server shows and the ledger recorded, and the plan that follows. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan.core.diff import diff
from jetplan.core.unfinished import exit_code_for, unfinished_of
from jetplan.observe import Server, observe
from jetplan.observe.evidence import look_for_evidence, with_findings
from jetplan.observe.server import list_server, server_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.app.settings import Settings
    from jetplan.core.limits import Refusal
    from jetplan.core.observed import Observed
    from jetplan.core.plan import Plan
    from jetplan.core.spec import Spec
    from jetplan.errors import ExitCode
    from jetplan.ledger.store import Ledger
    from jetplan.observe.server import Listed


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen and what follows from it."""

    server: Server
    observed: Observed
    plan: Plan
    scope: str | None


def observe_and_plan(
    settings: Settings, spec: Spec, client: JetClient, ledger: Ledger, listed: Listed | None = None
) -> Observation:
    """Observe and plan, and look for evidence of what is in doubt; reading only. `listed`: what was listed already."""
    observation = plan_from(settings, spec, server_of(listed or list_server(client)), ledger)
    if observation.scope is None or not observation.plan.unfinished:
        return observation
    findings = look_for_evidence(client, ledger, observation.scope, lambda: observation.server.jobs)
    plan = replace(observation.plan, unfinished=with_findings(observation.plan.unfinished, findings))
    return replace(observation, plan=plan)


def plan_from(
    settings: Settings, spec: Spec, server: Server, ledger: Ledger, before: Mapping[str, int] | None = None
) -> Observation:
    """Plan from what the server showed and what the ledger says now; `before` as for `observe`."""
    scope = ledger.scope_of(settings.api_url, server.accounts)
    observed = observe(spec, server, ledger, scope, before)
    return Observation(server, observed, diff(spec, observed, settings.batch_limits), scope)


def exit_code_of(plan: Plan, *, detailed: bool, refused: Sequence[Refusal] = ()) -> ExitCode:
    """3 something is in doubt; 7 a limit refuses; 1 blocked or failed; 2 (only `detailed`) changes are pending."""
    return exit_code_for(
        unfinished_of(plan.unfinished, plan.failed),
        undone=bool(plan.blocked()),
        refused=bool(refused),
        pending=detailed and bool(plan.changes()),
    )
