"""What every step of one run needs: the ledger, the client, the run's own id, and how it is to behave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.apply.baselines import Baselines
from jetplan.apply.driver import ProtocolDriver
from jetplan.apply.throttle import Throttle
from jetplan.core.protocol import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.apply.stop import Stop
    from jetplan.core.attempts import RunInfo
    from jetplan.core.evidence import Evidence, Silence
    from jetplan.core.observed import ObservedJob
    from jetplan.core.plan import SubmitBatch
    from jetplan.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a run behaves. Seconds throughout; `grace` is how long requests under way may finish after a stop."""

    parallelism: int = 10
    patience: Patience = field(default_factory=Patience)
    settle_seconds: float = 10.0
    lease_seconds: float = 60.0
    grace: float = 5.0
    await_others: float = 30.0
    allow_resend: Mapping[str, str] | None = None
    """Who lets objects go that Jet shows and the ledger does not know, and why; None: nobody."""


@dataclass(frozen=True, slots=True)
class Context:
    """Shared by all threads of a run; nothing in it changes but what locks for itself."""

    ledger: Ledger
    scope: str
    client: JetClient
    list_jobs: Callable[[], Sequence[ObservedJob]]
    look: Callable[[], Mapping[str, Evidence | Silence]]
    """Finds what the server shows of the deliveries in doubt, by attempt id."""
    driver: ProtocolDriver
    baselines: Baselines
    stop: Stop
    run_id: str
    new_id: Callable[[], str]
    patience: Patience = field(default_factory=Patience)
    settle_seconds: float = 10.0
    on_submit: Callable[[SubmitBatch, str], None] = lambda *_: None
    """Told of a batch and its attempt id before its request is permitted, so that what it does delays no request."""


def make_context(
    client: JetClient,
    ledger: Ledger,
    scope: str,
    run: RunInfo,
    stop: Stop,
    *,
    list_jobs: Callable[[], Sequence[ObservedJob]],
    look: Callable[[], Mapping[str, Evidence | Silence]],
    new_id: Callable[[], str],
    options: ApplyOptions,
    on_submit: Callable[[SubmitBatch, str], None] = lambda *_: None,
) -> Context:
    """What the steps of one run share."""
    return Context(
        ledger,
        scope,
        client,
        list_jobs,
        look,
        ProtocolDriver(ledger, run.run_id, stop, Throttle(options.parallelism), stale_after=options.lease_seconds),
        Baselines(client, ledger, scope, run.run_id, options.allow_resend),
        stop,
        run.run_id,
        new_id,
        options.patience,
        options.settle_seconds,
        on_submit,
    )
