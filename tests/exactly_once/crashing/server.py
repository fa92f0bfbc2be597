"""A stand-in for Jet that shares no code with jetplan: it accepts, counts, and may lose answers or show nothing."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Counting:
    """What was accepted. `loses`: every so manieth POST is accepted without an answer; `blind`: no traces shown."""

    loses: int = 0
    blind: bool = False
    fails: frozenset[str] = frozenset()
    """Files that fail the first time they are moved."""
    on_call: Callable[[str, str], None] = lambda _method, _path: None
    """Called with method and path before an answer is made, while nothing else is held up."""
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    deliveries: list[tuple[str, list[str]]] = field(default_factory=list)
    posts: int = 0
    busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accepted(self) -> Counter[str]:
        """How often each object was accepted."""
        with self.lock:
            return Counter(path for _, paths in self.deliveries for path in paths)

    def job_names(self) -> Counter[str]:
        """How many jobs there are of each name."""
        with self.lock:
            return Counter(job["name"] for job in self.jobs.values())

    def rest(self) -> None:
        """Wait until every request that arrived has been dealt with."""
        for _ in range(2000):
            with self.lock:
                if not self.busy:
                    return
            time.sleep(0.002)
        raise AssertionError("a request is never done with")

    def answer(self, method: str, path: str, body: Any, state: str = "") -> tuple[int, Any] | None:
        """The answer, or None where it is lost. `state`: that of the files asked for."""
        self.on_call(method, path)
        with self.lock:
            status, said = self._answer(method, path.strip("/").split("/"), body, state)
            if method == "POST" and path.startswith("/v1/") and not path.endswith("/search") and status < 300:
                self.posts += 1
                if self.loses and self.posts % self.loses == 0:
                    return None
            return status, said

    def _answer(self, method: str, parts: list[str], body: Any, state: str) -> tuple[int, Any]:
        match [method, *parts]:
            case ["POST", "oauth", "token"]:
                return 200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
            case ["GET", "v1", "storageProfiles"]:
                return 200, {"items": [_profile("nyc"), _profile("lax")]}
            case ["GET", "v1", "jobs"]:
                return 200, {"items": list(self.jobs.values())}
            case ["POST", "v1", "jobs"]:
                ident = f"job-{len(self.jobs) + 1}"
                ends = {end: _profile(each["storageProfileId"]) for end, each in body["actions"][0]["data"].items()}
                self.jobs[ident] = {"jobId": ident, "name": body["name"], "actions": [{"data": ends}]}
                return 201, self.jobs[ident]
            case ["POST", "v1", "jobs", job_id, "deliveries"] if job_id in self.jobs:
                self.deliveries.append((job_id, [each["relativePath"] for each in body["objects"]]))
                return 200, {"deliveryId": f"delivery-{len(self.deliveries)}"}
            case ["GET", "v1", "jobs", job_id, "transfers"]:
                return 200, {"items": []}
            case ["GET", "v1", "jobs", job_id, "files"]:
                return 200, {"items": [] if self.blind else self._files(job_id, state)}
            case ["GET", "v1", "jobs", job_id, "deliveries", ident]:
                number = int(ident.removeprefix("delivery-")) - 1
                failed = any(self._failed(number, path) for path in self.deliveries[number][1])
                return 200, {"deliveryId": ident, "jobId": job_id, "state": "FAILED" if failed else "COMPLETED"}
            case ["POST", "v1", "jobs", "search"]:
                return 200, {"items": [{"jobId": ident, "status": "READY"} for ident in self.jobs]}
        return 404, {"message": "there is no such thing"}

    def _failed(self, number: int, path: str) -> bool:
        return path in self.fails and not any(path in paths for _, paths in self.deliveries[:number])

    def _files(self, job_id: str, state: str) -> list[dict[str, str]]:
        return [
            {"url": f"file:///nyc{quote(path)}", "state": state, "transferId": f"t{number}", "jobId": job_id}
            for number, (job, paths) in enumerate(self.deliveries)
            if job == job_id
            for path in paths
            if state == ("FAILED" if self._failed(number, path) else "COMPLETED")
        ]


def _profile(ident: str) -> dict[str, str]:
    return {"storageProfileId": ident, "name": ident.upper(), "url": f"file:///{ident}", "accountId": "a"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counting: Counting

    def _serve(self) -> None:
        with self.counting.lock:
            self.counting.busy += 1
        try:
            self._answer()
        except OSError:
            self.close_connection = True  # nobody is there any more
        finally:
            with self.counting.lock:
                self.counting.busy -= 1

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        target = urlsplit(self.path)
        if len(body) < length:
            self.close_connection = True
            return  # the rest never came: nothing was asked for
        state = target.query.partition("state=")[2].partition("&")[0]
        answer = self.counting.answer(self.command, target.path, json.loads(body or b"null"), state)
        if answer is None:
            self.close_connection = True
            return
        raw = json.dumps(answer[1]).encode()
        head = f"HTTP/1.1 {answer[0]} x\r\ncontent-type: application/json\r\ncontent-length: {len(raw)}\r\n\r\n"
        self.wfile.write(head.encode() + raw)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Nothing: what counts is counted."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that was killed resets its connections: that is what this is about."""


@contextmanager
def serving(counting: Counting) -> Iterator[str]:
    """The URL under which it answers."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"counting": counting}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
