"""What every step of one run needs: the ledger, the client, the run's own id and settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.protocol import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.apply.driver import Driver
    from jetplan.apply.looks import Looks
    from jetplan.apply.stop import Stop
    from jetplan.core.evidence import Evidence, Silence
    from jetplan.core.observed import ObservedJob
    from jetplan.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Context:
    """Shared by all threads of a run; nothing in it changes but what locks for itself."""

    ledger: Ledger
    scope: str
    client: JetClient
    list_jobs: Callable[[], Sequence[ObservedJob]]
    look: Callable[[], Mapping[str, Evidence | Silence]]
    """Finds what the server shows of the deliveries in doubt, by attempt id."""
    driver: Driver
    looks: Looks
    stop: Stop
    run_id: str
    new_id: Callable[[], str]
    patience: Patience = field(default_factory=Patience)
    settle_seconds: float = 10.0
