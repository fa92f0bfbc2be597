"""The shapes of the answers, key for key as Jet's documentation and recorded answers show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from jetplan.sandbox.deliveries import Activity, Amount, Delivery, Transfer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Row

    from jetplan.sandbox.catalogue import Catalogue, Job, Profile

CREATED_BY = "sandbox@localhost"
IDLE = Activity(live=False, last_state="", last=0.0)


def show_time(epoch: float) -> str:
    """ISO 8601 in UTC with milliseconds and a `Z`."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Wire:
    """Turns records into documents. `weight` pads each embedded endpoint, in KiB, for tests of size."""

    def __init__(self, catalogue: Catalogue, weight: int = 0) -> None:
        self._catalogue = catalogue
        self._weight = weight
        self._embedded: dict[Profile, msgspec.Raw] = {}

    def endpoint(self) -> dict[str, Any]:
        since = show_time(self._catalogue.since)
        document = {
            "endpointId": self._catalogue.endpoint_id,
            "name": "Sandbox",
            "accountId": self._catalogue.account_id,
            "serviceId": self._catalogue.service_id,
            "type": "ON_PREMISE",
            "platform": {"os": "linux", "architecture": "x86_64"},
            "status": "ONLINE",
            "version": "sandbox",
            "servers": [{"serverId": self._catalogue.endpoint_id, "host": "127.0.0.1", "status": "ONLINE"}],
            "createdOn": since,
            "lastModifiedOn": since,
            "createdBy": CREATED_BY,
        }
        return document | ({"description": "x" * (self._weight * 512)} if self._weight else {})

    def profile(self, profile: Profile) -> dict[str, Any]:
        return {
            "storageProfileId": profile.id,
            "name": profile.name,
            "storageProfileType": "ON_PREMISE_FILE_STORAGE",
            "url": profile.url,
            "endpointId": profile.endpoint_id,
            "accountId": self._catalogue.account_id,
            "serviceId": self._catalogue.service_id,
            "createdOn": show_time(profile.created),
            "lastModifiedOn": show_time(profile.modified),
            "createdBy": CREATED_BY,
            "type": "PRIVATE",
            "deleted": profile.deleted,
        }

    def job(self, job: Job, live: Mapping[str, Any] | None = None) -> bytes:
        """A job as listed and viewed, with both profiles blown up; encoded, because lists of them are large."""
        action = job.action
        data = {
            **action["data"],
            "source": self._embed(job.source_id, action["data"]["source"]),
            "destination": self._embed(job.destination_id, action["data"]["destination"]),
        }
        first = {"jobId": job.id, "name": job.name}
        document = {
            **first,
            **job.document,
            **first,
            "paused": job.paused,
            "actions": [{**action, "data": data}],
            "options": job.document.get("options") or {"clearBacklogOnPause": False, "clearBacklogOnStop": False},
            "accountId": self._catalogue.account_id,
            "serviceId": self._catalogue.service_id,
            "crossAccount": False,
            "createdBy": CREATED_BY,
            "createdOn": show_time(job.created),
            "lastModifiedOn": show_time(job.modified),
            **(live or {}),
        }
        return msgspec.json.encode(document)

    def delivery(self, delivery: Delivery, *, with_objects: bool = False) -> dict[str, Any]:
        document: dict[str, Any] = {
            "deliveryId": delivery.id,
            "jobId": delivery.job_id,
            "state": delivery.state,
            "createdOn": show_time(delivery.created),
            "lastModifiedOn": show_time(delivery.modified),
            "serviceId": self._catalogue.service_id,
        }
        return document | ({"objects": msgspec.Raw(delivery.objects)} if with_objects else {})

    def transfer(self, transfer: Transfer, job: Job) -> dict[str, Any]:
        return {
            "transferId": transfer.id,
            "state": transfer.state,
            "source": self._brief(job.source_id),
            "destination": self._brief(job.destination_id),
            "objectsManifest": {"manifestId": transfer.id, "summary": show_amount(transfer.total)},
            "transferProgress": {
                "transferred": show_amount(transfer.moved),
                "remaining": show_amount(transfer.remaining),
                "failed": show_amount(transfer.failed),
                "skipped": show_amount(transfer.skipped),
            },
            "metadata": {
                "jobId": transfer.job_id,
                "actionId": job.action["actionId"],
                "executionId": transfer.execution_id,
                "deliveryId": transfer.delivery_id,
            },
            "createdOn": show_time(transfer.created),
            "lastModifiedOn": show_time(transfer.modified),
            "currentRateBitsPerSecond": transfer.rate,
        }

    def found_file(self, row: Row) -> dict[str, Any]:
        """A file as file search tells it: without size and transfer, and with other words for its states."""
        return {
            "fileId": str(row["n"]),
            "jobId": row["job_id"],
            "url": self._source_url(row["job_id"]) + quote(row["path"]),
            "state": {"COMPLETED": "TRANSFERRED", "FAILED": "ERROR"}[row["state"]],
            "lastModifiedOn": show_time(row["modified"]),
            "metadata": {"score": 1.0, "matchedQueryStrategies": ["path"]},
        }

    def file(self, row: Row) -> dict[str, Any]:
        """A file record, its `url` the file's place at the source."""
        return {
            "url": self._source_url(row["job_id"]) + quote(row["path"]),
            "sizeInBytes": row["size"],
            "fileType": row["type"],
            "state": row["state"],
            "transferId": row["transfer_id"],
            "executionId": row["execution_id"],
            "jobId": row["job_id"],
            "createdOn": show_time(row["created"]),
            "lastEventTime": show_time(row["modified"]),
            "lastModifiedOn": show_time(row["modified"]),
        } | ({"errorMessage": row["problem"]} if row["problem"] else {})

    def _embed(self, profile_id: str, reference: Mapping[str, Any]) -> msgspec.Raw | Mapping[str, Any]:
        profile = self._catalogue.profile(profile_id)
        if profile is None:
            return reference
        if profile not in self._embedded:
            document = self.profile(profile) | {"endpoint": self.endpoint()}
            self._embedded[profile] = msgspec.Raw(msgspec.json.encode(document))
        return self._embedded[profile]

    def _source_url(self, job_id: str) -> str:
        job = self._catalogue.job(job_id)
        profile = self._catalogue.profile(job.source_id) if job else None
        return profile.url.rstrip("/") if profile else "file://"

    def _brief(self, profile_id: str) -> dict[str, Any]:
        profile = self._catalogue.profile(profile_id)
        named = {"name": profile.name, "url": profile.url} if profile else {}
        return {"storageProfileId": profile_id, **named}


