"""Beyond this machine a ledger's password goes to nobody whose certificate was not checked, unless the URL says so."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict

from jetplan.errors import JetplanError, UsageError
from jetplan.ledger import open_ledger
from jetplan.ledger.encryption import encryption

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = b"N"
"""What a server without TLS answers to the request for it."""


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGSSLMODE", "PGSSLROOTCERT", "PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server that refuses TLS, and all that it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    for answer in (REFUSED, b"R\0\0\0\x08\0\0\0\x03"):  # no TLS; then: the password in clear, please
                        heard.append(connection.recv(4096))
                        connection.sendall(answer)
                    heard.append(connection.recv(4096))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_a_server_that_refuses_tls_gets_no_password(
    listener: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`127.1` is no address of this machine that we know, so it is treated as any host in the network."""
    port, heard = listener
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    with pytest.raises(JetplanError):
        open_ledger(f"postgresql://jet@127.1:{port}/d", create=True)
    assert heard, "nobody was asked: else this shows nothing"
    assert b"hunter2" not in b"".join(heard)


def test_the_url_may_say_less(listener: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody wrote into the URL is done: the same server then gets the password."""
    port, heard = listener
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    with pytest.raises(JetplanError):
        open_ledger(f"postgresql://jet@127.1:{port}/d?sslmode=prefer", create=True)
    assert b"hunter2" in b"".join(heard)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db/d",
        "postgresql://localhost,db/d",
        "postgresql://127.0.0.1,10.0.0.1/d",
        "postgresql://localhost/d?host=db",
        "postgresql://localhost/d?hostaddr=10.0.0.1",
        "postgresql:///d?service=team",
    ],
)
def test_beyond_this_machine(url: str) -> None:
    """One host in the network is enough."""
    added = encryption(conninfo_to_dict(url))
    assert added["sslmode"] == "verify-full"
    assert added["sslrootcert"]


@pytest.mark.parametrize("url", ["postgresql:///d", "postgresql://[::1]/d", "postgresql:///d?host=/run/postgresql"])
def test_on_this_machine(url: str) -> None:
    """Sockets and loopback need no certificate."""
    assert encryption(conninfo_to_dict(url)) == {}


def test_the_environment_names_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """PGHOST counts where the URL names none, and PGSSLMODE is a word too."""
    monkeypatch.setenv("PGHOST", "db")
    assert encryption({})["sslmode"] == "verify-full"
    monkeypatch.setenv("PGSSLMODE", "require")
    assert encryption({}) == {}


@pytest.mark.parametrize("secret", ["p@hunter2", "p/hunter2", "hunter2@x/y", "1/hunter2"])
def test_an_unencoded_password_reaches_nobody(secret: str) -> None:
    """libpq would take a piece of it for the host or the port, and name that in its message."""
    with pytest.raises(UsageError) as caught:
        open_ledger(f"postgresql://jet:{secret}@127.0.0.1:1/d", create=True)
    assert "hunter2" not in f"{caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"
