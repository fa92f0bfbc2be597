"""The look before sending: what the server shows for a job, compared with the attempts in the ledger.

Each job is looked at once in a run. Whatever the server shows later is newer than this run's first request.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from jetplan.api.sightings import look_for
from jetplan.core.attempts import State
from jetplan.core.pathsearch import Past
from jetplan.core.protocol import Looked
from jetplan.core.unaccounted import Shown, Unaccounted, Wanted, unaccounted, unanswered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.api.client import JetClient
    from jetplan.core.attempts import NewAttempt
    from jetplan.core.plan import SubmitBatch
    from jetplan.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class _Seen:
    """The result of one look at a job."""

    baseline: Mapping[str, Any] | None
    shown: Shown


class Baselines:
    """The looks of one run.

    `allow_resend`: a person's reason to send objects that Jet shows already, if there is one.
    """

    def __init__(
        self, client: JetClient, ledger: Ledger, scope: str, run_id: str, allow_resend: Mapping[str, Any] | None = None
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._scope = scope
        self._run_id = run_id
        self._word = allow_resend
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._seen: dict[str, _Seen] = {}
        self._made: set[str] = set()
        self._expected: dict[str, list[SubmitBatch]] = defaultdict(list)
        self._pasts: dict[str, Past] = {}
        self._asked: set[str] = set()

    def expect(self, job_id: str, steps: Sequence[SubmitBatch]) -> None:
        """Announce steps that will ask about a job: the look keeps only files that may be theirs."""
        with self._lock:
            self._expected[job_id] += steps
            if job_id not in self._made:
                self._seen.pop(job_id, None)

    def made(self, job_id: str) -> None:
        """A job that was made in this run has moved nothing, so no look is needed."""
        self._made.add(job_id)
        self._seen[job_id] = _Seen({"transfers": []}, Shown((), ""))

    def look(self, step: SubmitBatch, attempt: NewAttempt) -> Looked:
        """What the job shows, compared with the ledger. Raises Unreachable.

        Where the server does not show files to these credentials, nothing is withheld.
        """
        seen = self._look_at(attempt.job_id, step.route.source.url)
        shown = seen.shown.of(attempt.paths)
        if not shown:
            return Looked(seen.baseline)
        unknown = unaccounted(shown, self._holders(step, list(shown), attempt))
        if unknown:
            unknown = unanswered(unknown, self._answered(step, attempt))
        if unknown and self._word is not None:
            return Looked(seen.baseline, word={**self._word, "unknownTransfers": _transfers(unknown)})
        return Looked(seen.baseline, unknown)

    def _look_at(self, job_id: str, source_root: str) -> _Seen:
        with self._lock:
            lock = self._locks.setdefault(job_id, Lock())
        with lock:
            if job_id not in self._seen:
                paths = (path for step in self._expected[job_id] for path in step.paths())
                sighting = look_for(self._client, job_id, Wanted(paths, source_root), self._past(job_id))
                if sighting is None:
                    self._seen[job_id] = _Seen(None, Shown((), ""))
                else:
                    self._seen[job_id] = _Seen(sighting.baseline(), Shown(sighting.files, source_root))
            return self._seen[job_id]

    def _past(self, job_id: str) -> Past:
        """What the ledger knows of the job's past. The first that is asked for is read together with all expected."""
        with self._lock:
            if job_id not in self._asked:
                asked = {job_id, *self._expected} - self._asked - self._made
                self._pasts |= self._ledger.pasts_of_jobs(self._scope, asked)
                self._asked |= asked | {job_id}
            return self._pasts.get(job_id, Past())

    def _holders(
        self, step: SubmitBatch, paths: Sequence[str], attempt: NewAttempt
    ) -> dict[str, list[AbstractSet[str] | None]]:
        """For each shown path, what was there before each recorded attempt of the job that holds it."""
        destination = step.route.destination.profile_id
        hits = self._ledger.find_objects(self._scope, destination, paths)
        hits += self._ledger.find_elsewhere(self._scope, destination, paths)
        before: dict[str, tuple[bool, frozenset[str] | None]] = {}
        for attempt_id in {hit.attempt_id for hit in hits}:
            found = self._ledger.attempt(attempt_id)
            # An attempt of this run that was not sent yet has no baseline and has caused nothing.
            unsent = found.run.run_id == self._run_id and found.baseline is None
            counts = found.job_id in ("", attempt.job_id) and not unsent
            there = None if found.baseline is None else frozenset(found.baseline.get("transfers", ()))
            before[attempt_id] = counts, there
        holders: dict[str, list[AbstractSet[str] | None]] = defaultdict(list)
        for index, attempt_id in {(hit.index, hit.attempt_id) for hit in hits}:
            counts, there = before[attempt_id]
            if counts:
                holders[paths[index]].append(there)
        return holders

    def _answered(self, step: SubmitBatch, attempt: NewAttempt) -> frozenset[str]:
        """Transfers for which an attempt of a lower revision was withheld. Raising the revision answers for them."""
        subjects = [step.subject, *step.also]
        refused = self._ledger.attempts(self._scope, subjects, states=frozenset({State.NOT_SENT}))
        return frozenset(
            transfer
            for each in refused
            if each.revision < attempt.revision
            for transfer in each.detail.get("unknownTransfers", ())
        )


def _transfers(unknown: Sequence[Unaccounted]) -> list[str]:
    return sorted({transfer for each in unknown for transfer in each.transfers})
