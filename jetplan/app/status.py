"""Where deliveries stand: the server asked, the ends recorded, evidence of doubts looked for. Submits nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan.app.identity import new_run
from jetplan.app.waiting import LEASE
from jetplan.apply import leased_run
from jetplan.apply.following import follow
from jetplan.apply.waiting import wait_for_ends
from jetplan.core.attempts import Kind
from jetplan.core.unfinished import exit_code_for, unfinished_of
from jetplan.errors import UsageError
from jetplan.ledger.failures import failures
from jetplan.observe import observe_server
from jetplan.observe.evidence import look_for_evidence, with_findings
from jetplan.render.status import StatusReport, build_status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.app.settings import Settings
    from jetplan.apply.following import Followed
    from jetplan.core.evidence import Evidence, Silence
    from jetplan.core.progress import Progress
    from jetplan.core.selection import Selection
    from jetplan.errors import ExitCode
    from jetplan.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Standing:
    """The report, and the exit code that it means: 3 something is in doubt, 1 a delivery failed."""

    report: StatusReport
    exit_code: ExitCode
    scope: str = ""
    """Where the ledger keeps what it knows of this account."""


def standing_of(
    settings: Settings,
    client: JetClient,
    ledger: Ledger,
    on_progress: Callable[[Progress], None] | None = None,
    interval: float = 5.0,
) -> Standing | None:
    """Where the account's deliveries stand; None where nothing was ever submitted to it.

    With `on_progress`, waits until every delivery has ended, and tells it how far they are every `interval` seconds.
    """
    server = observe_server(client)
    scope = ledger.scope_of(settings.api_url, server.accounts)
    if scope is None:
        return None
    run, roots = new_run(), server.source_urls()
    with leased_run(ledger, run, LEASE):
        if on_progress is not None:
            takes = settings.selection.takes_attempt
            wait_for_ends(client, ledger, scope, run.run_id, roots, on_progress, takes=takes, interval=interval)
        followed = follow(client, ledger, scope, run.run_id, roots)
        findings = look_for_evidence(client, ledger, scope, lambda: server.jobs)
    return _standing(ledger, scope, followed, findings, settings.selection)


def _standing(
    ledger: Ledger,
    scope: str,
    followed: Sequence[Followed],
    findings: Mapping[str, Evidence | Silence],
    selection: Selection,
) -> Standing:
    every = [each for each in ledger.attempts(scope) if each.subject.kind is Kind.DELIVERY]
    found = list(filter(selection.takes_attempt, every))
    unmatched = selection.unmatched({each.subject.name for each in every}, {each.job_name for each in every})
    if unmatched:
        raise UsageError(f"nothing was submitted under the name {unmatched[0]!r}", hint="`jetplan status` shows all")
    arrivals = ledger.arrivals(each.attempt_id for each in found)
    attempts = [replace(each, arrival=arrivals.get(each.attempt_id)) for each in found]
    server_states = {each.attempt.attempt_id: each.state for each in followed}
    unfinished = tuple(filter(selection.takes_attempt, with_findings(ledger.unfinished(scope), findings)))
    failed = tuple(filter(selection.takes_attempt, failures(ledger, scope)))
    left_out = len({each.subject.name for each in every} - {each.subject.name for each in found})
    report = build_status(attempts, server_states, unfinished, failed, left_out)
    return Standing(report, exit_code_for(unfinished_of(unfinished, failed)), scope)
