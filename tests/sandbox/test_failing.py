"""Files that fail by name, each with its reason; after so many times they succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jetplan.sandbox.failing import REASONS

if TYPE_CHECKING:
    from caller import Caller

MASTER = {"relativePath": "/ep101/master.mxf", "isDirectory": False}
AUDIO = {"relativePath": "/ep101/audio", "isDirectory": True}


def fail(sandbox: Caller, *specs: str) -> int:
    return sandbox.send("POST", "/_sandbox/failures", {"failures": list(specs)}).status


@pytest.mark.parametrize("kind", REASONS)
def test_a_file_fails_with_its_reason_and_then_succeeds(kind: str, sandbox: Caller) -> None:
    """The first try fails and names the reason, the second brings the file."""
    assert fail(sandbox, f"/ep101/master.mxf={kind}*1") == 200
    job_id = sandbox.make_job()
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, MASTER)) == "FAILED"
    (item,) = sandbox.get(f"/v1/jobs/{job_id}/files?state=FAILED")["items"]
    assert item["errorMessage"] == REASONS[kind]
    assert not (sandbox.target / "ep101/master.mxf").exists()
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, MASTER)) == "COMPLETED"
    assert (sandbox.target / "ep101/master.mxf").exists()


def test_of_a_folder_some_fail(sandbox: Caller) -> None:
    """A pattern fails what it matches; the rest of the folder arrives."""
    fail(sandbox, "/ep101/audio/l*=permission")
    job_id = sandbox.make_job()
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, AUDIO)) == "FAILED"
    assert [path.name for path in sandbox.target.rglob("*.wav")] == ["right.wav"]


def test_a_job_that_tries_again(sandbox: Caller) -> None:
    """While `retrying` is in force a search for the job tells it, and nothing fails by it."""
    fail(sandbox, "/=retrying")
    job_id = sandbox.make_job()
    (item,) = sandbox.call("POST", "/v1/jobs/search", {"filters": {"jobIds": [job_id]}}).document["items"]
    assert (item["jobId"], item["errorCode"]) == (job_id, "RETRYING_TRANSFER")
    assert sandbox.wait_for(job_id, sandbox.deliver(job_id, MASTER)) == "COMPLETED"


@pytest.mark.parametrize("spec", ["", "/a", "/a=sulks", "a=missing", "/a=missing*0", "/a=missing*x"])
def test_what_is_no_rule(spec: str, sandbox: Caller) -> None:
    """A rule that cannot be read is refused, and those in force stay."""
    fail(sandbox, "/b=missing")
    assert fail(sandbox, spec) == 400
    assert sandbox.backstage("failures") == {"failures": ["/b=missing"]}
