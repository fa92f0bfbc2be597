"""Looks at what a job has moved, to tell what arrived of its deliveries: files, and the transfers that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.arrival import Listed, TransferSum
from jetplan.core.listed import SeenFile
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from jetplan.api.client import JetClient
    from jetplan.api.wire import JobFile, Transfer


_STATES = ("IN_PROGRESS", "COMPLETED", "FAILED")


@dataclass(frozen=True, slots=True)
class JobLook:
    """What a job lists of some files. `foreign`: transfers that hold others, too. `under_way`: transfers that move."""

    files: tuple[Listed, ...]
    foreign: frozenset[str]
    under_way: AbstractSet[str]


def look_at_files(client: JetClient, job_id: str, wanted: Callable[[str], bool]) -> JobLook | None:
    """The files of a job whose url is wanted, page by page; None where it cannot be read now."""
    foreign: set[str] = set()

    def keep(file: JobFile) -> bool:
        if wanted(file.url):
            return True
        foreign.add(file.transfer_id)
        return False

    try:
        # Transfers first: what is under way then is ended, or still listed, when the files are read.
        under_way = {each.transfer_id for each in client.list_transfers(job_id)}
        files = [_listed(file, state) for state in _STATES for file in client.list_files(job_id, state, keep)]
    except ApiError:
        return None
    return JobLook(tuple(files), frozenset(foreign), under_way)


def transfer_sums(client: JetClient, job_id: str, transfer_ids: Iterable[str]) -> dict[str, TransferSum]:
    """What some transfers say of themselves, one call each; what cannot be viewed, or says nothing, is left out."""
    found = {}
    for transfer_id in transfer_ids:
        try:
            summed = _sum(client.view_transfer(job_id, transfer_id))
        except ApiError:
            continue
        if summed is not None:
            found[transfer_id] = summed
    return found


def _listed(file: JobFile, state: str) -> Listed:
    seen = SeenFile(file.url, file.transfer_id, file.state or state, file.size_in_bytes, file.file_type)
    return Listed(seen, file.reason)


def _sum(transfer: Transfer) -> TransferSum | None:
    summary = transfer.objects_manifest.summary if transfer.objects_manifest else None
    if summary is None:
        return None
    progress = transfer.transfer_progress
    skipped = progress.skipped.count if progress and progress.skipped else 0
    return TransferSum(summary.count, summary.bytes, skipped)
