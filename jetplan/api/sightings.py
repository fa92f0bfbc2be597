"""Looks at what a job has moved and moves: files of every state and transfers under way, as evidence wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.api.calls import RoleRefused
from jetplan.core.evidence import SeenFile, SeenTransfer, Sighting
from jetplan.errors import ApiError, AuthenticationError, Unreachable

if TYPE_CHECKING:
    from jetplan.api.client import JetClient
    from jetplan.api.wire import Transfer

FILE_STATES = ("IN_PROGRESS", "COMPLETED", "FAILED")


def look_at(client: JetClient, job_id: str) -> Sighting | None:
    """Four calls. None where one is refused or answered oddly: then nothing can be told apart.

    Raises Unreachable where a complete answer may come another time, AuthenticationError on bad credentials.
    """
    try:
        transfers = client.list_transfers(job_id)
        files = [file for state in FILE_STATES for file in client.list_files(job_id, state)]
    except RoleRefused:
        return None
    except (Unreachable, AuthenticationError):
        raise
    except ApiError:
        return None
    return Sighting(
        tuple(SeenFile(file.url, file.transfer_id) for file in files),
        tuple(SeenTransfer(each.transfer_id, _count(each)) for each in transfers),
    )


def _count(transfer: Transfer) -> int | None:
    manifest = transfer.objects_manifest
    return manifest.summary.count if manifest and manifest.summary else None
