"""What the server shows for a job before something is sent to it: the baseline that later evidence is held against."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from jetplan.api.sightings import look_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.api.client import JetClient


class Looks:
    """One look a job and run: what comes after it in the same run is newer in any case."""

    def __init__(self, client: JetClient) -> None:
        self._client = client
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._seen: dict[str, Mapping[str, Any] | None] = {}

    def made(self, job_id: str) -> None:
        """A job made in this run has moved nothing yet: no look is needed."""
        self._seen[job_id] = {"transfers": []}

    def baseline(self, job_id: str) -> Mapping[str, Any] | None:
        """The job's baseline, or None where the server does not show it. Raises Unreachable."""
        with self._lock:
            lock = self._locks.setdefault(job_id, Lock())
        with lock:
            if job_id not in self._seen:
                sighting = look_at(self._client, job_id)
                self._seen[job_id] = None if sighting is None else sighting.baseline()
            return self._seen[job_id]