def show_amount(amount: Amount) -> dict[str, int]:
    return {"bytes": amount.bytes, "count": amount.count}


def show_activity(job: Job, activity: Activity | None, *, retrying: bool = False) -> dict[str, Any]:
    """The live part of a searched job. An estimate is only given while something moves."""
    doing = activity or IDLE
    triggers = [str(trigger.get("type", "SCHEDULE")) for trigger in job.document.get("triggers") or []]
    document: dict[str, Any] = {
        "status": status_of(job, doing),
        "triggerTypes": triggers or ["MANUAL_START"],
        "filesRemaining": doing.files,
        "currentRateBitsPerSecond": doing.rate,
        "lastActivity": show_time(doing.last or job.modified),
        "activeAlerts": [],
    }
    if doing.rate > 0:
        document["estimatedCompletionSeconds"] = round(doing.bytes * 8 / doing.rate)
    if document["status"] == "ERROR":
        document["errorCode"] = "TRANSFER_FAILED"
    if retrying:
        document["errorCode"] = "RETRYING_TRANSFER"
    return document


def status_of(job: Job, activity: Activity | None) -> str:
    doing = activity or IDLE
    if job.paused:
        return "PAUSED"
    if doing.live:
        return "IN_PROGRESS"
    return "ERROR" if doing.last_state == "FAILED" else "READY"
