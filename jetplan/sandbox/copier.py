"""The workers in the background: take a delivery, expand it, carry out one batch, put it back in the queue.

Owns the threads and the pace; the states are `progress`, the bytes `copying`, the paths `tree`.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

import msgspec

from jetplan.sandbox.bodies import DeliveredObject
from jetplan.sandbox.copying import CHUNK, CopyError, copy_file
from jetplan.sandbox.patterns import select
from jetplan.sandbox.tree import PARTIAL, Entry, OutsideError, expand, locate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.sandbox.catalogue import Catalogue, Job
    from jetplan.sandbox.deliveries import Delivery
    from jetplan.sandbox.failing import Failures
    from jetplan.sandbox.progress import Batch, FileWork, Progress

REPORT_EVERY = 0.2  # seconds between two notes of progress within one file
UNITS = {"bps": 1, "Kbps": 10**3, "Mbps": 10**6, "Gbps": 10**9}


class _HeldError(Exception):
    """The batch must be interrupted: its job is paused, deleted or stopped, or the sandbox ends."""


class Copier:
    """Moves what was accepted. `rate` caps every transfer, in bytes per second."""

    def __init__(
        self, catalogue: Catalogue, progress: Progress, failures: Failures, *, workers: int, rate: int | None
    ) -> None:
        self._catalogue = catalogue
        self._progress = progress
        self._failures = failures
        self._rate = rate
        self._bell = threading.Condition()
        self._rung = 0
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"copier-{number}", daemon=True) for number in range(workers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Interrupt everything. A restart on the same state resumes it."""
        self._ending.set()
        self.ring()
        for thread in self._threads:
            thread.join()

    def ring(self) -> None:
        """Something may be to do: a delivery came, or a job was resumed."""
        with self._bell:
            self._rung += 1
            self._bell.notify_all()

    def _work(self) -> None:
        while not self._ending.is_set():
            heard = self._rung
            delivery = self._progress.take()
            if delivery is not None:
                self._carry(delivery)
                continue
            with self._bell:
                self._bell.wait_for(lambda: self._rung != heard or self._ending.is_set())  # noqa: B023  # awaited here

    def _carry(self, delivery: Delivery) -> None:
        try:
            job = self._catalogue.job(delivery.job_id)
            if job is None:
                self._progress.cancel(delivery.job_id)
            elif not delivery.expanded:
                self._progress.plan(delivery, self._entries(job, delivery))
            elif (batch := self._progress.begin(delivery)) is not None:
                self._move(job, delivery, batch)
        except Exception:  # noqa: BLE001  # one delivery gone wrong must not end the worker
            traceback.print_exc()
            self._progress.cancel(delivery.job_id)
        self.ring()

    def _entries(self, job: Job, delivery: Delivery) -> Iterator[Entry]:
        wanted = select((job.action["data"].get("transferOptions") or {}).get("objectPatterns"))
        root = self._folder(job.source_id)
        for item in msgspec.json.decode(delivery.objects, type=list[DeliveredObject]):
            size = item.size_in_bytes if isinstance(item.size_in_bytes, int) else None
            yield from expand(root, item.relative_path, size, is_directory=item.is_directory, wanted=wanted)

    def _move(self, job: Job, delivery: Delivery, batch: Batch) -> None:
        pace = _Pace(self._limit(job))
        try:
            for file in self._progress.pending(batch):
                self._check(batch)
                self._progress.start_file(file)
                self._move_file(job, batch, file, pace)
        except _HeldError:
            if not self._ending.is_set():
                self._progress.hold_batch(batch, delivery)
        else:
            self._progress.finish_batch(batch, delivery)

    def _move_file(self, job: Job, batch: Batch, file: FileWork, pace: _Pace) -> None:
        reported = time.monotonic()
        counted: int | None = None  # unknown at first: a partial file may already hold something

        def step(done: int) -> int:
            nonlocal reported, counted
            self._check(batch)
            pace.count(done - (done if counted is None else counted))
            counted = done
            if time.monotonic() - reported >= REPORT_EVERY:
                reported = time.monotonic()
                self._progress.advance(batch, done, pace.speed())
            return pace.allow(self._ending)

        if reason := self._failures.strike(file.path):
            self._progress.finish_file(batch, file, "FAILED", file.size, reason)
            return
        try:
            source = locate(self._folder(job.source_id), file.path)
            target = locate(self._folder(job.destination_id), file.path)
            if file.is_directory:
                os.makedirs(target, exist_ok=True)
                size = 0
            else:
                size = copy_file(source, target, os.path.join(os.path.dirname(target), f"{PARTIAL}{file.n}"), step)
        except (CopyError, OutsideError) as error:
            self._progress.finish_file(batch, file, "FAILED", file.size, str(error))
        except OSError as error:
            self._progress.finish_file(batch, file, "FAILED", file.size, error.strerror)
        else:
            self._progress.finish_file(batch, file, "COMPLETED", size, None)

    def _check(self, batch: Batch) -> None:
        job = self._catalogue.job(batch.job_id)
        if self._ending.is_set() or job is None or job.paused or self._progress.canceled(batch):
            raise _HeldError

    def _folder(self, profile_id: str) -> str:
        profile = self._catalogue.profile(profile_id)
        if profile is None or profile.deleted:
            raise OutsideError("its storage profile was deleted")
        return profile.folder

    def _limit(self, job: Job) -> float | None:
        limits = [float(self._rate)] if self._rate else []
        limits += _bandwidth(job.action["data"].get("bandwidthManagement"))
        return min(limits, default=None)


class _Pace:
    """Keeps one transfer below `limit` bytes per second, and measures its rate."""

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._began = time.monotonic()
        self._moved = 0

    def count(self, size: int) -> None:
        self._moved += size

    def allow(self, ending: threading.Event) -> int:
        """Wait until more may be moved; answers how much."""
        if self._limit is None:
            return CHUNK
        ending.wait(max(0.0, self._moved / self._limit - (time.monotonic() - self._began)))
        return int(min(CHUNK, max(1, self._limit / 20)))

    def speed(self) -> int:
        return int(self._moved / max(0.001, time.monotonic() - self._began))


def _bandwidth(settings: Any) -> list[float]:
    """The limit that a job's `bandwidthManagement` sets, in bytes per second; nothing when it sets none."""
    match settings:
        case {"enabled": True, "maxRate": {"value": int() | float() as value, "unit": str(unit)}} if value > 0:
            return [value * UNITS.get(unit, 10**6) / 8]
    return []
