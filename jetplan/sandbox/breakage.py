"""Carries faults out: edits of answers, and what is done to a socket instead of answering well."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from jetplan.sandbox.http import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jetplan.sandbox.faults import Fault

HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
MIB = 1 << 20
PHRASES = {int(status): status.phrase for status in HTTPStatus}


def edit(response: Response, fault: Fault, earlier_delivery: Callable[[], str | None]) -> Response:
    """The answer with one key of its JSON object changed."""
    match fault.kind:
        case "set":
            key, _, value = (fault.value or "").partition(":")
            return _rewrite(response, {unquote(key): unquote(value)})
        case "without":
            return _rewrite(response, {}, fault.value)
        case "same-delivery-id":
            earlier = earlier_delivery()
            return _rewrite(response, {"deliveryId": earlier}) if earlier else response
    return response


def _rewrite(response: Response, changes: Mapping[str, Any], without: str | None = None) -> Response:
    try:
        document = msgspec.json.decode(whole(response))
    except msgspec.DecodeError:
        return response
    if not isinstance(document, dict):
        return response
    document = {key: value for key, value in {**document, **changes}.items() if key != without}
    return replace(response, body=msgspec.json.encode(document))


def stand_in(fault: Fault) -> Response:
    """The answer that a `status` fault gives in place of the true one."""
    status = int(fault.number(503))
    headers = {"content-type": "application/json"}
    headers |= {name: fault.options[name] for name in ("retry-after", "location") if name in fault.options}
    reason = PHRASES.get(status, "fault")
    body = b"" if status in (204, 304) else msgspec.json.encode({"message": f"{reason} (a fault of the sandbox)"})
    return Response(status, body, headers)


def whole(response: Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b"".join(response.body)


def spoil(sock: socket.socket, response: Response, fault: Fault, date: str, ending: Callable[[], bool]) -> None:
    """Send `response` as `fault` says. The connection cannot be used afterwards."""
    if fault.kind in ("cut-before-commit", "cut-after-commit"):
        return
    if fault.kind in ("reset-before-commit", "reset-after-commit"):
        reset(sock)
    elif fault.kind in ("drop", "drop-after-commit"):
        _wait_for_client(sock, ending)
    elif fault.kind == "continue-flood":
        _flood(sock, fault.number(3600), ending)
        sock.sendall(_serialize(response, whole(response), date))
    elif fault.kind == "trickle":
        _trickle(sock, _serialize(response, whole(response), date), fault.number(100) / 1000, ending)
    else:
        for piece in _pieces(response, fault, date):
            sock.sendall(piece)
        if fault.kind == "reset-body":
            reset(sock)


def _pieces(response: Response, fault: Fault, date: str) -> Iterator[bytes]:
    body = whole(response)
    encoded = replace(response, headers={**response.headers, "content-encoding": "gzip"})
    match fault.kind:
        case "cut-status-line":
            yield b"HTTP/1.1 200 OK\r\n"
        case "empty-200":
            yield b"HTTP/1.1 200 OK\r\n\r\n"
        case "html-200":
            yield _serialize(Response(200, headers={"content-type": "text/html"}), HTML, date)
        case "broken-json":
            yield _serialize(response, body[: len(body) // 2], date)
        case "short-body" | "reset-body":
            yield _serialize(response, body, date, send=len(body) // 2)
        case "gzip":
            yield _serialize(encoded, gzip.compress(body), date)
        case "gzip-bomb":
            # Members of spaces, then the true answer: small on the wire, valid JSON once it is blown up.
            spaces, count = gzip.compress(b" " * MIB), int(fault.number(1024))
            tail = gzip.compress(body)
            yield _head(encoded, len(spaces) * count + len(tail), date)
            for _ in range(count):
                yield spaces
            yield tail
        case _:
            raise AssertionError(fault.kind)


def _serialize(response: Response, body: bytes, date: str, send: int | None = None) -> bytes:
    return _head(response, len(body), date) + body[:send]


def _head(response: Response, length: int, date: str) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {PHRASES.get(response.status, '')}", f"date: {date}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines += [f"content-length: {length}", "connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def reset(sock: socket.socket) -> None:
    """Make the close of this socket an RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _wait_for_client(sock: socket.socket, ending: Callable[[], bool]) -> None:
    sock.settimeout(0.5)
    while not ending():
        try:
            if not sock.recv(1 << 16):
                return
        except TimeoutError:
            continue


def _flood(sock: socket.socket, seconds: float, ending: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not ending():
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.001)


def _trickle(sock: socket.socket, data: bytes, pause: float, ending: Callable[[], bool]) -> None:
    for position in range(len(data)):
        if ending():
            return
        sock.sendall(data[position : position + 1])
        time.sleep(pause)
