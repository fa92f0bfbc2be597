"""Makes a plan and the texts that `jetplan plan` writes. A cached plan needs none of this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.app.planning import exit_code_of, observe_and_plan
from jetplan.app.remembered import CachedPlan
from jetplan.app.reviewing import refused_by_both, review_in_ci
from jetplan.app.saved_plans import bound_of, save_plan
from jetplan.cli.ci import published_plan
from jetplan.cli.formats import rendered, report_of
from jetplan.cli.limits import lifts_of, refusal_lines

if TYPE_CHECKING:
    from jetplan.api.client import JetClient
    from jetplan.app.settings import Settings
    from jetplan.cli.options import PlanRequest
    from jetplan.ledger.store import Ledger
    from jetplan.manifest.read import Reading
    from jetplan.observe.server import Listed


def plan_anew(
    asked: PlanRequest,
    settings: Settings,
    reading: Reading,
    client: JetClient,
    ledger: Ledger,
    listed: Listed,
    warnings: str,
) -> CachedPlan:
    """Plan, save the plan if that was asked for, and make the texts."""
    spec = reading.spec
    review = review_in_ci(asked.manifests, settings)
    observation = observe_and_plan(settings, spec, client, ledger, listed)
    refused = refused_by_both(observation.plan, settings, review.before, lifts_of(asked.lifts))
    report = report_of(observation.plan, settings, refused, reading.warnings, review.changes)
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
