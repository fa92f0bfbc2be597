"""Tokens, credentials and roles."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from jetplan.sandbox.auth import Client

GRANT = {"grant_type": "client_credentials"}
GOOD = {"client_id": "sandbox", "client_secret": "sandbox"}


def basic(name, secret):
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/token/"])
def test_credentials_come_in_three_ways(sandbox, path):
    """Client credentials are taken as JSON, as a form, and as HTTP Basic with either body or none."""
    form_type = {"content-type": "application/x-www-form-urlencoded"}
    for body, headers in [
        ({**GRANT, **GOOD}, {}),
        (urlencode({**GRANT, **GOOD}).encode(), form_type),
        (urlencode(GRANT).encode(), form_type | basic("sandbox", "sandbox")),
        (GRANT, basic("sandbox", "sandbox")),
        (None, basic("sandbox", "sandbox")),
    ]:
        answer = sandbox.send("POST", path, body, headers)
        assert answer.status == 200
        assert set(answer.document) == {"access_token", "expires_in", "token_type"}


def test_bad_credentials_are_401(sandbox):
    """A wrong secret, a wrong id, nothing at all: 401 with a message that repeats none of it."""
    for body, headers in [
        ({**GRANT, **GOOD, "client_secret": "hunter2"}, {}),
        ({**GRANT, **GOOD, "client_id": "someone"}, {}),
        (GRANT, {}),
        (GRANT, basic("sandbox", "hunter2")),
    ]:
        answer = sandbox.send("POST", "/oauth/token", body, headers)
        assert answer.status == 401
        assert "hunter2" not in answer.document["message"]


def test_other_grants_are_refused(sandbox):
    """Only client_credentials is granted."""
    assert sandbox.send("POST", "/oauth/token", {**GOOD, "grant_type": "password"}).status == 400


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}])
def test_no_token_is_401(sandbox, headers):
    """Every call of the API needs a token that the sandbox gave out."""
    answer = sandbox.send("GET", "/v1/jobs", headers=headers)
    assert (answer.status, "message" in answer.document) == (401, True)


def test_tokens_expire(start):
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


def test_the_lifetime_is_told(start):
    """`expires_in` is the lifetime that was asked for."""
    assert start(token_lifetime=7).send("POST", "/oauth/token", {**GRANT, **GOOD}).document["expires_in"] == 7


def test_a_viewer_reads_jobs_only(sandbox, caller):
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


def test_secrets_hide():
    """A client's secret is not in its representation."""
    assert "hunter2" not in repr(Client("someone", "hunter2"))
