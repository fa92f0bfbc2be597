"""Makes a plan and puts into words what `jetplan plan` writes of it. A plan told from memory needs none of this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.app.limits import limits_of
from jetplan.app.planning import exit_code_of, observe_and_plan
from jetplan.app.remembered import CachedPlan
from jetplan.app.saved_plans import bound_of, save_plan
from jetplan.cli.ci import published_plan
from jetplan.cli.formats import rendered, report_of
from jetplan.cli.limits import lifts_of, refusal_lines
from jetplan.core.limits import refusals

if TYPE_CHECKING:
    from jetplan.api.client import JetClient
    from jetplan.app.settings import Settings
    from jetplan.cli.options import PlanRequest
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.observe.server import Listed


def plan_anew(
    asked: PlanRequest, settings: Settings, spec: Spec, client: JetClient, ledger: Ledger, listed: Listed, warnings: str
) -> CachedPlan:
    """Plan, save the plan where that is asked for, and put into words what is to be told."""
    observation = observe_and_plan(settings, spec, client, ledger, listed)
    refused = refusals(observation.plan, limits_of(settings, lifts_of(asked.lifts)))
    report = report_of(observation.plan, settings, refused)
    if asked.out is not None:
        plan_id = save_plan(asked.out, report, bound_of(settings, ledger, observation, spec, asked.manifests))
        click.echo(f"Saved plan {plan_id} in {asked.out}.", err=True)
    code = exit_code_of(observation.plan, detailed=asked.detailed, refused=refused)
    return CachedPlan(
        out=f"{report.digest}\n" if asked.digest else rendered(report, asked.form),
        warnings=warnings,
        refusals="".join(f"{line}\n" for line in refusal_lines(refused)),
        published=published_plan(report, code),
        code=int(code),
    )
