"""What the API answers, as far as jetplan reads it: unknown keys are passed over, absent ones have a default.

`jetplan.api.reading` turns JSON into these; they hold no client and ask nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

MOST_OF_A_REASON = 500
"""Characters."""


class StorageProfile(Struct, frozen=True):
    """Where files live. `url` is `file:///…` or a bucket's; strings are empty where the API said nothing."""

    storage_profile_id: str
    name: str = ""
    storage_type: str = ""
    url: str = ""
    account_id: str = ""
    deleted: bool = False


class Job(Struct, frozen=True):
    """A job. `manual`: no trigger starts it. A profile is None where the API said nothing that names one.

    `max_rate` is in bits per second, None where it is not limited. `created_on` as written (see `epoch`).
    `source_files`: what is done with the files at the source after sending: "kept", "moved", "deleted", or "unknown".
    `filtered`: patterns choose among the files.
    """

    job_id: str
    name: str
    paused: bool = False
    manual: bool = True
    source: StorageProfile | None = None
    destination: StorageProfile | None = None
    max_rate: int | None = None
    account_id: str = ""
    cross_account: bool = False
    created_on: str = ""
    actions: int = 1
    """How many actions it has; all else is that of the first."""
    source_files: str = "kept"
    filtered: bool = False


class Delivery(Struct, frozen=True, rename="camel"):
    """A delivery. `state`: CREATED, QUEUED, SCHEDULED, IN_PROGRESS, COMPLETED, FAILED, or one not yet known."""

    state: str
    delivery_id: str = ""
    job_id: str = ""
    created_on: str = ""
    last_modified_on: str = ""


class JobFile(Struct, frozen=True, rename="camel"):
    """A file that a job has moved. `url` is percent-encoded; `state`: IN_PROGRESS, COMPLETED, FAILED."""

    url: str
    state: str = ""
    size_in_bytes: int | None = None
    file_type: str = ""
    transfer_id: str = ""
    execution_id: str = ""
    job_id: str = ""
    created_on: str = ""
    last_event_time: str = ""
    last_modified_on: str = ""
    error_message: object = None
    error: object = None
    """Neither is documented for files. Events carry `code`, `message` and `reason`."""

    @property
    def reason(self) -> str:
        """Why it failed, in the server's words; empty where it gives none."""
        for told in (self.error_message, self.error):
            if isinstance(told, dict):
                told = next((told[key] for key in ("message", "reason", "code") if told.get(key)), "")  # noqa: PLW2901
            if isinstance(told, str) and told:
                return told[:MOST_OF_A_REASON]
        return ""


class FoundFile(Struct, frozen=True, rename="camel"):
    """A file that a search found. It tells neither size nor transfer."""

    url: str
    job_id: str = ""


class FoundFiles(Struct, frozen=True, rename="camel"):
    """The answer to a file search. `total_result_count` is an estimate above 10,000; None where it is not told."""

    items: list[FoundFile]
    total_result_count: int | None = None


class JobStatus(Struct, frozen=True, rename="camel"):
    """What a search tells of a job right now. `status`: READY, IN_PROGRESS, ERROR, PAUSED; both may be empty."""

    job_id: str = ""
    status: str | None = None
    error_code: str | None = None


class FoundJobs(Struct, frozen=True):
    """A page of a search for jobs."""

    items: list[JobStatus]


class Amount(Struct, frozen=True):
    """So many files of so many bytes."""

    bytes: int = 0
    count: int = 0


class Manifest(Struct, frozen=True, rename="camel"):
    """A transfer's objects, summed up."""

    manifest_id: str = ""
    summary: Amount | None = None


class Progress(Struct, frozen=True):
    """How far a transfer is."""

    transferred: Amount | None = None
    remaining: Amount | None = None
    failed: Amount | None = None
    skipped: Amount | None = None


class Metadata(Struct, frozen=True, rename="camel"):
    """What a transfer belongs to."""

    job_id: str = ""
    action_id: str = ""
    execution_id: str = ""


class Transfer(Struct, frozen=True, rename="camel"):
    """A transfer under way, or its summary after it. The rate is in bits per second."""

    transfer_id: str
    state: str = ""
    objects_manifest: Manifest | None = None
    transfer_progress: Progress | None = None
    metadata: Metadata | None = None
    created_on: str = ""
    last_modified_on: str = ""
    current_rate_bits_per_second: float | None = None


def epoch(time: str) -> float | None:
    """Epoch seconds of a time that the API gave (ISO 8601, `Z`), or None where it is none."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
