"""`jetplan status`: where deliveries stand, what failed, and what is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import ExitCode, worst_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jetplan.apply.following import Followed
    from jetplan.core.evidence import Evidence, Silence
    from jetplan.ledger.store import Ledger


@click.command()
@project_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--watch", is_flag=True, help="Look again every few seconds until every delivery has ended.")
@click.option(
    "--interval", type=click.FloatRange(0.2, 3600), default=5.0, show_default=True, help="Seconds between looks."
)
def command(config: Path, api_url: str | None, ledger: str | None, form: str, watch: bool, interval: float) -> int:
    """Show where deliveries stand and what is in doubt.

    Asks the server about every accepted delivery, records the ones that ended, and looks for evidence of those in
    doubt. Submits nothing. Exits 3 when something is in doubt, 1 when a delivery failed.
    """
    from jetplan.apply import leased_run
    from jetplan.apply.following import follow
    from jetplan.cli.project import Project, new_run
    from jetplan.observe import observe_server
    from jetplan.observe.evidence import look_for_evidence

    project = Project.load(config, api_url, ledger)
    with project.open_ledger() as opened, project.connect(10) as client:
        server = observe_server(client)
        scope = opened.scope_of(project.settings.api_url, server.accounts)
        if scope is None:
            click.echo("Nothing was submitted to this account yet.")
            return ExitCode.DONE
        run = new_run()
        with leased_run(opened, run, 60.0):
            if watch:
                from jetplan.apply.waiting import wait_for_ends
                from jetplan.cli.headway import HeadwayLine

                with HeadwayLine() as line:
                    wait_for_ends(client, opened, scope, run.run_id, line.show, interval=interval)
            followed = follow(client, opened, scope, run.run_id)
            findings = look_for_evidence(client, opened, scope, lambda: server.jobs)
        return _show(opened, scope, followed, findings, form)


def _show(
    ledger: Ledger,
    scope: str,
    followed: Sequence[Followed],
    findings: Mapping[str, Evidence | Silence],
    form: str,
) -> ExitCode:
    from jetplan.core.attempts import Kind, State
    from jetplan.observe.evidence import with_findings
    from jetplan.render.status import build_status, render_status, render_status_json

    attempts = [each for each in ledger.attempts(scope) if each.subject.kind is Kind.DELIVERY]
    server_states = {each.attempt.attempt_id: each.state for each in followed}
    unfinished = with_findings(ledger.unfinished(scope), findings)
    report = build_status(attempts, server_states, unfinished)
    if form == "json":
        click.echo(render_status_json(report), nl=False)
    else:
        from jetplan.cli.screen import wants_color, width

        click.echo(render_status(report, color=wants_color(), width=width()), nl=False)
    codes = [ExitCode.DONE]
    # A dead run's request is as doubtful before the next apply writes that down as after.
    if any(each.state is State.IN_DOUBT or (each.state is State.SENDING and not each.live) for each in unfinished):
        codes.append(ExitCode.IN_DOUBT)
    if report.failed:
        codes.append(ExitCode.ERROR)
    return worst_of(codes)
