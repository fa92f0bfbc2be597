"""A Jet of a hundred lines that shares no code with the package: it counts what is POSTed, and does as it is told."""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILES = {"src-1": "NYC Dailies", "dst-1": "LAX Ingest"}


class CountingJet:
    """What is there, and how often each job and each object was asked for. `on_call` may answer in its place.

    `on_call(method, path, body)` gives (status, JSON) instead of the ordinary answer, or None for that one.
    """

    def __init__(self) -> None:
        self.account: str | None = None
        self.jobs: dict[str, dict[str, Any]] = {}
        self.hidden: set[str] = set()
        self.urls = {ident: f"file:///{ident}" for ident in PROFILES}
        self.files: list[dict[str, Any]] = []
        """What every job has moved, whatever state is asked for."""
        self.sums: dict[str, dict[str, int]] = {}
        """The count and bytes of transfers, all of them ended."""
        self.job_posts: Counter[str] = Counter()
        self.objects: Counter[str] = Counter()
        self.numbers = count(1)
        self.calls: list[tuple[str, str]] = []
        self.targets: list[str] = []
        """Paths with their queries, in the order of arrival."""
        self.on_call: Any = lambda _method, _path, _body: None
        self.lock = threading.Lock()

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        with self.lock:
            self.calls.append((method, path))
            if (method, path) == ("POST", "/v1/jobs"):
                self.job_posts[body["name"]] += 1
            if method == "POST" and path.endswith("/deliveries"):
                self.objects.update(each["relativePath"] for each in body["objects"])
        told = self.on_call(method, path, body)
        return told if told is not None else self.ordinary(method, path, body)

    def ordinary(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        with self.lock:
            match [method, *path.strip("/").split("/")]:
                case ["POST", "oauth", "token"]:
                    return 200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
                case ["GET", "v1", "storageProfiles"]:
                    return 200, {"items": [self.profile(each) for each in PROFILES]}
                case ["GET", "v1", "jobs"]:
                    return 200, {"items": [job for key, job in self.jobs.items() if key not in self.hidden]}
                case ["POST", "v1", "jobs"]:
                    return 200, self.make(body)
                case ["GET", "v1", "jobs", job_id] if job_id in self.jobs:
                    return 200, self.jobs[job_id]
                case ["PATCH", "v1", "jobs", job_id] if job_id in self.jobs:
                    self.jobs[job_id] |= body
                    return 200, self.jobs[job_id]
                case ["POST", "v1", "jobs", job_id, "deliveries"] if job_id in self.jobs:
                    return 200, {"deliveryId": f"delivery-{next(self.numbers)}"}
                case ["GET", "v1", "jobs", job_id, "files"] if job_id in self.jobs:
                    return 200, {"items": self.files}
                case ["GET", "v1", "jobs", job_id, "transfers"] if job_id in self.jobs:
                    return 200, {"items": []}
                case ["GET", "v1", "jobs", _, "transfers", ident] if ident in self.sums:
                    return 200, {"transferId": ident, "objectsManifest": {"summary": self.sums[ident]}}
        return 404, {"message": "not found"}

    def profile(self, ident: str) -> dict[str, Any]:
        account = {} if self.account is None else {"accountId": self.account}
        return {"storageProfileId": ident, "name": PROFILES[ident], "url": self.urls[ident], **account}

    def make(self, body: Any) -> dict[str, Any]:
        ident = f"job-{len(self.jobs) + 1}"
        data = body["actions"][0]["data"]
        ends = {end: self.profile(data[end]["storageProfileId"]) for end in ("source", "destination")}
        action = {"type": "TRANSFER", "data": ends}
        self.jobs[ident] = {"jobId": ident, "name": body["name"], "actions": [action]}
        return self.jobs[ident]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    jet: CountingJet

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.jet.targets.append(self.path)
        status, said = self.jet.answer(self.command, urlsplit(self.path).path, json.loads(body or b"null"))
        if status == 0:  # no answer
            self.close_connection = True
            return
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the names that http.server looks for

    def handle(self) -> None:
        with suppress(ConnectionError):  # a client that was killed
            super().handle()

    def log_message(self, *_: object) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def counting(jet: CountingJet) -> Iterator[Any]:
    """Serve one, at the URL given."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"jet": jet}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
