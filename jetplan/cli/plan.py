"""`jetplan plan`: what an apply would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from jetplan.cli.options import base_option, format_option, limit_options, manifests_argument, project_options, said
from jetplan.cli.reading import cache_option
from jetplan.errors import ExitCode, UsageError, worst_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.cli.options import Format, Lifts
    from jetplan.core.limits import Refusal
    from jetplan.core.plan import Plan


@click.command()
@manifests_argument
@project_options
@format_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan, for `show` and `apply`.")
@click.option("--digest", is_flag=True, help="Write the plan's digest only, for `apply --expect-digest`.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes to apply.")
@click.option("--offline", is_flag=True, help="Compare with git only: no network, credentials or ledger.")
@base_option
@cache_option
@limit_options
def command(
    manifests: Path,
    config: Path,
    api_url: str | None,
    ledger: str | None,
    form: Format,
    out: Path | None,
    digest: bool,
    detailed_exitcode: bool,
    offline: bool,
    base: str | None,
    **lifts: Unpack[Lifts],
) -> int:
    """Show what an apply would do. Reads only.

    MANIFESTS is the folder that holds the manifests (default: manifests), or one file.
    """
    from jetplan.cli.ci import publish_plan
    from jetplan.cli.faces import report_of, show_report
    from jetplan.cli.guards import limits_of, tell_refusals
    from jetplan.cli.problems import write_problems
    from jetplan.cli.project import Project, look_ahead
    from jetplan.cli.reading import read_known
    from jetplan.core.limits import refusals

    if offline:
        from jetplan.cli.offline import show_offline

        if out is not None or digest:
            raise UsageError("an offline plan cannot be applied, so it has no file and no digest")
        return show_offline(manifests, config, base, form, lifts, detailed=detailed_exitcode)
    if said("base"):
        raise UsageError("--base is for offline plans", hint="add --offline, or use `jetplan diff`")
    reading = read_known(manifests, config)
    write_problems([], reading.warnings)
    project = Project.load(config, api_url, ledger)
    with project.open_ledger() as opened, project.connect() as client:
        outlook = look_ahead(project, reading.spec, client, opened)
        refused = refusals(outlook.plan, limits_of(project.settings, lifts))
        report = report_of(outlook.plan, project, refused)
        if out is not None:
            from jetplan.cli.planfiles import bound_of, save_plan

            plan_id = save_plan(out, report, bound_of(project, opened, outlook, reading.spec, manifests))
            click.echo(f"Saved plan {plan_id} in {out}.", err=True)
    if digest:
        click.echo(report.digest)
    else:
        show_report(report, form)
    tell_refusals(refused)
    code = exit_code_of(outlook.plan, detailed=detailed_exitcode, refused=refused)
    publish_plan(report, code)
    return code


def exit_code_of(plan: Plan, *, detailed: bool, refused: Sequence[Refusal] = ()) -> ExitCode:
    """3 something is in doubt; 7 a limit refuses; 1 something is blocked; 2 (only `detailed`) changes are pending."""
    from jetplan.core.attempts import State

    codes = [ExitCode.DONE]
    if any(
        attempt.state is State.IN_DOUBT or (attempt.state is State.SENDING and not attempt.live)
        for attempt in plan.unfinished
    ):
        codes.append(ExitCode.IN_DOUBT)
    if refused:
        codes.append(ExitCode.REFUSED)
    if plan.blocked():
        codes.append(ExitCode.ERROR)
    if detailed and plan.changes():
        codes.append(ExitCode.CHANGES_PENDING)
    return worst_of(codes)
