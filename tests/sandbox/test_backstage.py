"""The part of the sandbox that no Jet has: journal, state, faults at run time, what the console page asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from caller import Caller


def test_the_journal_counts_posts(sandbox: Caller) -> None:
    """Every API request is in the journal with what became of it; backstage requests are not."""
    job_id = sandbox.make_job()
    delivery_id = sandbox.deliver(job_id, {"relativePath": "/ep102/master.mxf"}, {"relativePath": "/nowhere"})
    items = sandbox.backstage("requests")["items"]
    posts = [item for item in items if item["method"] == "POST" and item["path"].endswith("/deliveries")]
    assert [(item["status"], item["jobId"], item["deliveryId"], item["objects"]) for item in posts] == [
        (201, job_id, delivery_id, 2)
    ]
    assert not any(item["path"].startswith("/_sandbox") for item in items)
    assert sandbox.backstage(f"requests?since={items[-1]['n']}")["items"] == []


def test_deliveries_can_be_listed(sandbox: Caller) -> None:
    """What Jet cannot do: all deliveries of a job, with their objects when they are asked for."""
    one, two = sandbox.make_job("one"), sandbox.make_job("two")
    asked = {"relativePath": "/ep102/master.mxf", "isDirectory": False}
    delivery_id = sandbox.deliver(one, asked)
    sandbox.deliver(two, asked)
    items = sandbox.backstage(f"deliveries?jobId={one}&objects=true")["items"]
    assert [(item["deliveryId"], item["objects"], item["objectCount"]) for item in items] == [(delivery_id, [asked], 1)]
    assert len(sandbox.backstage("deliveries")["items"]) == 2
    assert "objects" not in sandbox.backstage("deliveries")["items"][0]
    assert len(sandbox.backstage("deliveries?last=1")["items"]) == 1


def test_faults_come_and_go(sandbox: Caller) -> None:
    """Faults are set, counted and cleared while the sandbox runs."""
    sandbox.set_faults("GET:/v1/jobs=status=503*1")
    assert [sandbox.call("GET", "/v1/jobs").status for _ in range(2)] == [503, 200]
    assert sandbox.backstage("faults")["faults"] == [{"spec": "GET:/v1/jobs=status=503*1", "met": 1, "struck": 1}]
    sandbox.set_faults("/v1=status=503")
    assert sandbox.send("DELETE", "/_sandbox/faults").document == {"faults": []}
    assert sandbox.call("GET", "/v1/jobs").status == 200


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"host": "evil.example:80"}, {"origin": "http://evil.example"}]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_sandbox/v1/jobs"),
        ("POST", "/_sandbox/faults"),
        ("GET", "/"),
        ("POST", "/oauth/token"),
        ("GET", "/v1/jobs"),
    ],
)
def test_other_pages_are_kept_out(sandbox: Caller, method: str, path: str, headers: Any) -> None:
    """A page from elsewhere, or a name that was made to point here, gets nothing but a 403."""
    assert sandbox.send(method, path, None, headers).status == 403


def test_a_source_can_be_browsed(sandbox: Caller, tmp_path: Path) -> None:
    """The console page may look into the folders of a job's source, and nowhere else."""
    job_id = sandbox.make_job()
    (sandbox.source / "out").symlink_to(tmp_path)
    items = sandbox.backstage(f"browse?jobId={job_id}&path=/ep101")["items"]
    assert items == [
        {"name": "audio", "relativePath": "/ep101/audio", "isDirectory": True},
        {"name": "master.mxf", "relativePath": "/ep101/master.mxf", "isDirectory": False, "sizeInBytes": 3_000_000},
    ]
    assert "out" not in [item["name"] for item in sandbox.backstage(f"browse?jobId={job_id}")["items"]]
    for path in ("/..", "/out", "/nowhere", "/ep101/master.mxf"):
        assert sandbox.send("GET", f"/_sandbox/browse?jobId={job_id}&path={path}").status == 404


def test_the_console_page_needs_nothing_else(sandbox: Caller) -> None:
    """The page is one file, and its policy forbids every request but those to the sandbox itself."""
    answer = sandbox.send("GET", "/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for trace in (
        b"http://",
        b"https://",
        b"innerHTML",
        b"outerHTML",
        b"insertAdjacentHTML",
        b"document.write",
        b"eval(",
    ):
        assert trace not in answer.document
