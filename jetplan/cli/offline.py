"""Shows a plan against a revision in git, as `diff` and `plan --offline` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.app.environment import current_ci
from jetplan.app.manifests import read_known
from jetplan.app.offline import difference_from
from jetplan.app.planning import exit_code_of
from jetplan.app.reviewing import refused_by_both
from jetplan.app.settings import load_settings
from jetplan.cli.ci import publish_plan
from jetplan.cli.formats import show_report
from jetplan.cli.limits import lifts_of, tell_refusals
from jetplan.cli.problems import write_problems
from jetplan.render.report import build_report

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.cli.options import Format, LiftOptions
    from jetplan.errors import ExitCode


def show_offline(
    manifests: Path, config: Path, base: str | None, form: Format, lifts: LiftOptions, *, detailed: bool, cached: bool
) -> ExitCode:
    """Show what an apply would do if `base` had been applied."""
    reading = read_known(manifests, config, cached=cached)
    write_problems([], reading.warnings)
    settings = load_settings(config)
    found = difference_from(manifests, reading.spec, settings, base)
    refused = refused_by_both(found.plan, settings, found.review.before, lifts_of(lifts))
    report = build_report(
        found.plan,
        commit=current_ci().commit,
        refused=refused,
        compared_with=found.revision,
        settings=found.review.changes,
        warnings=reading.warnings,
    )
    show_report(report, form)
    tell_refusals(refused)
    code = exit_code_of(found.plan, detailed=detailed, refused=refused)
    publish_plan(report, code)
    return code
