"""Measures how far deliveries are, again and again: files by what a job lists, bytes by its transfers under way."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.apply.arriving import listed_files
from jetplan.core.arrival import COMPLETED, ENDED, arrival_of
from jetplan.core.attempts import State
from jetplan.core.objects import is_folder
from jetplan.core.progress import DeliveryProgress, Progress
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.api.wire import Transfer
    from jetplan.apply.following import Followed
    from jetplan.core.arrival import Arrival, Listed
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger

_PAUSE = 10
"""The files of jobs are listed again after so many times the seconds that it took before: a job may list millions."""
_THREADS = 10


@dataclass(slots=True)
class _Seen:
    """What was seen of one delivery under way. `transfers`: bytes and files of each, which never become fewer."""

    files: int | None = None
    failed: int = 0
    transfers: dict[str, tuple[int, int]] = field(default_factory=dict)

    def note(self, transfer_id: str, moved: int, files: int) -> None:
        """Keep the highest figures of a transfer."""
        before = self.transfers.get(transfer_id, (0, 0))
        self.transfers[transfer_id] = max(before[0], moved), max(before[1], files)


class ProgressMeter:
    """Remembers between two looks what was seen, so that what has arrived never becomes less."""

    def __init__(
        self,
        client: JetClient,
        ledger: Ledger,
        scope: str,
        roots: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`roots`: the url of each job's source, by job id. `clock` tells seconds."""
        self._client = client
        self._ledger = ledger
        self._scope = scope
        self._roots = roots
        self._clock = clock
        self._not_before = -1.0
        self._seen: dict[str, _Seen] = defaultdict(_Seen)

    def measure(self, followed: Sequence[Followed]) -> Progress:
        """How far these deliveries are now. What cannot be asked for just now is told as it was before."""
        over = {each.attempt.attempt_id for each in followed if each.state in ENDED or each.end is not None}
        going = [each.attempt for each in followed if each.attempt.attempt_id not in over]
        self._look(going)
        rates = self._transfers(going)
        arrivals = self._ledger.arrivals(over)
        return Progress(
            [
                self._progress(each, arrivals.get(each.attempt.attempt_id), rates.get(each.attempt.attempt_id, 0.0))
                for each in followed
            ]
        )

    def _look(self, going: Sequence[Attempt]) -> None:
        """List the files of the jobs, where that was long enough ago."""
        if not going or self._clock() < self._not_before:
            return
        began = self._clock()
        for job_id, declared, files in listed_files(self._client, self._ledger, self._scope, going, self._roots):
            for attempt_id, listed in files.items():
                self._note_files(attempt_id, declared[attempt_id], listed, self._roots[job_id])
        ended = self._clock()
        self._not_before = ended + _PAUSE * (ended - began)

    def _note_files(self, attempt_id: str, wanted: Mapping[str, int], listed: Sequence[Listed], root: str) -> None:
        seen = self._seen[attempt_id]
        arrived: dict[str, dict[str, int]] = defaultdict(dict)
        for each in listed:
            of = arrived[each.file.transfer_id]
            if each.file.arrived and each.file.file_type != "directory":
                of[each.file.url] = max(each.file.size or 0, 0)
        for transfer_id, sizes in arrived.items():
            seen.note(transfer_id, sum(sizes.values()), len(sizes))
        seen.failed = len(arrival_of(wanted, listed, {}, root, "").failed)
        seen.files = None if any(map(is_folder, wanted)) else len(wanted)

    def _transfers(self, going: Sequence[Attempt]) -> dict[str, float]:
        """Note the bytes of transfers under way. Returns the rate of each delivery."""
        by_job: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in going:
            by_job[attempt.job_id].append(attempt)
        rates: dict[str, float] = defaultdict(float)
        with ThreadPoolExecutor(_THREADS) as pool:
            for mine, transfers in zip(by_job.values(), pool.map(self._under_way, by_job), strict=True):
                for transfer in transfers:
                    owner = self._owner(transfer, mine)
                    if owner is not None:
                        done = transfer.transfer_progress and transfer.transfer_progress.transferred
                        self._seen[owner].note(transfer.transfer_id, *((done.bytes, done.count) if done else (0, 0)))
                        rates[owner] += max(transfer.current_rate_bits_per_second or 0.0, 0.0)
        return rates

    def _under_way(self, job_id: str) -> Sequence[Transfer]:
        try:
            return self._client.list_transfers(job_id)
        except ApiError:
            return ()

    def _owner(self, transfer: Transfer, mine: Sequence[Attempt]) -> str | None:
        """The delivery that a transfer moves files of; None where it is none of these, or of several."""
        owners = [each.attempt_id for each in mine if transfer.transfer_id in self._seen[each.attempt_id].transfers]
        if owners:
            return owners[0] if len(owners) == 1 else None
        if len(mine) > 1 or mine[0].baseline is None or transfer.transfer_id in mine[0].baseline.get("transfers", ()):
            return None
        return mine[0].attempt_id

    def _progress(self, each: Followed, arrival: Arrival | None, rate: float) -> DeliveryProgress:
        attempt, seen = each.attempt, self._seen[each.attempt.attempt_id]
        size = None if attempt.unknown_sizes else attempt.known_bytes
        files = seen.files if size is None else attempt.objects
        failed = seen.failed
        moved = sum(some for some, _ in seen.transfers.values())
        moved_files = sum(some for _, some in seen.transfers.values())
        if arrival is not None:
            moved, moved_files = max(moved, arrival.moved_size), max(moved_files, arrival.moved)
            size, files = arrival.size if size is None and arrival.whole else size, arrival.files
            failed = len(arrival.failed)
        return DeliveryProgress(
            attempt_id=attempt.attempt_id,
            set_name=attempt.subject.name,
            batch=attempt.batch,
            batches=attempt.batches,
            state=each.state or (COMPLETED if each.end is State.DELIVERED else "UNKNOWN"),
            size=size,
            files=files,
            moved=moved if size is None else min(moved, size),
            moved_files=moved_files if files is None else min(moved_files, files),
            failed=failed,
            rate=rate,
        )
