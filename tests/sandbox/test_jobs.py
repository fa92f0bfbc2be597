"""Jobs and storage profiles: made, listed, changed, searched, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from caller import Caller


def test_names_may_repeat(sandbox: Caller) -> None:
    """Two jobs of one name are two jobs, listed in the order they were made."""
    ids = [sandbox.make_job("twin") for _ in range(2)]
    assert [job["jobId"] for job in sandbox.get("/v1/jobs")["items"]] == ids


def test_what_was_posted_is_given_back(sandbox: Caller) -> None:
    """Keys that the sandbox has no use for are kept and given back as they were."""
    limit = {"enabled": True, "maxRate": {"value": 400, "unit": "Mbps"}, "scheduling": {"enabled": False, "items": []}}
    body = {**sandbox.job_body(bandwidthManagement=limit), "options": {"clearBacklogOnStop": True}, "colour": "red"}
    body["actions"][0]["postTransfer"] = {"deleteTransferredSourceFiles": {"enabled": False}}
    job_id = sandbox.call("POST", "/v1/jobs", body).document["jobId"]
    job = sandbox.get(f"/v1/jobs/{job_id}")
    assert job["actions"][0]["data"]["bandwidthManagement"] == limit
    assert job["actions"][0]["postTransfer"] == body["actions"][0]["postTransfer"]
    assert (job["options"], job["colour"]) == (body["options"], "red")


@pytest.mark.parametrize(
    "patch", [{"name": "other"}, {"actions": []}, {"paused": "yes"}, [], {"bandwidthManagement": {}}]
)
def test_most_of_a_job_is_fixed(sandbox: Caller, patch: Any) -> None:
    """Name, profiles, filters and bandwidth cannot be changed: 400, and the job stays as it was."""
    job_id = sandbox.make_job()
    before = sandbox.get(f"/v1/jobs/{job_id}")
    assert sandbox.call("PATCH", f"/v1/jobs/{job_id}", patch).status == 400
    assert sandbox.get(f"/v1/jobs/{job_id}") == before


def test_growing_options_change(sandbox: Caller) -> None:
    """The options for growing files are among the few that change."""
    job_id = sandbox.make_job(transferOptions={"partSizeInMiB": 8})
    patch = {"actions": [{"data": {"transferOptions": {"areGrowingObjects": True}}}]}
    sandbox.call("PATCH", f"/v1/jobs/{job_id}", patch)
    data = sandbox.get(f"/v1/jobs/{job_id}")["actions"][0]["data"]
    assert data["transferOptions"] == {"partSizeInMiB": 8, "areGrowingObjects": True}


def test_search_pages_and_sorts(sandbox: Caller) -> None:
    """Search answers pages of at most 100 with the whole count, sorted as asked, with a live status."""
    for number in range(5):
        sandbox.make_job(f"job-{number}")
    paused = sandbox.make_job("job-paused")
    sandbox.call("PATCH", f"/v1/jobs/{paused}", {"paused": True})
    body = {"offset": 1, "limit": 2, "sortBy": "jobName"}
    answer = sandbox.call("POST", "/v1/jobs/search", body).document
    assert ([job["name"] for job in answer["items"]], answer["totalResultCount"]) == (["job-1", "job-2"], 6)
    answer = sandbox.call("POST", "/v1/jobs/search", {"status": "PAUSED"}).document
    assert [(job["jobId"], job["status"], job["triggerTypes"]) for job in answer["items"]] == [
        (paused, "PAUSED", ["MANUAL_START"])
    ]
    assert sandbox.call("POST", "/v1/jobs/search", {"limit": 101}).status == 400
    assert sandbox.call("POST", "/v1/jobs/search", {"sortBy": "colour"}).status == 400


def test_a_failed_delivery_shows_as_error(sandbox: Caller) -> None:
    """A job whose last delivery failed is in ERROR, with a code, until one succeeds."""
    job_id = sandbox.make_job()
    for path, status in [("/nowhere", "ERROR"), ("/ep102/master.mxf", "READY")]:
        sandbox.wait_for(job_id, sandbox.deliver(job_id, {"relativePath": path}))
        found = sandbox.call("POST", "/v1/jobs/search", {}).document["items"][0]
        assert (found["status"], "errorCode" in found) == (status, status == "ERROR")


def test_files_are_searched_by_path(sandbox: Caller) -> None:
    """File search finds by a part of the path, within a job, in the documented shape: without transfer and size."""
    job_id, other = sandbox.make_job(), sandbox.make_job()
    for each in (job_id, other):
        sandbox.wait_for(each, sandbox.deliver(each, {"relativePath": "/ep101/audio", "isDirectory": True}))

    def search(text: str, state: str = "TRANSFERRED", **more: Any) -> Any:
        body = {"query": {"path": text}, "filters": {"jobId": job_id, "state": state} | more.pop("filters", {}), **more}
        return sandbox.call("POST", "/v1/jobs/fileSearch", body)

    found = search("left").document
    assert (found["totalResultCount"], found["returnedItemCount"]) == (1, 1)
    assert (found["items"][0]["jobId"], found["items"][0]["state"]) == (job_id, "TRANSFERRED")
    assert "transferId" not in found["items"][0]
    assert search("left", filters={"jobId": [job_id, other]}).document["totalResultCount"] == 2
    assert search("left", "ERROR").document["items"] == []
    last = search("left", after=found["after"]).document
    assert (last["items"], last["totalResultCount"]) == ([], 1)
    no_job = sandbox.call("POST", "/v1/jobs/fileSearch", {"query": {"path": "left"}, "filters": {}})
    assert [search("l").status, search("left", "COMPLETED").status, no_job.status] == [400, 400, 400]


def test_deleting_a_job_ends_it(sandbox: Caller) -> None:
    """A deleted job is gone, with what belongs to it."""
    job_id = sandbox.make_job()
    delivery_id = sandbox.deliver(job_id, {"relativePath": "/", "isDirectory": True})
    assert sandbox.call("DELETE", f"/v1/jobs/{job_id}").status == 204
    for path in ("", "/files", f"/deliveries/{delivery_id}", "/transfers?state=IN_PROGRESS"):
        assert sandbox.call("GET", f"/v1/jobs/{job_id}{path}").status == 404


def test_profiles_in_use_stay(sandbox: Caller, tmp_path: Path) -> None:
    """A storage profile that a job uses cannot be deleted; one that none uses can."""
    endpoint = sandbox.get("/v1/endpoints")["items"][0]["endpointId"]
    body = {"endpointId": endpoint, "url": (tmp_path / "more").as_uri(), "name": "More"}
    unused = sandbox.call("POST", "/v1/storageProfiles", body).document["storageProfileId"]
    sandbox.make_job()
    assert sandbox.call("DELETE", f"/v1/storageProfiles/{sandbox.profile_id('NYC Dailies')}").status == 400
    assert sandbox.call("DELETE", f"/v1/storageProfiles/{unused}").status == 204
    assert sandbox.call("DELETE", f"/v1/storageProfiles/{unused}").status == 404
    found = sandbox.call("POST", "/v1/storageProfiles/search", {"name": "nyc"}).document
    assert [(item["name"], item["status"]) for item in found["items"]] == [("NYC Dailies", "READY")]


@pytest.mark.parametrize(
    "url", ["file:///etc", "https://bucket.s3.amazonaws.com/x", "file://host/etc", "nonsense", "file:///%00"]
)
def test_profiles_stay_below_their_roots(sandbox: Caller, url: str) -> None:
    """A caller cannot open folders of this machine that were not offered."""
    endpoint = sandbox.get("/v1/endpoints")["items"][0]["endpointId"]
    answer = sandbox.call("POST", "/v1/storageProfiles", {"endpointId": endpoint, "url": url, "name": "X"})
    assert answer.status == 400


@pytest.mark.parametrize(
    "path", ["/v1/jobs/x", "/v1/jobs/x/files", "/v1/endpoints/x", "/v1/nothing", "/v1", "/v1/jobs/x/deliveries/y"]
)
def test_unknown_things_are_404(sandbox: Caller, path: str) -> None:
    """What is not there is a 404 with a message."""
    answer = sandbox.call("GET", path)
    assert (answer.status, "message" in answer.document) == (404, True)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/v1/jobs"), ("GET", "/oauth/token"), ("DELETE", "/v1/endpoints")]
)
def test_wrong_methods_are_405(sandbox: Caller, method: str, path: str) -> None:
    """A known place asked in a wrong way answers 405 and names the right ones."""
    answer = sandbox.call(method, path)
    assert (answer.status, bool(answer.headers["allow"])) == (405, True)


def test_only_transfers_in_progress_are_listed(sandbox: Caller) -> None:
    """`state` is required of the list of transfers, and IN_PROGRESS is the only one."""
    job_id = sandbox.make_job()
    assert sandbox.call("GET", f"/v1/jobs/{job_id}/transfers").status == 400
    assert sandbox.call("GET", f"/v1/jobs/{job_id}/transfers?state=COMPLETED").status == 400
    assert sandbox.call("GET", f"/v1/jobs/{job_id}/files?state=LOST").status == 400


def test_slashes_at_the_end_are_accepted(sandbox: Caller) -> None:
    """Real clients of Jet end some paths with a slash."""
    job_id = sandbox.make_job()
    for path in (
        "/v1/jobs/",
        "/v1/storageProfiles/",
        f"/v1/jobs/{job_id}/",
        f"/v1/jobs/{job_id}/files/?state=COMPLETED",
    ):
        assert sandbox.call("GET", path).status == 200
