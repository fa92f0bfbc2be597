"""The whole service without its socket: state, workers, tokens, faults and shapes, put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from jetplan.sandbox.auth import Auth, Client
from jetplan.sandbox.catalogue import Catalogue
from jetplan.sandbox.clock import Clock
from jetplan.sandbox.copier import Copier
from jetplan.sandbox.deliveries import Deliveries
from jetplan.sandbox.failing import Failures
from jetplan.sandbox.faults import Faults
from jetplan.sandbox.journal import Journal
from jetplan.sandbox.progress import Progress
from jetplan.sandbox.store import Store
from jetplan.sandbox.wire import Wire

DEFAULT_CLIENTS = (
    Client("sandbox", "sandbox"),
    Client("sandbox-viewer", "sandbox", "JET_VIEW_ONLY"),
)


@dataclass(frozen=True)
class Settings:
    """How a sandbox is to be.

    `profiles` are (name, folder) pairs; `state` is a file to live on in (none: memory only); `failures` say which files
    fail; `roots` are the folders that storage profiles made through the API must lie in (none: the working directory);
    `workers` = 0 accepts deliveries and moves nothing; `rate` caps each transfer in bytes per second; `batch_files` is
    the most files that one transfer holds; `job_weight` pads listed jobs, in KiB; `token_lifetime` is in seconds. With
    `any_folder` profiles may lie over a home folder or a repository too. A connection on which nothing moves for
    `idle` seconds is ended.
    """

    port: int = 0
    profiles: tuple[tuple[str, Path], ...] = ()
    state: Path | None = None
    faults: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    clients: tuple[Client, ...] = DEFAULT_CLIENTS
    token_lifetime: float = 3600
    workers: int = 4
    rate: int | None = None
    batch_files: int = 1000
    job_weight: int = 0
    roots: tuple[Path, ...] = ()
    any_folder: bool = False
    idle: float = 120
    clock: Clock = field(default_factory=Clock)


class Jet:
    """One service. Raises StateInUseError and FaultSpecError when it cannot be made."""

    def __init__(self, settings: Settings) -> None:
        self.roots = tuple(root.resolve() for root in settings.roots or (Path.cwd(),))
        self.any_folder = settings.any_folder
        self.faults = Faults(settings.faults)
        self._store = Store(str(settings.state) if settings.state else None)
        self.clock = clock = settings.clock
        self.catalogue = Catalogue(self._store, clock)
        self.deliveries = Deliveries(self._store, clock)
        self.progress = Progress(self._store, clock, settings.batch_files)
        self.journal = Journal(self._store, clock)
        self.auth = Auth(self._store, clock, settings.clients, settings.token_lifetime)
        self.wire = Wire(self.catalogue, settings.job_weight)
        self.failures = Failures(settings.failures)
        self.copier = Copier(self.catalogue, self.progress, self.failures, workers=settings.workers, rate=settings.rate)
        for name, folder in settings.profiles:
            self.catalogue.offer_profile(name, folder.resolve())

    def start(self) -> None:
        self.copier.start()

    def stop(self) -> None:
        self.copier.stop()

    def close(self) -> None:
        """Let go of the state file; nothing may be asked afterwards."""
        self._store.close()
