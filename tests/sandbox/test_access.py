"""Tokens, credentials and roles."""

from __future__ import annotations

import base64
import http.client
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest

from jetplan.cli.main import run
from jetplan.sandbox.auth import Client
from jetplan.sandbox.jet import Settings
from jetplan.sandbox.placement import danger_of
from jetplan.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from caller import Caller

GRANT = {"grant_type": "client_credentials"}
GOOD = {"client_id": "sandbox", "client_secret": "sandbox"}


def basic(name: str, secret: Any) -> Any:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/token/"])
def test_credentials_come_in_three_ways(sandbox: Caller, path: str) -> None:
    """Client credentials are taken as JSON, as a form, and as HTTP Basic with either body or none."""
    form_type = {"content-type": "application/x-www-form-urlencoded"}
    cases: list[tuple[Any, dict[str, str]]] = [
        ({**GRANT, **GOOD}, {}),
        (urlencode({**GRANT, **GOOD}).encode(), form_type),
        (urlencode(GRANT).encode(), form_type | basic("sandbox", "sandbox")),
        (GRANT, basic("sandbox", "sandbox")),
        (None, basic("sandbox", "sandbox")),
    ]
    for body, headers in cases:
        answer = sandbox.send("POST", path, body, headers)
        assert answer.status == 200
        assert set(answer.document) == {"access_token", "expires_in", "token_type"}


def test_bad_credentials_are_401(sandbox: Caller) -> None:
    """A wrong secret, a wrong id, nothing at all: 401 with a message that repeats none of it."""
    cases: list[tuple[Any, dict[str, str]]] = [
        ({**GRANT, **GOOD, "client_secret": "hunter2"}, {}),
        ({**GRANT, **GOOD, "client_id": "someone"}, {}),
        (GRANT, {}),
        (GRANT, basic("sandbox", "hunter2")),
    ]
    for body, headers in cases:
        answer = sandbox.send("POST", "/oauth/token", body, headers)
        assert answer.status == 401
        assert "hunter2" not in answer.document["message"]


def test_other_grants_are_refused(sandbox: Caller) -> None:
    """Only client_credentials is granted."""
    assert sandbox.send("POST", "/oauth/token", {**GOOD, "grant_type": "password"}).status == 400


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}])
def test_no_token_is_401(sandbox: Caller, headers: Any) -> None:
    """Every call of the API needs a token that the sandbox gave out."""
    answer = sandbox.send("GET", "/v1/jobs", headers=headers)
    assert (answer.status, "message" in answer.document) == (401, True)


def test_tokens_expire(start: Callable[..., Caller]) -> None:
    """A token is good until its lifetime is over, and a 401 from then on; a new one works."""
    now = [1_800_000_000.0]
    sandbox = start(token_lifetime=60, clock=lambda: now[0])
    sandbox.get("/v1/jobs")
    now[0] += 59
    assert sandbox.call("GET", "/v1/jobs").status == 200
    now[0] += 1
    assert sandbox.call("GET", "/v1/jobs").status == 401
    sandbox._token.clear()
    assert sandbox.call("GET", "/v1/jobs").status == 200


def test_the_lifetime_is_told(start: Callable[..., Caller]) -> None:
    """`expires_in` is the lifetime that was asked for."""
    assert start(token_lifetime=7).send("POST", "/oauth/token", {**GRANT, **GOOD}).document["expires_in"] == 7


def test_a_viewer_reads_jobs_only(sandbox: Caller, caller: type[Caller]) -> None:
    """JET_VIEW_ONLY reads everything about jobs, and is refused with 403 anywhere else."""
    job_id = sandbox.make_job()
    viewer = caller(sandbox.url, client_id="sandbox-viewer")
    assert [job["jobId"] for job in viewer.get("/v1/jobs")["items"]] == [job_id]
    assert viewer.get(f"/v1/jobs/{job_id}/files?state=COMPLETED")["items"] == []
    assert viewer.get(f"/v1/jobs/{job_id}")["actions"][0]["data"]["source"]["name"] == "NYC Dailies"
    for method, path, body in [
        ("GET", "/v1/storageProfiles", None),
        ("GET", "/v1/endpoints", None),
        ("POST", "/v1/jobs", sandbox.job_body()),
        ("PATCH", f"/v1/jobs/{job_id}", {"paused": True}),
        ("DELETE", f"/v1/jobs/{job_id}", None),
        ("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [{"relativePath": "/", "isDirectory": True}]}),
    ]:
        assert viewer.call(method, path, body).status == 403, path


def test_secrets_hide() -> None:
    """A client's secret is not in its representation."""
    assert "hunter2" not in repr(Client("someone", "hunter2"))


def test_head_is_get_without_a_body(sandbox: Caller) -> None:
    """HEAD answers with the headers of GET, and the connection goes on."""
    for path in ("/", "/_sandbox/state"):
        asked, without = sandbox.send("GET", path), sandbox.send("HEAD", path)
        assert (without.status, without.headers["content-length"]) == (200, asked.headers["content-length"])
        assert not without.document
    connection = http.client.HTTPConnection(*sandbox.address, timeout=20)
    for _ in range(2):
        connection.request("HEAD", "/")
        assert connection.getresponse().read() == b""
    connection.close()


def test_idle_connections_end() -> None:
    """A client that says nothing is hung up on."""
    with serve(Settings(idle=0.05)) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port), timeout=20) as silent:
            assert silent.recv(1) == b""
        with socket.create_connection((address.hostname, address.port), timeout=20) as halting:
            halting.sendall(b"GET / HTTP/1.1\r\nhost: ")
            assert halting.recv(1) == b""


@pytest.mark.parametrize("what", ["repository", "inside", "home", "above"])
def test_dear_folders_need_a_word(
    caller: type[Caller], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    """Deliveries write into a profile's folder: a repository or a home folder is refused until somebody says so."""
    home = tmp_path / "people/home"
    (home / "repository/.git/objects").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    places = {"repository": "repository", "inside": "repository/.git/objects", "home": ".", "above": ".."}
    assert run(["sandbox", "--profile", f"X={home / places[what]}"]) == 64
    assert "--any-folder" in capsys.readouterr().err
    assert danger_of(home / "repository/media") == ""
    with serve(Settings(roots=(tmp_path,))) as url:
        local = caller(url)
        endpoint = local.get("/v1/endpoints")["items"][0]["endpointId"]
        body = {"endpointId": endpoint, "name": "X", "url": f"file://{(home / places[what]).resolve()}"}
        assert local.call("POST", "/v1/storageProfiles", body).status == 400
