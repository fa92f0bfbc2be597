"""`jetplan plan`: what an apply would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import manifests_argument, project_options
from jetplan.errors import ExitCode, worst_of

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.core.plan import Plan


@click.command()
@manifests_argument
@project_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes to apply.")
def command(manifests: Path, config: Path, api_url: str | None, ledger: str | None, detailed_exitcode: bool) -> int:
    """Show what an apply would do. Reads only.

    MANIFESTS is the folder that holds the manifests (default: manifests), or one file.
    """
    from jetplan.cli.problems import write_problems
    from jetplan.cli.project import Project, commit_of_ci, look_ahead
    from jetplan.cli.screen import wants_color, width
    from jetplan.manifest.read import read_manifests
    from jetplan.render.report import build_report
    from jetplan.render.text import render_text

    reading = read_manifests(manifests)
    write_problems([], reading.warnings)
    project = Project.load(config, api_url, ledger)
    with project.open_ledger() as opened, project.connect() as client:
        plan = look_ahead(project, reading.spec, client, opened).plan
    report = build_report(plan, commit=commit_of_ci(), api_url=project.settings.api_url)
    click.echo(render_text(report, color=wants_color(), width=width()), nl=False)
    return exit_code_of(plan, detailed=detailed_exitcode)


def exit_code_of(plan: Plan, *, detailed: bool) -> ExitCode:
    """3 something is in doubt; 1 something is blocked; 2 (only `detailed`) changes are pending; 0 otherwise."""
    from jetplan.core.attempts import State

    codes = [ExitCode.DONE]
    if any(
        attempt.state is State.IN_DOUBT or (attempt.state is State.SENDING and not attempt.live)
        for attempt in plan.unfinished
    ):
        codes.append(ExitCode.IN_DOUBT)
    if plan.blocked():
        codes.append(ExitCode.ERROR)
    if detailed and plan.changes():
        codes.append(ExitCode.CHANGES_PENDING)
    return worst_of(codes)
