"""Observe and plan: what the server shows and the ledger recorded, and the plan that follows. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jetplan.app.windows import holds_of, is_timed, now_at
from jetplan.core.diff import diff
from jetplan.core.selection import Selection, chosen
from jetplan.core.unfinished import exit_code_for, unfinished_of
from jetplan.errors import UsageError
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
    ahead = 0
    if is_timed(settings, spec):
        moment, ahead = now_at(server.clock)
        observed = replace(observed, holds=holds_of(settings, spec, observed, moment))
    check_selection(settings.selection, spec, observed)
    plan = chosen(replace(diff(spec, observed, settings.batch_limits), clock_ahead=ahead), settings.selection)
    return Observation(server, observed, plan, scope)


def check_selection(selection: Selection, spec: Spec, observed: Observed) -> None:
    """Raises UsageError for a name or pattern that no set, or no job, has."""
    recorded = {each.subject.name for each in (*observed.unfinished, *observed.failed)}
    sets = spec.sets.keys() | observed.withdrawn_sets.keys() | recorded
    jobs = spec.jobs.keys() | {wanted.job for wanted in spec.sets.values()}
    for pattern in selection.unmatched(sets, jobs):
        kind = "set" if pattern in selection.sets else "job"
        near = get_close_matches(pattern, sets if kind == "set" else jobs, n=1)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"no {kind} is named {pattern!r}", hint=f"{meant}`jetplan plan` shows all names")


def exit_code_of(plan: Plan, *, detailed: bool, refused: Sequence[Refusal] = ()) -> ExitCode:
    """3 something is in doubt; 7 a limit refuses; 1 blocked or failed; 2 (only `detailed`) changes are pending."""
    return exit_code_for(
        unfinished_of(plan.unfinished, plan.failed),
        undone=bool(plan.blocked()),
        refused=bool(refused),
        pending=detailed and bool(plan.changes() or plan.waiting()),
    )
