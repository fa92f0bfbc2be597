"""What provably never left: the name, the connection, TLS or the token failed, and the write's bytes stayed here."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from jetplan.core.answers import AcceptedAnswer, NotSentAnswer, RejectedAnswer
from jetplan.errors import AuthenticationError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rawserver import Asked, Connect, Serve, Wire


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def _context(authority: trustme.CA, name: str, **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **options).configure_cert(context)
    return context


def test_a_trusted_certificate_passes(
    serve: Serve, connect: Connect, wire: Wire, authority: trustme.CA, bundle: str
) -> None:
    """Over TLS with a certificate that is trusted, everything goes as without."""
    server = serve(wire.answer(b'{"deliveryId":"d"}'), context=_context(authority, "127.0.0.1"))
    client = connect(server.url, ca_bundle=bundle)
    assert [client.deliver("j", b"{}") for _ in range(3)] == [AcceptedAnswer("d")] * 3
    assert server.connections == 1


def test_ssl_cert_file_is_trusted(
    serve: Serve, connect: Connect, wire: Wire, authority: trustme.CA, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE names a bundle as it does for other tools."""
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    server = serve(wire.answer(b'{"deliveryId":"d"}'), context=_context(authority, "127.0.0.1"))
    assert connect(server.url).deliver("j", b"{}") == AcceptedAnswer("d")


