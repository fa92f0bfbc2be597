"""Waiting for deliveries to end, as `apply --wait` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.app.identity import new_run
from jetplan.apply import leased_run
from jetplan.apply.waiting import Wait, wait_for_ends
from jetplan.core.unfinished import exit_code_for
from jetplan.ledger.failures import what_is_unfinished
from jetplan.observe import observe_server

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from jetplan.api.client import JetClient
    from jetplan.app.settings import Settings
    from jetplan.core.attempts import Attempt
    from jetplan.core.progress import Progress
    from jetplan.core.unfinished import Unfinished
    from jetplan.errors import ExitCode
    from jetplan.ledger.store import Ledger

INTERVAL = 5.0
"""Seconds between looks."""
LEASE = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Waited:
    """How a wait ended, and what is not finished now, whether it was waited for or not."""

    wait: Wait
    left: Unfinished

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the wait. What has not ended, or cannot be followed any more, counts as not done."""
        return exit_code_for(self.left, undone=bool(self.wait.timed_out or self.wait.lost))


def wait_for_deliveries(
    settings: Settings,
    client: JetClient,
    ledger: Ledger,
    on_progress: Callable[[Progress], None],
    timeout: float | None = None,
    sets: Collection[str] | None = None,
    on_end: Callable[[Attempt], None] = lambda _: None,
) -> Waited | None:
    """Wait until the deliveries of these sets (None: of all) have ended; None where none was ever submitted.

    What ended is recorded in the ledger, and `on_end` is told of it, with what arrived. Interrupting the wait stops no
    delivery.
    """
    server = observe_server(client)
    scope = ledger.scope_of(settings.api_url, server.accounts)
    if scope is None:
        return None
    run = new_run()
    with leased_run(ledger, run, LEASE):
        roots = server.source_urls()
        wait = wait_for_ends(
            client,
            ledger,
            scope,
            run.run_id,
            roots,
            on_progress,
            takes=lambda each: sets is None or each.subject.name in sets,
            interval=INTERVAL,
            timeout=timeout,
            on_end=on_end,
        )
    return Waited(wait, what_is_unfinished(ledger, scope))
