"""Waiting for deliveries to end, as `apply --wait` does, with how far they are on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.app.waiting import wait_for_deliveries
from jetplan.cli.progress import ProgressLines
from jetplan.core.attempts import State
from jetplan.errors import ExitCode
from jetplan.render.arrivals import arrived_files, sentence
from jetplan.render.escape import safe_text
from jetplan.render.words import count, duration

if TYPE_CHECKING:
    from collections.abc import Collection

    from jetplan.api.client import JetClient
    from jetplan.app.events import EventLog
    from jetplan.app.settings import Settings
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger


def wait_here(
    settings: Settings,
    client: JetClient,
    ledger: Ledger,
    timeout: float | None,
    sets: Collection[str] | None = None,
    log: EventLog | None = None,
) -> ExitCode:
    """Wait, and say what failed or is still under way. Interrupting it stops no delivery."""

    def on_end(attempt: Attempt) -> None:
        if log is not None:
            log.arrived(attempt)

    waited = wait_for_deliveries(settings, client, ledger, ProgressLines().show, timeout, sets, on_end)
    if waited is None:
        return ExitCode.DONE
    wait = waited.wait
    for each in waited.left.failed:
        delivery = f"delivery {each.delivery_id}" if each.delivery_id else f"attempt {each.attempt_id}"
        arrived = arrived_files(each.arrival)
        said = f": {sentence(arrived)}" if arrived is not None else ""
        word = "Failed" if each.state is State.FAILED else "Arrived in part"
        click.echo(safe_text(f"{word}: {delivery} of set {each.subject.name}{said}"), err=True)
    blind = sum(not each.attempt.delivery_id and each.end is None for each in wait.last.values())
    if blind:
        click.echo(f"{count(blind, 'delivery', 'deliveries')} without an id cannot be followed: look in Jet.", err=True)
    if wait.lost:
        click.echo(f"The server tells nothing of {count(wait.lost, 'delivery', 'deliveries')}: look in Jet.", err=True)
    if wait.timed_out:
        after = duration(max(round(timeout or 0), 1))
        click.echo(f"Not every delivery had ended after {after}: `jetplan status --watch` goes on.", err=True)
    return waited.exit_code