@pytest.mark.parametrize("variable", ["PYTHONHTTPSVERIFY", "CURL_INSECURE", "NODE_TLS_REJECT_UNAUTHORIZED"])
def test_an_unknown_certificate_is_refused(
    variable: str, serve: Serve, connect: Connect, wire: Wire, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate nobody vouches for ends it before a byte, whatever the environment says."""
    monkeypatch.setenv(variable, "0")
    server = serve(wire.answer(b"{}"), context=_context(authority, "127.0.0.1"))
    got = connect(server.url).deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "certificate is not trusted" in got.reason
    assert server.asked == server.token_calls == []


def test_a_certificate_for_another_host_is_refused(
    serve: Serve, connect: Connect, wire: Wire, authority: trustme.CA, bundle: str
) -> None:
    """A trusted certificate of another name is no certificate."""
    server = serve(wire.answer(b"{}"), context=_context(authority, "other.example"))
    assert isinstance(connect(server.url, ca_bundle=bundle).deliver("j", b"{}"), NotSentAnswer)
    assert server.token_calls == []


def test_an_expired_certificate_is_refused(
    serve: Serve, connect: Connect, wire: Wire, authority: trustme.CA, bundle: str
) -> None:
    """A certificate of the past is refused, and the reason says so."""
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    context = _context(authority, "127.0.0.1", not_after=past, not_before=past - dt.timedelta(days=9))
    got = connect(serve(wire.answer(b"{}"), context=context).url, ca_bundle=bundle).deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "expired" in got.reason


def test_a_server_without_tls_is_refused(serve: Serve, connect: Connect, wire: Wire, bundle: str) -> None:
    """https to a server that speaks plainly ends in the handshake."""
    server = serve(wire.answer(b"{}"))
    got = connect(server.url.replace("http:", "https:"), ca_bundle=bundle).deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert server.asked == server.token_calls == []


def test_a_handshake_that_never_ends_is_given_up(connect: Connect, bundle: str) -> None:
    """A server that accepts and says nothing is given up within the connect timeout."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        got = connect(url, ca_bundle=bundle, connect_timeout=0.2).deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "took too long" in got.reason


def test_a_port_where_nothing_listens(connect: Connect) -> None:
    """A refused connection is not sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    got = connect(f"http://127.0.0.1:{port}").create_job(b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "nothing listens there" in got.reason


def test_a_name_that_cannot_be(connect: Connect) -> None:
    """A host whose name cannot be looked up is not sent."""
    got = connect(f"https://{'a' * 64}.example").create_job(b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "its name is not a valid host name" in got.reason


def test_a_write_that_cannot_connect_anew_is_not_sent(connect: Connect, wire: Wire) -> None:
    """With a token in hand and the server gone, the connection for the write fails: not sent."""

    def accept() -> None:
        sock, _ = listener.accept()
        with sock:
            sock.recv(65536)
            listener.close()
            sock.sendall(wire.answer(wire.token, "200 OK", "Connection: close"))

    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=accept)
    thread.start()
    got = connect(url).deliver("j", b"{}")
    thread.join()
    assert isinstance(got, NotSentAnswer)
    assert "nothing listens there" in got.reason


@pytest.mark.parametrize("status", ["500 X", "503 X", "429 X", "302 Found", "404 X"])
def test_no_token_no_write(status: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """Where no token is to be had, the write stays here."""
    sell = lambda sock, asked: sock.sendall(wire.answer(b"{}", status)) or True  # noqa: E731  # one line
    server = serve(wire.answer(b"{}"), tokens=sell)
    got = connect(server.url).deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "POST /oauth/token" in got.reason
    assert server.asked == []


@pytest.mark.parametrize("status", ["400 X", "401 X", "403 X"])
def test_refused_credentials_stop_the_write(status: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """Credentials that are refused raise, so that the run can stop, and nothing was sent."""
    sell = lambda sock, asked: sock.sendall(wire.answer(b'{"message":"the-secret"}', status)) or True  # noqa: E731
    server = serve(wire.answer(b"{}"), tokens=sell)
    with pytest.raises(AuthenticationError) as refused:
        connect(server.url).deliver("j", b"{}")
    assert "the-secret" not in refused.value.message + refused.value.hint
    assert server.asked == []
    assert len(server.token_calls) == 1


def test_a_missing_bundle_is_said(connect: Connect) -> None:
    """A CA bundle that cannot be read is a mistake of the configuration, said before anything is sent."""
    with pytest.raises(UsageError, match="cannot be read"):
        connect("https://127.0.0.1", ca_bundle="/nowhere/ca.pem")


def test_refused_over_tls_is_still_refused(
    serve: Serve, connect: Connect, wire: Wire, authority: trustme.CA, bundle: str
) -> None:
    """What the server says over TLS counts as elsewhere."""
    server = serve(wire.answer(b'{"message":"no"}', "404 X"), context=_context(authority, "127.0.0.1"))
    assert connect(server.url, ca_bundle=bundle).create_job(b"{}") == RejectedAnswer(404, "no")


def test_a_trickle_over_tls_meets_the_deadline(
    serve: Serve, connect: Connect, authority: trustme.CA, bundle: str
) -> None:
    """The one deadline holds inside TLS as well: an answer that trickles is given up."""
    import select

    from jetplan.core.answers import InDoubtAnswer

    def play(sock: socket.socket, asked: Asked) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
        while not select.select([sock], [], [], 0.05)[0]:
            sock.sendall(b" ")
        return False

    server = serve(play, context=_context(authority, "127.0.0.1"))
    got = connect(server.url, ca_bundle=bundle, total_timeout=0.5).deliver("j", b"{}")
    assert isinstance(got, InDoubtAnswer)
    assert "took too long" in got.reason
    assert len(server.asked) == 1


def test_plain_http_stays_on_this_machine(
    serve: Serve, connect: Connect, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that should mean this machine, and is looked up as another address, is not connected to."""
    server = serve(wire.answer(b'{"deliveryId":"d"}'))
    look_up = socket.getaddrinfo

    def misled(host: str, port: int, **options: Any) -> Any:
        if host != "localhost":
            return look_up(host, port, **options)
        if options["flags"] & socket.AI_NUMERICHOST:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("0.0.0.0", port))]

    monkeypatch.setattr(socket, "getaddrinfo", misled)
    got = connect(server.url.replace("127.0.0.1", "localhost")).deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "another machine" in got.reason
    assert server.connections == 0
