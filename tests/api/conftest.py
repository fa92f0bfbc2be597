"""Servers that play a script, and clients of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rawserver import Clock, RawServer, Wire, saying

from jetplan.api.client import JetClient
from jetplan.api.tokens import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rawserver import Connect, Play, Serve


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that plays a script; bytes are sent as they are, and the connection kept."""
    servers: list[RawServer] = []

    def start(play: Play | bytes, **options: Any) -> RawServer:
        servers.append(RawServer(saying(play) if isinstance(play, bytes) else play, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A client of a server, closed after the test; retries of reads do not wait."""
    clients: list[JetClient] = []

    def make(url: str, **options: Any) -> JetClient:
        options.setdefault("sleep", lambda seconds: None)
        clients.append(JetClient(url, Credentials("the-id", "the-secret"), **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wire() -> Wire:
    return Wire()
