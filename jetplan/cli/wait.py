"""Waiting for deliveries to end, as `apply --wait` and `status --watch` do, with their headway on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Collection

    from jetplan.api.client import JetClient
    from jetplan.cli.project import Project
    from jetplan.ledger.store import Ledger

INTERVAL = 5.0
"""Seconds between looks."""


def wait_for_deliveries(
    project: Project,
    client: JetClient,
    ledger: Ledger,
    timeout: float | None,
    sets: Collection[str] | None = None,
) -> ExitCode:
    """Wait, and say what failed or is still under way: 1 then, 0 otherwise. Interrupting it stops no delivery."""
    from jetplan.apply import leased_run
    from jetplan.apply.waiting import wait_for_ends
    from jetplan.cli.headway import HeadwayLine
    from jetplan.cli.project import new_run
    from jetplan.observe import observe_server
    from jetplan.render.escape import plain
    from jetplan.render.words import count, duration

    scope = ledger.scope_of(project.settings.api_url, observe_server(client).accounts)
    if scope is None:
        return ExitCode.DONE
    run = new_run()
    with leased_run(ledger, run, 60.0), HeadwayLine() as line:
        waited = wait_for_ends(
            client, ledger, scope, run.run_id, line.show, sets=sets, interval=INTERVAL, timeout=timeout
        )
    for each in waited.failed():
        attempt = each.attempt
        click.echo(plain(f"Failed: delivery {attempt.delivery_id} of set {attempt.subject.name}"), err=True)
    blind = sum(not each.attempt.delivery_id for each in waited.last.values())
    if blind:
        click.echo(f"{count(blind, 'delivery', 'deliveries')} without an id cannot be followed: look in Jet.", err=True)
    if waited.lost:
        click.echo(
            f"The server tells nothing of {count(waited.lost, 'delivery', 'deliveries')}: look in Jet.", err=True
        )
    if waited.timed_out:
        after = duration(max(round(timeout or 0), 1))
        click.echo(f"Not every delivery had ended after {after}: `jetplan status --watch` goes on.", err=True)
    return ExitCode.ERROR if waited.failed() or waited.timed_out or waited.lost else ExitCode.DONE
