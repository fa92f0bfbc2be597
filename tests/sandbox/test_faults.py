"""Every fault, seen from a raw socket: what comes over the wire, and whether the delivery was committed."""

from __future__ import annotations

import gzip
import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.sandbox.faults import BREAKS, DELAYS, EDITS, KINDS, REFUSALS, Faults, FaultSpecError, read_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from caller import Caller

OBJECTS = {"objects": [{"relativePath": "/ep101/audio/left.wav"}]}


@dataclass
class Raw:
    """All bytes until the end, and what kind of end it was: FIN, RST, or the reader's patience."""

    data: bytes
    end: str

    @property
    def head(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str | None:
        lines = [line.partition(b": ") for line in self.head.split(b"\r\n")[1:]]
        return next((value.decode() for key, _, value in lines if key.lower() == name.encode()), None)


def read_all(sock: socket.socket, most: int = 1 << 30) -> Any:
    data = b""
    try:
        while len(data) < most:
            piece = sock.recv(1 << 16)
            if not piece:
                return Raw(data, "FIN")
            data += piece
    except ConnectionResetError:
        return Raw(data, "RST")
    except TimeoutError:
        return Raw(data, "patience")
    return Raw(data, "enough")


@contextmanager
def posted(sandbox: Caller, job_id: str, patience: float = 10.0) -> Iterator[socket.socket]:
    body = json.dumps(OBJECTS).encode()
    head = (
        f"POST /v1/jobs/{job_id}/deliveries HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {sandbox.token}\r\n"
        f"Connection: close\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(sandbox.address, timeout=patience) as sock:
        sock.sendall(head.encode() + body)
        yield sock


@dataclass
class Strike:
    """Posts a delivery under one fault; the raw answer, how many deliveries there are then, and the journal's entry."""

    sandbox: Caller
    job_id: str

    def __call__(self, fault: str, patience: float = 10.0, most: int = 1 << 30) -> tuple[Raw, int, dict[str, Any]]:
        self.sandbox.set_faults(f"POST:/deliveries={fault}")
        with posted(self.sandbox, self.job_id, patience) as sock:
            raw = read_all(sock, most)
        last = self.sandbox.backstage("requests")["items"][-1]
        assert last["fault"] == fault.partition("=")[0].partition(",")[0]
        assert bool(last["deliveryId"]) is bool(self.sandbox.backstage("state")["deliveries"])
        return raw, self.sandbox.backstage("state")["deliveries"], last


@pytest.fixture
def strike(start: Callable[..., Caller]) -> Strike:
    """A sandbox with one job, which moves nothing."""
    sandbox = start(workers=0)
    return Strike(sandbox, sandbox.make_job())


SEEN: set[str] = set()


def seen(*kinds: str) -> pytest.MarkDecorator:
    """Mark the kinds that a test proves, so that none is forgotten."""
    SEEN.update(kinds)
    return pytest.mark.parametrize("kind", kinds)


@seen("cut-before-commit", "cut-after-commit")
def test_cuts(strike: Strike, kind: str) -> None:
    """The connection ends with FIN and not one byte; the commit is as the name says."""
    raw, deliveries, last = strike(kind)
    assert (raw.data, raw.end) == (b"", "FIN")
    assert deliveries == (kind == "cut-after-commit")
    assert last["status"] is None


@seen("reset-before-commit", "reset-after-commit")
def test_resets(strike: Strike, kind: str) -> None:
    """The connection ends with RST and not one byte; the commit is as the name says."""
    raw, deliveries, last = strike(kind)
    assert (raw.data, raw.end) == (b"", "RST")
    assert deliveries == (kind == "reset-after-commit")
    assert last["status"] is None


@seen("drop", "drop-after-commit")
def test_drops(strike: Strike, kind: str) -> None:
    """Nothing ever comes, and the connection stays open as long as the client bears it."""
    raw, deliveries, _ = strike(kind, patience=0.5)
    assert (raw.data, raw.end) == (b"", "patience")
    assert deliveries == (kind == "drop-after-commit")


@seen("status", "status-after-commit")
def test_statuses(strike: Strike, kind: str) -> None:
    """A chosen status with a JSON message; only the kind after the commit leaves a delivery."""
    sandbox = strike.sandbox
    sandbox.set_faults(f"POST:/deliveries={kind}=429,retry-after=99999999*1")
    path = f"/v1/jobs/{strike.job_id}/deliveries"
    answer = sandbox.call("POST", path, OBJECTS)
    assert (answer.status, answer.headers["retry-after"]) == (429, "99999999")
    assert answer.document["message"]
    assert sandbox.backstage("state")["deliveries"] == (kind == "status-after-commit")
    assert sandbox.call("POST", path, OBJECTS).status == 201


def test_redirects(strike: Strike) -> None:
    """A 307 with a Location, to see that nobody follows it with a POST."""
    strike.sandbox.set_faults("POST:/deliveries=status=307,location=/elsewhere")
    answer = strike.sandbox.call("POST", f"/v1/jobs/{strike.job_id}/deliveries", OBJECTS)
    assert (answer.status, answer.headers["location"]) == (307, "/elsewhere")


@seen("cut-status-line")
def test_a_status_line_and_nothing_after(strike: Strike, kind: str) -> None:
    """A status line alone, then FIN."""
    raw, deliveries, _ = strike(kind)
    assert (raw.data, raw.end, deliveries) == (b"HTTP/1.1 200 OK\r\n", "FIN", 1)


@seen("empty-200")
def test_an_answer_of_nothing(strike: Strike, kind: str) -> None:
    """A 200 without headers or body, which careless clients take for an answer."""
    raw, deliveries, _ = strike(kind)
    assert (raw.data, raw.end, deliveries) == (b"HTTP/1.1 200 OK\r\n\r\n", "FIN", 1)


@seen("html-200")
def test_html(strike: Strike, kind: str) -> None:
    """A gateway's page with status 200."""
    raw, deliveries, _ = strike(kind)
    assert raw.head.startswith(b"HTTP/1.1 200 ")
    assert raw.header("content-type") == "text/html"
    assert (raw.body.startswith(b"<!DOCTYPE html>"), deliveries) == (True, 1)


@seen("broken-json")
def test_broken_json(strike: Strike, kind: str) -> None:
    """A complete body that is half a document."""
    raw, deliveries, _ = strike(kind)
    assert raw.header("content-length") == str(len(raw.body))
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(raw.body)
    assert deliveries == 1


@seen("short-body", "reset-body")
def test_bodies_that_end_early(strike: Strike, kind: str) -> None:
    """Half of the announced body, then FIN or RST."""
    raw, deliveries, _ = strike(kind)
    announced = int(raw.header("content-length") or "")
    assert raw.end == ("FIN" if kind == "short-body" else "RST")
    assert len(raw.body) < announced
    assert deliveries == 1
    if kind == "short-body":
        assert len(raw.body) == announced // 2


@seen("trickle")
def test_trickle(strike: Strike, kind: str) -> None:
    """One byte at a time, until the client has had enough; the answer is whole for one who waits."""
    raw, deliveries, _ = strike(f"{kind}=1000", most=3)
    assert (raw.data, deliveries) == (b"HTT", 1)
    raw, _, last = strike(f"{kind}=0")
    assert json.loads(raw.body)["deliveryId"] == last["deliveryId"]


@seen("continue-flood")
def test_continue_flood(strike: Strike, kind: str) -> None:
    """`100 Continue` over and over, then the true answer."""
    raw, deliveries, _ = strike(f"{kind}=0.2")
    flood, _, rest = raw.data.partition(b"HTTP/1.1 201")
    assert flood.count(b"HTTP/1.1 100 Continue\r\n\r\n") > 3
    assert (bool(rest), deliveries) == (True, 1)


@seen("gzip")
def test_gzip(strike: Strike, kind: str) -> None:
    """An encoded answer that was not asked for."""
    raw, deliveries, last = strike(kind)
    assert raw.header("content-encoding") == "gzip"
    assert (json.loads(gzip.decompress(raw.body))["deliveryId"], deliveries) == (last["deliveryId"], 1)


@seen("gzip-bomb")
def test_gzip_bomb(strike: Strike, kind: str) -> None:
    """A small body that becomes many MiB of valid JSON."""
    raw, deliveries, last = strike(f"{kind}=8")
    blown_up = gzip.decompress(raw.body)
    assert len(blown_up) > 8 << 20
    assert len(raw.body) < len(blown_up) / 500
    assert (json.loads(blown_up)["deliveryId"], deliveries) == (last["deliveryId"], 1)


@seen("latency", "latency-after-commit")
def test_latency(strike: Strike, kind: str) -> None:
    """The answer is the true one; the journal has the delay by name."""
    raw, deliveries, last = strike(f"{kind}=1")
    assert (raw.end, deliveries, last["status"]) == ("FIN", 1, 201)
    assert json.loads(raw.body)["deliveryId"] == last["deliveryId"]


@seen("set", "without", "same-delivery-id", "clock")
def test_edits(strike: Strike, kind: str) -> None:
    """Answers with a key changed, left out, or taken from an earlier delivery; a clock that is a day off."""
    sandbox, path = strike.sandbox, f"/v1/jobs/{strike.job_id}/deliveries"
    earlier = sandbox.call("POST", path, OBJECTS)
    value = {"set": "=deliveryId:..%2F%0A", "without": "=deliveryId", "clock": "=86400"}.get(kind, "")
    sandbox.set_faults(f"POST:/deliveries={kind}{value}")
    answer = sandbox.call("POST", path, OBJECTS)
    own = sandbox.backstage("requests")["items"][-1]["deliveryId"]
    told = answer.document.get("deliveryId")
    expected = {"set": "../\n", "without": None, "same-delivery-id": earlier.document["deliveryId"], "clock": own}
    assert (answer.status, told) == (201, expected[kind])
    assert (answer.headers["date"][:16] != earlier.headers["date"][:16]) is (kind == "clock")


def test_every_kind_is_tested() -> None:
    """No kind of fault is left without a test above."""
    assert set(KINDS) == SEEN
    assert len(KINDS) == len(DELAYS) + len(EDITS) + len(REFUSALS) + len(BREAKS)


def test_times_and_skip() -> None:
    """`skip` lets the first pass, `*N` ends it after N; other methods and paths are never touched."""
    faults = Faults(["POST:/deliveries=status=500,skip=1*2"])
    posts = [bool(faults.pick("POST", "/v1/jobs/x/deliveries")) for _ in range(5)]
    assert posts == [False, True, True, False, False]
    assert not faults.pick("GET", "/v1/jobs/x/deliveries/y")
    assert faults.show() == [{"spec": "POST:/deliveries=status=500,skip=1*2", "met": 3, "struck": 2}]


def test_probability_repeats_with_its_seed() -> None:
    """The same seed strikes the same requests."""

    def strikes(seed: int) -> Any:
        faults = Faults([f"/v1=cut-after-commit,p=0.3,seed={seed}"])
        return [bool(faults.pick("GET", "/v1/jobs")) for _ in range(200)]

    assert strikes(7) == strikes(7) != strikes(8)
    assert 30 < sum(strikes(7)) < 90


def test_an_anchored_path() -> None:
    """With `$` the path must end there."""
    fault = read_fault("GET:/v1/jobs$=html-200")
    assert (fault.matches("GET", "/v1/jobs"), fault.matches("GET", "/v1/jobs/x")) == (True, False)


def test_delays_add_to_one_harm() -> None:
    """Delays and edits come on top; of the others only the first that matches strikes, and only it is used up."""
    faults = Faults(["/v1=latency=1", "/v1=status=500*1", "/v1=cut-after-commit*1", "/v1=clock=1"])
    assert [fault.kind for fault in faults.pick("GET", "/v1")] == ["latency", "status", "clock"]
    assert [fault.kind for fault in faults.pick("GET", "/v1")] == ["latency", "cut-after-commit", "clock"]


@pytest.mark.parametrize(
    "spec",
    ["", "nonsense", "/v1=explode", "/v1=status", "/v1=status=99", "/v1=latency=soon", "/v1=cut-after-commit,x=1",
     "/v1=status=500,p=often", "post:/v1=drop", "/v1=drop*x", "/v1=set"],
)  # fmt: skip
def test_bad_specs_are_refused(sandbox: Caller, spec: str) -> None:
    """A spec that cannot be read is refused with a sentence that repeats it, at start and at run time."""
    with pytest.raises(FaultSpecError, match=r"\S"):
        read_fault(spec)
    answer = sandbox.send("POST", "/_sandbox/faults", {"faults": [spec]})
    assert (answer.status, repr(spec) in answer.document["message"]) == (400, True)


def test_keep_alive_and_pipelining(sandbox: Caller) -> None:
    """Two requests on one connection, sent at once, are answered in order."""
    request = f"GET /v1/endpoints HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {sandbox.token}\r\n\r\n"
    last = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
    with socket.create_connection(sandbox.address, timeout=10) as sock:
        sock.sendall((request + last).encode())
        raw = read_all(sock)
    assert (raw.data.count(b"HTTP/1.1 200"), raw.end) == (2, "FIN")


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET /\r\n\r\n", b"G" * 100_000, b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_http_is_refused(sandbox: Caller, data: bytes) -> None:
    """Bytes that are no request end in a 4xx and a closed connection, and the sandbox lives on."""
    with socket.create_connection(sandbox.address, timeout=10) as sock:
        sock.sendall(data)
        raw = read_all(sock)
    assert raw.data == b"" or raw.head.startswith(b"HTTP/1.1 4")
    assert sandbox.call("GET", "/v1/jobs").status == 200
