"""A server that costs as little as can be: what is measured against it is the client.

It speaks the few calls that jetplan makes, on 127.0.0.1, keeps what it is told in memory, and copies nothing. Run
by itself it prints its address and serves until its input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import deque

SOURCE, DESTINATION = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
ACCOUNT = "33333333-0000-4000-8000-000000000003"
JOBS_AT_ONCE = 64
_HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def profile(ident: str, name: str) -> dict[str, object]:
    """A storage profile as listed."""
    return {
        "storageProfileId": ident,
        "name": name,
        "storageProfileType": "ON_PREMISE_FILE_STORAGE",
        "url": f"file:///{name}",
        "accountId": ACCOUNT,
        "type": "PRIVATE",
    }


def job_template(kibibytes: int) -> bytes:
    """A listed job of about this weight; `@ID@` and `@NAME@` stand for its own."""
    source, destination = profile(SOURCE, "src"), profile(DESTINATION, "dst")
    servers = [{"serverId": f"server-{at}", "hostname": f"host{at}.example", "port": 50221} for at in range(8)]
    source["endpoint"] = destination["endpoint"] = {"endpointId": "e", "state": "ONLINE", "servers": servers}
    job = {
        "jobId": "@ID@",
        "name": "@NAME@",
        "paused": False,
        "triggers": [],
        "accountId": ACCOUNT,
        "createdOn": "2026-01-01T00:00:00.000Z",
        "actions": [{"actionId": "a", "type": "TRANSFER", "data": {"source": source, "destination": destination}}],
        "metadata": {"notes": []},
    }
    text = json.dumps(job)
    while len(text) < kibibytes << 10:
        job["metadata"]["notes"].append({"key": "value", "number": 17, "flags": [True, False, None]})  # type: ignore[index]
        text = json.dumps(job)
    return text.encode()


class Server:
    """What all connections share. `latency` in seconds is waited before each answer to a request that writes."""

    def __init__(self, jobs: int, kibibytes: int, latency: float) -> None:
        self.template = job_template(kibibytes)
        self.names = [f"job-{at:05d}".encode() for at in range(jobs)]
        self.latency = latency
        self.created = 0
        self.deliveries = 0

    def answer(self, method: bytes, target: bytes, body: bytes) -> list[bytes]:
        """The pieces of one answer; a list of jobs is sent apart from this."""
        if method == b"GET":
            return _json(self._listed(target))
        if target == b"/oauth/token":
            return _json(b'{"access_token": "token", "expires_in": 3600, "token_type": "Bearer"}')
        if target == b"/v1/jobs":
            name = json.loads(body)["name"].encode()
            self.names.append(name)
            self.created += 1
            return _json(b'{"jobId": "id-%s", "name": "%s"}' % (name, name), b"201 Created")
        self.deliveries += 1
        # The real API gives the list of objects back, so this does too: without looking at it.
        return _json(b'{"deliveryId": "delivery-%d", ' % self.deliveries + body[1:], b"201 Created")

    def _listed(self, target: bytes) -> bytes:
        if target.startswith(b"/v1/storageProfiles"):
            return json.dumps({"items": [profile(SOURCE, "src"), profile(DESTINATION, "dst")]}).encode()
        return b'{"items": []}'


def _json(body: bytes, status: bytes = b"200 OK") -> list[bytes]:
    return [_HEAD % (status, len(body)), body]


class Connection(asyncio.Protocol):
    """One keep-alive connection: requests are answered in their order, each `latency` after it came."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.held = bytearray()
        self.pieces: deque[bytes] = deque()
        self.writable = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.writable.set()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.held[:end])
            lowered = head.lower()
            at = lowered.find(b"content-length:")
            length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.held) < end + 4 + length:
                return
            body = bytes(self.held[end + 4 : end + 4 + length])
            del self.held[: end + 4 + length]
            method, target, _ = head.split(b"\r\n", 1)[0].split(b" ")
            self.take(method, target, body)

    def take(self, method: bytes, target: bytes, body: bytes) -> None:
        if method == b"GET" and target.partition(b"?")[0] == b"/v1/jobs":
            self.task = asyncio.ensure_future(self.list_jobs())
            return
        pieces = self.server.answer(method, target, body)
        if self.server.latency and method != b"GET" and target != b"/oauth/token":
            asyncio.get_running_loop().call_later(self.server.latency, self.write, pieces)
        else:
            self.write(pieces)

    def write(self, pieces: list[bytes]) -> None:
        if not self.transport.is_closing():
            self.transport.writelines(pieces)  # type: ignore[attr-defined]

    async def list_jobs(self) -> None:
        names, template = self.server.names, self.server.template
        room = len(template) - len(b"@NAME@") - len(b"@ID@") + len(b"id-")
        total = len(b'{"items": []}') + sum(room + 2 * len(name) for name in names) + 2 * max(len(names) - 1, 0)
        self.write([_HEAD % (b"200 OK", total), b'{"items": ['])
        for at in range(0, len(names), JOBS_AT_ONCE):
            some = [
                template.replace(b"@NAME@", name, 1).replace(b"@ID@", b"id-" + name, 1)
                for name in names[at : at + JOBS_AT_ONCE]
            ]
            self.write([b", " if at else b"", b", ".join(some)])
            await self.writable.wait()
        self.write([b"]}"])


async def serve(arguments: argparse.Namespace) -> None:
    """Listen, print where, and serve until standard input ends."""
    server = Server(arguments.jobs, arguments.job_weight, arguments.latency)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", arguments.port, backlog=512)
    print(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    print(json.dumps({"created": server.created, "deliveries": server.deliveries}), flush=True)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=0, help="jobs there from the start, named job-00000 and so on")
    parser.add_argument("--job-weight", type=int, default=20, help="KiB of a listed job")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before a write is answered")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
