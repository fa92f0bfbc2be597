"""What deliveries do to files: states, batches, pauses, and paths that must not be followed."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from caller import Caller


def file(path: str) -> dict[str, object]:
    return {"relativePath": path, "isDirectory": False}


EVERYTHING = {"relativePath": "/", "isDirectory": True}


def history(sandbox: Caller, delivery_id: str) -> Any:
    events = sandbox.backstage("events")["items"]
    return [event["type"] for event in events if event["deliveryId"] == delivery_id and event["transferId"] is None]


def test_a_delivery_moves_in_batches(start: Callable[..., Caller], same_tree: Callable[[Path, Path], bool]) -> None:
    """A delivery over many files passes QUEUED, SCHEDULED and IN_PROGRESS once for each batch."""
    sandbox = start(batch_files=2)
    job_id = sandbox.make_job()
    delivery_id = sandbox.deliver(job_id, EVERYTHING)
    assert sandbox.wait_for(job_id, delivery_id) == "COMPLETED"
    rounds = ["delivery.queued", "delivery.scheduled", "delivery.inProgress"] * 3
    assert history(sandbox, delivery_id) == ["delivery.created", *rounds, "delivery.completed"]
    assert same_tree(sandbox.source, sandbox.target)


def test_a_missing_file_fails_alone(sandbox: Caller) -> None:
    """A file that is not there fails the delivery and says so, and the others are moved."""
    job_id = sandbox.make_job()
    delivery_id = sandbox.deliver(job_id, file("/nowhere.mxf"), file("/ep101/audio/left.wav"))
    assert sandbox.wait_for(job_id, delivery_id) == "FAILED"
    states = {
        item["url"].rpartition("/")[2]: item["state"] for item in sandbox.get(f"/v1/jobs/{job_id}/files")["items"]
    }
    assert states == {"nowhere.mxf": "FAILED", "left.wav": "COMPLETED"}
    assert (sandbox.target / "ep101/audio/left.wav").exists()


def test_equal_deliveries_are_two(sandbox: Caller) -> None:
    """The API knows no idempotency: the same POST twice is two deliveries, and the state tells of it."""
    job_id = sandbox.make_job()
    one, two = (sandbox.deliver(job_id, file("/ep102/master.mxf")) for _ in range(2))
    assert one != two
    assert sandbox.wait_for(job_id, one) == sandbox.wait_for(job_id, two) == "COMPLETED"
    assert len(sandbox.get(f"/v1/jobs/{job_id}/files?state=COMPLETED")["items"]) == 2
    twice = sandbox.backstage("state")["deliveredTwice"]
    assert [(item["relativePath"], item["times"]) for item in twice] == [("/ep102/master.mxf", 2)]


def test_a_paused_job_refuses_with_400(sandbox: Caller) -> None:
    """A delivery on a paused job is a 400 with a message, and nothing is kept of it."""
    job_id = sandbox.make_job()
    assert sandbox.call("PATCH", f"/v1/jobs/{job_id}", {"paused": True}).document["paused"] is True
    answer = sandbox.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [EVERYTHING]})
    assert answer.status == 400
    assert "paused" in answer.document["message"]
    assert sandbox.backstage("state")["deliveries"] == 0


def test_a_job_with_triggers_refuses(sandbox: Caller) -> None:
    """Only manual jobs are started by deliveries."""
    trigger = {"type": "HOT_FOLDER", "events": [], "data": {"source": {"storageProfileId": "x"}}}
    body = {**sandbox.job_body(), "triggers": [trigger]}
    job_id = sandbox.call("POST", "/v1/jobs", body).document["jobId"]
    answer = sandbox.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [EVERYTHING]})
    assert (answer.status, "manual" in answer.document["message"]) == (400, True)


def test_pausing_holds_and_resuming_goes_on(start: Callable[..., Caller]) -> None:
    """A transfer under way stands still while its job is paused, and is carried on from where it was."""
    sandbox = start(rate=200_000)
    job_id = sandbox.make_job()
    delivery_id = sandbox.deliver(job_id, EVERYTHING)
    path = f"/v1/jobs/{job_id}/transfers?state=IN_PROGRESS"
    moving = sandbox.wait_until(
        lambda found: found["items"] and found["items"][0]["currentRateBitsPerSecond"],
        lambda: sandbox.get(path),
    )["items"][0]
    assert moving["transferProgress"]["transferred"]["bytes"] > 0
    assert sandbox.get(f"/v1/jobs/{job_id}/files?state=IN_PROGRESS")["items"][0]["state"] == "IN_PROGRESS"
    sandbox.call("PATCH", f"/v1/jobs/{job_id}", {"paused": True})
    sandbox.wait_for(job_id, delivery_id, "QUEUED")
    assert sandbox.get(path)["items"] == []
    held = sandbox.get(f"/v1/jobs/{job_id}/transfers/{moving['transferId']}")
    assert held["state"] == "QUEUED"
    assert not (sandbox.target / "ep101/master.mxf").exists()
    partial = next(sandbox.target.rglob(".jet-partial-*")).stat()
    assert 0 < partial.st_size < 3_000_000
    sandbox.call("PATCH", f"/v1/jobs/{job_id}", {"paused": False})
    sandbox.wait_for(job_id, delivery_id, "IN_PROGRESS")
    grown = sandbox.wait_until(
        lambda size: size > partial.st_size, lambda: next(sandbox.target.rglob(".jet-partial-*")).stat().st_size
    )
    assert grown > partial.st_size
    assert sandbox.call("PATCH", f"/v1/jobs/{job_id}", {"stop": True}).status == 200
    assert sandbox.wait_for(job_id, delivery_id) == "FAILED"
    assert sandbox.get(f"/v1/jobs/{job_id}/transfers/{moving['transferId']}")["state"] == "CANCELED"


def test_a_job_keeps_its_bandwidth(sandbox: Caller) -> None:
    """A job's bandwidth limit slows its transfers, so that progress can be watched and estimated."""
    limit = {"enabled": True, "maxRate": {"value": 1, "unit": "Mbps"}}
    job_id = sandbox.make_job(bandwidthManagement=limit)
    sandbox.deliver(job_id, file("/ep101/master.mxf"))
    found = sandbox.wait_until(
        lambda found: found["items"][0].get("estimatedCompletionSeconds"),
        lambda: sandbox.call("POST", "/v1/jobs/search", {}).document,
    )["items"][0]
    assert found["status"] == "IN_PROGRESS"
    assert found["filesRemaining"] == 1
    assert 0 < found["currentRateBitsPerSecond"] < 3_000_000
    assert sandbox.call("DELETE", f"/v1/jobs/{job_id}").status == 204


