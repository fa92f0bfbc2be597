"""The bytes of requests that write: built once, in the API's own words. Sends nothing, checks no path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jetplan.core.objects import UNKNOWN_SIZE, WHOLE_PROFILE

if TYPE_CHECKING:
    from collections.abc import Sequence

_encode = msgspec.json.Encoder().encode


class _File(msgspec.Struct, rename="camel"):
    relative_path: str
    size_in_bytes: int
    is_directory: bool = False


class _Unsized(msgspec.Struct, rename="camel"):
    """A folder, or a file whose size nobody stated."""

    relative_path: str
    is_directory: bool


def token_body(client_id: str, client_secret: str) -> bytes:
    """What is posted to get a token."""
    return _encode({"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"})


def job_body(name: str, source_id: str, destination_id: str) -> bytes:
    """What is posted to create a manual job between two storage profiles."""
    data = {
        "source": {"storageProfileId": source_id},
        "destination": {"storageProfileId": destination_id},
    }
    return _encode({"name": name, "actions": [{"type": "TRANSFER", "data": data}]})


def paused_body(paused: bool) -> bytes:
    """What is sent to pause or resume a job."""
    return _encode({"paused": paused})


def job_search_body(job_id: str, name: str) -> bytes:
    """What is posted to search for one job. A search takes 1 to 100 characters of text; the id is what decides."""
    query = {"query": {"text": name[:100]}} if name else {}
    return _encode({**query, "filters": {"jobIds": [job_id]}, "limit": 100})


def file_search_body(job_id: str, text: str, state: str, limit: int) -> bytes:
    """What is posted to search the files that a job has moved: TRANSFERRED or ERROR ones, at most 10,000."""
    return _encode({"query": {"path": text}, "filters": {"jobId": job_id, "state": state}, "limit": limit})


def delivery_body(paths: Sequence[str], sizes: Sequence[int]) -> bytes:
    """What is posted to deliver objects: canonical paths, and their bytes or UNKNOWN_SIZE, side by side.

    A folder (trailing slash) is sent without the slash, `/` excepted, and without a size.
    """
    return _encode({"objects": [_object(path, size) for path, size in zip(paths, sizes, strict=True)]})


def _object(path: str, size: int) -> _File | _Unsized:
    if path.endswith("/"):
        return _Unsized(path if path == WHOLE_PROFILE else path[:-1], True)
    return _Unsized(path, False) if size == UNKNOWN_SIZE else _File(path, size)
