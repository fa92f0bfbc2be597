"""Plans without network, credentials or ledger: what the manifests say beyond a revision of them in git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jetplan.cli.plan import exit_code_of

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.cli.options import Format, Lifts
    from jetplan.errors import ExitCode


def show_offline(
    manifests: Path, config: Path, base: str | None, form: Format, lifts: Lifts, *, detailed: bool
) -> ExitCode:
    """Show what an apply would do if `base` had been applied."""
    from jetplan.cli.ci import publish_plan
    from jetplan.cli.faces import show_report
    from jetplan.cli.guards import limits_of, tell_refusals
    from jetplan.cli.problems import write_problems
    from jetplan.cli.project import Project, commit_of_ci
    from jetplan.cli.reading import read_known
    from jetplan.core.diff import diff
    from jetplan.core.limits import refusals
    from jetplan.manifest.revisions import find_revision, read_manifests_at
    from jetplan.observe.offline import observe_offline
    from jetplan.render.report import build_report

    reading = read_known(manifests, config)
    write_problems([], reading.warnings)
    project = Project.load(config)
    revision = find_revision(manifests, base or default_base())
    before = read_manifests_at(manifests, revision).spec
    plan = diff(reading.spec, observe_offline(reading.spec, before), project.limits)
    refused = refusals(plan, limits_of(project.settings, lifts))
    report = build_report(plan, commit=commit_of_ci(), refused=refused, compared_with=str(revision))
    show_report(report, form)
    tell_refusals(refused)
    code = exit_code_of(plan, detailed=detailed, refused=refused)
    publish_plan(report, code)
    return code


def default_base() -> str:
    """The pull or merge request's base where CI names one, else HEAD: then what is not committed yet is shown."""
    branch = os.environ.get("GITHUB_BASE_REF")
    return f"origin/{branch}" if branch else os.environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or "HEAD"