@pytest.mark.parametrize("path", ["/../secret", "/ep101/../../secret", "../secret", "/ep101/./master.mxf", "/a\0b"])
def test_paths_that_climb_are_refused(sandbox: Caller, path: str) -> None:
    """No path of a delivery leaves the storage profile."""
    job_id = sandbox.make_job()
    answer = sandbox.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [file(path)]})
    assert (answer.status, "message" in answer.document) == (400, True)


def test_symlinks_are_not_followed_out(sandbox: Caller, tmp_path: Path) -> None:
    """Neither a link at the source nor one at the destination leads out of its profile."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "outside").mkdir()
    (sandbox.source / "link").symlink_to(tmp_path / "secret")
    (sandbox.source / "dir").symlink_to(tmp_path)
    (sandbox.target / "ep101").symlink_to(tmp_path / "outside")
    job_id = sandbox.make_job()
    asked = [file("/link"), file("/dir/secret"), file("/ep101/audio/left.wav")]
    for item in asked:
        assert sandbox.wait_for(job_id, sandbox.deliver(job_id, item)) == "FAILED"
    sandbox.wait_for(job_id, sandbox.deliver(job_id, EVERYTHING))
    assert not (sandbox.target / "link").exists()
    assert not (sandbox.target / "dir").exists()
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_is_no_file_does_not_hang(sandbox: Caller) -> None:
    """A FIFO asked for by name fails, inside a folder it is skipped; neither is waited for."""
    os.mkfifo(sandbox.source / "ep102/pipe")
    job_id = sandbox.make_job()
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, file("/ep102/pipe"))) == "FAILED"
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, {**file("/ep102"), "isDirectory": True})) == "COMPLETED"
    assert sandbox.backstage("deliveries")["items"][-1]["files"] == {"total": 2, "done": 1, "failed": 0, "skipped": 1}


def test_a_name_that_is_not_utf8_is_told(sandbox: Caller) -> None:
    """A file whose name cannot be said in JSON fails visibly; it is not left out in silence."""
    with open(os.fsencode(sandbox.source) + b"/ep102/\xff.mxf", "wb"):
        pass
    job_id = sandbox.make_job()
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, {**file("/ep102"), "isDirectory": True})) == "FAILED"
    failed = sandbox.get(f"/v1/jobs/{job_id}/files?state=FAILED")["items"]
    assert [item["errorMessage"] for item in failed] == ["its name is not UTF-8"]


def test_filters_choose_within_folders(sandbox: Caller) -> None:
    """A job's glob patterns decide what of a folder is moved."""
    patterns = {"inclusions": ["**/*.wav"], "exclusions": ["**/right.*"], "type": "GLOB"}
    job_id = sandbox.make_job(transferOptions={"objectPatterns": patterns})
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, EVERYTHING)) == "COMPLETED"
    assert [path.name for path in sandbox.target.rglob("*") if path.is_file()] == ["left.wav"]


def test_many_deliveries_at_once(sandbox: Caller) -> None:
    """Deliveries posted side by side are each kept and each end."""
    job_id = sandbox.make_job()
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(sandbox.deliver(job_id, file("/ep101/audio/left.wav"))))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 20
    assert {sandbox.wait_for(job_id, delivery_id) for delivery_id in ids} == {"COMPLETED"}
    assert sandbox.backstage("state")["postsOfDeliveries"] == 20
