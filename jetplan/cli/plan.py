"""`jetplan plan`: what an apply would do."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

import click

from jetplan.cli.options import base_option, format_option, limit_options, manifests_argument, project_options, said
from jetplan.cli.reading import cache_option
from jetplan.errors import ExitCode, UsageError, worst_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.api.client import JetClient
    from jetplan.cli.options import Format, Lifts
    from jetplan.cli.project import Project
    from jetplan.cli.remembered import Told
    from jetplan.core.limits import Refusal
    from jetplan.core.plan import Plan
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.observe.server import Listed


class Wish(NamedTuple):
    """What a command line asks of a plan: of which manifests, within which limits, and how it is to be told."""

    manifests: Path
    form: Format
    lifts: Lifts
    out: Path | None
    digest: bool
    detailed: bool


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
    from jetplan.cli.ci import publish
    from jetplan.cli.problems import lines_of
    from jetplan.cli.project import Project
    from jetplan.cli.reading import known_manifests, read_known
    from jetplan.cli.remembered import RememberedPlan, question_of, seen_of
    from jetplan.observe.server import list_server

    if offline:
        from jetplan.cli.offline import show_offline

        if out is not None or digest:
            raise UsageError("an offline plan cannot be applied, so it has no file and no digest")
        return show_offline(manifests, config, base, form, lifts, detailed=detailed_exitcode)
    if said("base"):
        raise UsageError("--base is for offline plans", hint="add --offline, or use `jetplan diff`")
    # A plan that is saved is made anew, and so is one of manifests that are to be read in any case.
    known = None if out is not None else known_manifests(manifests, config)
    read = partial(read_known, manifests, config) if known is None else known.read
    project = Project.load(config, api_url, ledger)
    wish = Wish(manifests, form, lifts, out, digest, detailed_exitcode)
    remembered = None
    if known is not None and known.content is not None:
        remembered = RememberedPlan(manifests, form, question_of(known.content, project.settings, wish))
    if remembered is not None and remembered.warnings is not None:
        reading, warnings = None, remembered.warnings
    else:
        reading = read()
        warnings = as_text(lines_of([], reading.warnings))
    click.echo(warnings, nl=False, err=True)
    with project.open_ledger() as opened, project.connect() as client:
        listed = list_server(client)
        seen = seen_of(listed, opened) if remembered is not None else None
        told = remembered.told(seen) if remembered is not None else None
        if told is None:
            told = plan_anew(wish, project, (reading or read()).spec, client, opened, listed, warnings)
            sure = known is not None and known.content is not None  # what was read is what was asked about
            # What was read of the ledger while planning counts only if nothing came in between.
            if sure and remembered is not None and seen is not None and seen_of(listed, opened) == seen:
                remembered.keep(seen, told)
    click.echo(told.out, nl=False)
    click.echo(told.refusals, nl=False, err=True)
    publish(told.published)
    return told.code


def plan_anew(
    wish: Wish, project: Project, spec: Spec, client: JetClient, ledger: Ledger, listed: Listed, warnings: str
) -> Told:
    """Plan, save the plan where that is wished for, and put into words what is to be told."""
    from jetplan.cli.ci import published_plan
    from jetplan.cli.faces import rendered, report_of
    from jetplan.cli.guards import limits_of, refusal_lines
    from jetplan.cli.project import look_ahead
    from jetplan.cli.remembered import Told
    from jetplan.core.limits import refusals

    outlook = look_ahead(project, spec, client, ledger, listed)
    refused = refusals(outlook.plan, limits_of(project.settings, wish.lifts))
    report = report_of(outlook.plan, project, refused)
    if wish.out is not None:
        from jetplan.cli.planfiles import bound_of, save_plan

        plan_id = save_plan(wish.out, report, bound_of(project, ledger, outlook, spec, wish.manifests))
        click.echo(f"Saved plan {plan_id} in {wish.out}.", err=True)
    code = exit_code_of(outlook.plan, detailed=wish.detailed, refused=refused)
    return Told(
        out=f"{report.digest}\n" if wish.digest else rendered(report, wish.form),
        warnings=warnings,
        refusals=as_text(refusal_lines(refused)),
        published=published_plan(report, code),
        code=int(code),
    )


def as_text(lines: Sequence[str]) -> str:
    """Lines, each ended."""
    return "".join(f"{line}\n" for line in lines)


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
