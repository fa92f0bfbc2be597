"""A plain client of the standard library for the local Jet; it shares no code with the package."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NOWHERE = Path("/nonexistent")
ENDED = ("COMPLETED", "FAILED")


@dataclass
class Answer:
    status: int
    document: Any
    headers: dict[str, str]


@dataclass
class Caller:
    """Calls one sandbox; gets its own token at the first call that needs one."""

    url: str
    source: Path = NOWHERE
    target: Path = NOWHERE
    client_id: str = "sandbox"
    secret: str = "sandbox"
    _token: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        try:
            data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            connection.request(method, path, data, {"content-type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
            kind = answer.headers.get("content-type", "")
            document = json.loads(content) if kind == "application/json" and content else content
            return Answer(answer.status, document, {name.lower(): value for name, value in answer.getheaders()})
        finally:
            connection.close()

    @property
    def token(self) -> str:
        if not self._token:
            wanted = {
                "client_id": self.client_id,
                "client_secret": self.secret,
                "grant_type": "client_credentials",
            }
            self._token.append(self.send("POST", "/oauth/token", wanted).document["access_token"])
        return self._token[0]

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        return self.send(method, path, body, {"authorization": f"Bearer {self.token}"})

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return answer.document

    def profile_id(self, name: str) -> str:
        items = self.get("/v1/storageProfiles")["items"]
        return next(str(item["storageProfileId"]) for item in items if item["name"] == name)

    def job_body(self, name: str = "nyc-to-lax", **data: Any) -> dict[str, Any]:
        sides = {
            "source": {"storageProfileId": self.profile_id("NYC Dailies")},
            "destination": {"storageProfileId": self.profile_id("LAX Ingest")},
        }
        return {"name": name, "actions": [{"type": "TRANSFER", "data": {**sides, **data}}]}

    def make_job(self, name: str = "nyc-to-lax", **data: Any) -> str:
        answer = self.call("POST", "/v1/jobs", self.job_body(name, **data))
        assert answer.status == 201, answer
        return str(answer.document["jobId"])

    def deliver(self, job_id: str, *objects: dict[str, Any]) -> str:
        answer = self.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": list(objects)})
        assert answer.status == 201, answer
        return str(answer.document["deliveryId"])

    def wait_until(self, seen: Any, ask: Any, patience: float = 30) -> Any:
        """Ask again and again until what is seen holds; the answer then."""
        pause = threading.Event()
        for _ in range(int(patience / 0.01)):
            found = ask()
            if seen(found):
                return found
            pause.wait(0.01)
        raise AssertionError(f"never came: {found}")

    def wait_for(self, job_id: str, delivery_id: str, *states: str) -> str:
        path = f"/v1/jobs/{job_id}/deliveries/{delivery_id}"
        wanted = states or ENDED
        return str(self.wait_until(lambda found: found["state"] in wanted, lambda: self.get(path))["state"])

    def backstage(self, what: str) -> Any:
        return self.send("GET", f"/_sandbox/{what}").document

    def set_faults(self, *specs: str) -> None:
        assert self.send("POST", "/_sandbox/faults", {"faults": list(specs)}).status == 200
