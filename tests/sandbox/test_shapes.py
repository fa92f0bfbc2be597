"""Every answer holds the keys that are documented for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from caller import Caller

JOB = "jobId name actions options accountId serviceId crossAccount createdOn lastModifiedOn metadata paused"
PROFILE = (
    "storageProfileId name storageProfileType url endpointId accountId serviceId createdOn lastModifiedOn"
    " createdBy type deleted"
)
DELIVERY = "deliveryId jobId state createdOn lastModifiedOn serviceId"
TRANSFER = (
    "transferId state source destination objectsManifest transferProgress metadata createdOn lastModifiedOn"
    " currentRateBitsPerSecond"
)
FILE = "url sizeInBytes fileType state transferId executionId jobId createdOn lastEventTime lastModifiedOn"
LIVE = "status triggerTypes filesRemaining currentRateBitsPerSecond lastActivity activeAlerts"


def holds(document: Any, keys: Any) -> bool:
    missing = set(keys.split()) - set(document)
    assert not missing, missing
    for key in ("createdOn", "lastModifiedOn", "lastEventTime", "lastActivity"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", document.get(key, "2026-01-01T00:00:00.000Z"))
    return True


def test_jobs_and_profiles(sandbox: Caller) -> None:
    """Listed, viewed and searched jobs carry whole storage profiles with their endpoint."""
    job_id = sandbox.make_job()
    searched = sandbox.call("POST", "/v1/jobs/search", {}).document["items"][0]
    assert holds(searched, LIVE)
    for job in (sandbox.get("/v1/jobs")["items"][0], sandbox.get(f"/v1/jobs/{job_id}"), searched):
        assert holds(job, JOB)
        assert holds(job["metadata"], "routeId")
        assert holds(job["actions"][0], "actionId type data")
        for side in ("source", "destination"):
            assert holds(job["actions"][0]["data"][side], PROFILE + " endpoint")
            assert holds(job["actions"][0]["data"][side]["endpoint"], "endpointId name")
    assert holds(sandbox.get("/v1/storageProfiles")["items"][0], PROFILE)
    assert holds(sandbox.get("/v1/endpoints")["items"][0], "endpointId name")


def test_deliveries_transfers_and_files(start: Callable[..., Caller]) -> None:
    """A delivery, its transfer while it moves and after, and its files."""
    sandbox = start(rate=300_000)
    job_id = sandbox.make_job()
    asked = {"relativePath": "/ep101/master.mxf", "sizeInBytes": 3_000_000, "isDirectory": False}
    answer = sandbox.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [asked]})
    assert holds(answer.document, DELIVERY + " objects")
    assert holds(sandbox.get(f"/v1/jobs/{job_id}/deliveries/{answer.document['deliveryId']}"), DELIVERY)
    path = f"/v1/jobs/{job_id}/transfers?state=IN_PROGRESS"
    transfer = sandbox.wait_until(bool, lambda: sandbox.get(path)["items"])[0]
    again = sandbox.get(f"/v1/jobs/{job_id}/transfers/{transfer['transferId']}")
    for each in (transfer, again):
        assert holds(each, TRANSFER)
        assert each["objectsManifest"]["summary"] == {"bytes": 3_000_000, "count": 1}
        assert holds(each["transferProgress"], "transferred remaining failed skipped")
        assert holds(each["metadata"], "jobId actionId executionId")
    files = sandbox.wait_until(bool, lambda: sandbox.get(f"/v1/jobs/{job_id}/files?state=IN_PROGRESS")["items"])
    assert holds(files[0], FILE)
    assert files[0]["url"] == (sandbox.source / "ep101/master.mxf").as_uri()


def test_a_completed_transfer_is_a_summary(sandbox: Caller) -> None:
    """Once complete, a transfer tells what it moved and that nothing remains."""
    job_id = sandbox.make_job()
    sandbox.wait_for(job_id, sandbox.deliver(job_id, {"relativePath": "/ep101", "isDirectory": True}))
    transfer_id = sandbox.get(f"/v1/jobs/{job_id}/files")["items"][0]["transferId"]
    transfer = sandbox.get(f"/v1/jobs/{job_id}/transfers/{transfer_id}")
    assert transfer["state"] == "COMPLETED"
    assert transfer["transferProgress"]["remaining"] == {"bytes": 0, "count": 0}
    assert transfer["transferProgress"]["transferred"] == transfer["objectsManifest"]["summary"]
    assert transfer["objectsManifest"]["summary"] == {"bytes": 3_009_000, "count": 3}


def test_the_date_is_told(sandbox: Caller) -> None:
    """Every answer carries a Date, errors too."""
    for path in ("/v1/jobs", "/v1/nothing", "/_sandbox/state"):
        assert sandbox.call("GET", path).headers["date"].endswith("GMT")


def test_listed_jobs_can_be_heavy(start: Callable[..., Caller]) -> None:
    """Jobs of a real account weigh about 20 KiB each when listed, and can be made to here."""
    sandbox = start(job_weight=20)
    sandbox.make_job()
    size = len(str(sandbox.get("/v1/jobs")["items"][0]))
    assert 20 * 1024 < size < 26 * 1024
