"""The steps of the vendor's getting-started guides, done with curl as they are written there."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from caller import Caller

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the vendor's steps are written for curl")


def curl(*arguments: str) -> Any:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail-with-body", "--noproxy", "*", *arguments],
        capture_output=True, timeout=30, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.fixture
def steps(sandbox: Caller, tmp_path: Path) -> Any:
    """curl with a token got as the guide says: from a file of credentials."""
    credentials = tmp_path / "credentials.json"
    credentials.write_text(
        json.dumps({"client_id": "sandbox", "client_secret": "sandbox", "grant_type": "client_credentials"})
    )
    json_type = ["-H", "Content-Type: application/json"]
    token = curl("-X", "POST", *json_type, "--data", f"@{credentials}", f"{sandbox.url}/oauth/token")
    assert token["expires_in"] == 3600
    assert token["token_type"] == "Bearer"

    def step(method: str, path: str, body: Any = None) -> Any:
        data = ["--data", json.dumps(body)] if body is not None else []
        bearer = ["-H", f"Authorization: Bearer {token['access_token']}"]
        return curl("-X", method, *bearer, *json_type, *data, sandbox.url + path)

    return step


def make_manual_job(steps: Any) -> str:
    profiles = {item["name"]: item["storageProfileId"] for item in steps("GET", "/v1/storageProfiles")["items"]}
    sides = {
        "source": {"storageProfileId": profiles["NYC Dailies"]},
        "destination": {"storageProfileId": profiles["LAX Ingest"]},
    }
    body = {"name": "Manual Job", "actions": [{"type": "TRANSFER", "data": sides}]}
    return str(steps("POST", "/v1/jobs", body)["jobId"])


def test_everything_of_a_profile(steps: Any, sandbox: Caller, same_tree: Callable[[Path, Path], bool]) -> None:
    """A manual job made and started as the guide says moves a whole profile, byte for byte."""
    job_id = make_manual_job(steps)
    assert [job["jobId"] for job in steps("GET", "/v1/jobs")["items"]] == [job_id]
    everything = {"objects": [{"relativePath": "/", "isDirectory": True}]}
    answer = steps("POST", f"/v1/jobs/{job_id}/deliveries", everything)
    assert answer["objects"] == everything["objects"]
    assert sandbox.wait_for(job_id, answer["deliveryId"]) == "COMPLETED"
    assert same_tree(sandbox.source, sandbox.target)


def test_selected_files_and_a_folder(steps: Any, sandbox: Caller) -> None:
    """Selected files land in the subfolders they came from, a folder with all that it holds, nothing else."""
    job_id = make_manual_job(steps)
    objects = [
        {"relativePath": "/ep101/master.mxf", "sizeInBytes": 3_000_000, "isDirectory": False},
        {"relativePath": "/ep101/audio", "isDirectory": True},
    ]
    answer = steps("POST", f"/v1/jobs/{job_id}/deliveries/", {"objects": objects})
    assert answer["objects"] == objects
    assert sandbox.wait_for(job_id, answer["deliveryId"]) == "COMPLETED"
    arrived = {str(path.relative_to(sandbox.target)) for path in sandbox.target.rglob("*") if path.is_file()}
    assert arrived == {"ep101/master.mxf", "ep101/audio/left.wav", "ep101/audio/right.wav"}
    for path in arrived:
        assert (sandbox.target / path).read_bytes() == (sandbox.source / path).read_bytes()


def test_a_storage_profile_is_made(steps: Any, sandbox: Caller, tmp_path: Path) -> None:
    """The guide's way to a storage profile: the endpoint from the list, then a POST with its id."""
    endpoint = steps("GET", "/v1/endpoints")["items"][0]["endpointId"]
    body = {"endpointId": endpoint, "url": f"file://{tmp_path}/new", "name": "Example Profile"}
    made = steps("POST", "/v1/storageProfiles", body)
    assert made["storageProfileId"] in [
        item["storageProfileId"] for item in steps("GET", "/v1/storageProfiles")["items"]
    ]


def test_a_large_body_is_waited_for(steps: Any, sandbox: Caller) -> None:
    """curl asks before it sends a large body (Expect: 100-continue), and is told to go on."""
    job_id = make_manual_job(steps)
    body = {"objects": [{"relativePath": f"/missing/{number:060}"} for number in range(20_000)]}
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--noproxy", "*", "-H", "Expect: 100-continue", "--data", "@-",
         "-H", f"Authorization: Bearer {sandbox.token}", f"{sandbox.url}/v1/jobs/{job_id}/deliveries"],
        input=json.dumps(body).encode(), capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert len(json.loads(done.stdout)["objects"]) == 20_000
