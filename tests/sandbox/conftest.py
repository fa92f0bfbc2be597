"""A sandbox over fresh folders, and a plain client of the standard library to talk to it."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from jetplan.sandbox.jet import Settings
from jetplan.sandbox.server import serve

if TYPE_CHECKING:
    from pathlib import Path

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
    source: Path | None = None
    target: Path | None = None
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
        return next(item["storageProfileId"] for item in items if item["name"] == name)

    def job_body(self, name: str = "nyc-to-lax", **data: Any) -> dict[str, Any]:
        sides = {
            "source": {"storageProfileId": self.profile_id("NYC Dailies")},
            "destination": {"storageProfileId": self.profile_id("LAX Ingest")},
        }
        return {"name": name, "actions": [{"type": "TRANSFER", "data": {**sides, **data}}]}

    def make_job(self, name: str = "nyc-to-lax", **data: Any) -> str:
        answer = self.call("POST", "/v1/jobs", self.job_body(name, **data))
        assert answer.status == 201, answer
        return answer.document["jobId"]

    def deliver(self, job_id: str, *objects: dict[str, Any]) -> str:
        answer = self.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": list(objects)})
        assert answer.status == 201, answer
        return answer.document["deliveryId"]

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
        return self.wait_until(lambda found: found["state"] in wanted, lambda: self.get(path))["state"]

    def backstage(self, what: str) -> Any:
        return self.send("GET", f"/_sandbox/{what}").document

    def set_faults(self, *specs: str) -> None:
        assert self.send("POST", "/_sandbox/faults", {"faults": list(specs)}).status == 200


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A source with files in subfolders and an empty folder, and an empty destination."""
    source, target = tmp_path / "nyc", tmp_path / "lax"
    for path, content in {
        "ep101/master.mxf": b"m" * 3_000_000,
        "ep101/audio/left.wav": b"left" * 1000,
        "ep101/audio/right.wav": b"right" * 1000,
        "ep102/master.mxf": b"",
        "läufe/ein schönes & (langes) #1.txt": b"umlauts",
    }.items():
        file = source / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (source / "empty").mkdir()
    target.mkdir()
    return source, target


@pytest.fixture
def start(folders: tuple[Path, Path], tmp_path: Path):
    """Start sandboxes over the folders; they end with the test."""
    source, target = folders
    with ExitStack() as stack:

        def begin(**settings: Any) -> Caller:
            wanted = {
                "profiles": (("NYC Dailies", source), ("LAX Ingest", target)),
                "roots": (tmp_path,),
                **settings,
            }
            return Caller(stack.enter_context(serve(Settings(**wanted))), source, target)

        yield begin


@pytest.fixture
def sandbox(start: Any) -> Caller:
    return start()


@pytest.fixture
def caller() -> type[Caller]:
    return Caller


@pytest.fixture
def same_tree():
    """A comparison of two folders: the same paths, the same bytes."""

    def tree(root: Path) -> dict[str, bytes | None]:
        return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in root.rglob("*")}

    return lambda one, other: tree(one) == tree(other)
