"""Looks at what a job has moved and moves: files of every state and transfers under way, as evidence wants them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jetplan.api.refusals import RoleRefused
from jetplan.core.evidence import SeenTransfer, Sighting
from jetplan.core.listed import SeenFile
from jetplan.errors import ApiError, AuthenticationError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jetplan.api.client import JetClient
    from jetplan.api.wire import JobFile, Transfer

FILE_STATES = ("IN_PROGRESS", "COMPLETED", "FAILED")


def look_at(client: JetClient, job_id: str, keep: Callable[[JobFile], bool] | None = None) -> Sighting | None:
    """Four calls. None where one is refused or answered oddly: then nothing can be told apart.

    Raises Unreachable where a complete answer may come another time, AuthenticationError on bad credentials.
    """
    try:
        transfers = client.list_transfers(job_id)
        files = [(state, client.list_files(job_id, state, keep)) for state in FILE_STATES]
    except RoleRefused:
        return None
    except (Unreachable, AuthenticationError):
        raise
    except ApiError:
        return None
    return Sighting(
        tuple(_file(file, state) for state, listed in files for file in listed),
        tuple(_summed(each) for each in transfers),
    )


def look_for(client: JetClient, job_id: str, wanted: Callable[[str], bool]) -> Sighting | None:
    """The same, but for files: only those whose url is wanted, and the ids of all transfers, however many there are."""
    behind: set[str] = set()

    def keep(file: JobFile) -> bool:
        behind.add(file.transfer_id)
        return wanted(file.url)

    sighting = look_at(client, job_id, keep)
    if sighting is None:
        return None
    known = {each.transfer_id for each in sighting.transfers}
    more = [SeenTransfer(transfer_id) for transfer_id in sorted(behind - known - {""})]
    return replace(sighting, transfers=(*sighting.transfers, *more))


def with_sums(client: JetClient, job_id: str, sighting: Sighting, transfer_ids: Iterable[str]) -> Sighting:
    """The sighting with the counts and bytes of some transfers that have ended, one call each.

    What cannot be viewed is left out.
    """
    viewed = []
    for transfer_id in transfer_ids:
        try:
            viewed.append(_summed(client.view_transfer(job_id, transfer_id)))
        except ApiError:
            continue
    return replace(sighting, transfers=(*sighting.transfers, *viewed))


def _file(file: JobFile, state: str) -> SeenFile:
    return SeenFile(file.url, file.transfer_id, file.state or state, file.size_in_bytes, file.file_type)


def _summed(transfer: Transfer) -> SeenTransfer:
    summary = transfer.objects_manifest.summary if transfer.objects_manifest else None
    if summary is None:
        return SeenTransfer(transfer.transfer_id)
    return SeenTransfer(transfer.transfer_id, summary.count, summary.bytes)
