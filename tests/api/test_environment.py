"""What the environment may and may not do to a call: proxies, .netrc, and URLs that would give secrets away."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import trustme

from jetplan.api.origin import Origin, Proxy, parse_origin, proxy_for
from jetplan.core.answers import AcceptedAnswer, NotSentAnswer
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rawserver import Asked, Clock, Connect, Serve, Wire

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes, and that it ended, also where it ended with a reset."""
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY", "https_proxy"])
def test_a_proxy_is_asked_for_a_tunnel_only(
    variable: str, serve: Serve, connect: Connect, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a proxy the API is reached by CONNECT: the proxy sees its own credentials and none of ours."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("jet.example").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    api = serve(wire.answer(b'{"deliveryId":"d"}'), context=context)

    def tunnel(sock: socket.socket, asked: Asked) -> bool:
        with socket.create_connection(("127.0.0.1", api.port)) as onward:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_relay, args=(onward, sock))
            back.start()
            _relay(sock, onward)
            back.join()
        return False

    proxy = serve(tunnel)
    monkeypatch.setenv(variable, f"http://user:pass%20word@127.0.0.1:{proxy.port}")
    client = connect("https://jet.example:8443", ca_bundle=str(tmp_path / "ca.pem"))
    assert client.deliver("j", b"{}") == AcceptedAnswer("d")
    client.close()
    assert {(asked.method, asked.target) for asked in proxy.asked} == {("CONNECT", "jet.example:8443")}
    assert {asked.headers["proxy-authorization"] for asked in proxy.asked} == {"Basic dXNlcjpwYXNzIHdvcmQ="}
    assert all("authorization" not in asked.headers for asked in proxy.asked)
    assert all("proxy-authorization" not in asked.headers for asked in api.asked + api.token_calls)
    assert api.asked[0].headers["host"] == "jet.example:8443"


def test_a_slow_tunnel_leaves_the_handshake_what_is_left(
    serve: Serve, connect: Connect, wire: Wire, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tunnel and the handshake through it share one connect timeout."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("jet.example").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    api = serve(wire.answer(b'{"deliveryId":"d"}'), context=context)

    def tunnel(sock: socket.socket, asked: Asked) -> bool:
        with socket.create_connection(("127.0.0.1", api.port)) as onward:
            clock.now += 10
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_relay, args=(onward, sock))
            back.start()
            _relay(sock, onward)
            back.join()
        return False

    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{serve(tunnel).port}")
    client = connect("https://jet.example", ca_bundle=str(tmp_path / "ca.pem"), clock=clock, connect_timeout=5.0)
    got = client.deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert "took too long" in got.reason
    assert api.token_calls == api.asked == []


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"HTTP/1.1 502 No\r\n\r\n", b"SSH-2.0\r\n", b""]
)
def test_a_refused_tunnel_is_not_sent(
    said: bytes, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the proxy does not open the tunnel, no byte of the request has left."""
    proxy = serve(lambda sock, asked: sock.sendall(said))
    monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
    got = connect("https://jet.example").deliver("j", b"{}")
    assert isinstance(got, NotSentAnswer)
    assert {asked.method for asked in proxy.asked} == {"CONNECT"}


def test_a_proxy_never_stands_before_this_machine(
    serve: Serve, connect: Connect, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says, this machine is spoken to directly."""
    proxy, server = serve(b"HTTP/1.1 200 OK\r\n\r\n"), serve(wire.answer(b'{"deliveryId":"d"}'))
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    assert connect(server.url).deliver("j", b"{}") == AcceptedAnswer("d")
    assert proxy.connections == 0
    assert proxy_for(Origin("https", "localhost", 443)) is None


def test_no_proxy_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY takes hosts out, by name or by domain."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "jet.example,.inside.example")
    assert proxy_for(Origin("https", "jet.example", 443)) is None
    assert proxy_for(Origin("https", "a.inside.example", 443)) is None
    proxy = proxy_for(Origin("https", "other.example", 443))
    assert proxy is not None
    assert (proxy.host, proxy.port) == ("proxy.example", 3128)


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://", "http://a b", "ht!tp:x"])
def test_a_proxy_of_another_kind_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot be used is said, instead of going around it."""
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(UsageError):
        proxy_for(Origin("https", "jet.example", 443))


def test_a_netrc_is_never_read(
    serve: Serve, connect: Connect, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .netrc that names the host changes no header."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login eve password spoon\ndefault login eve password spoon\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(wire.answer(b'{"deliveryId":"d"}'))
    assert connect(server.url).deliver("j", b"{}") == AcceptedAnswer("d")
    assert server.asked[0].headers["authorization"] == "Bearer token-1"
    assert "authorization" not in server.token_calls[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "http://jet.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://[::2]",
        "http://2130706433",
        "ftp://127.0.0.1",
        "jet.example",
        "https://",
        "https://jet.example?x=1",
        "https://jet.example#x",
        "https://jet.example/a b",
        "https://jet.example/\r\nX: y",
        "https://jet.example:99999",
        "https://jét.example",
        "https:\\\\jet.example",
        "",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    """Plain http beyond this machine, and what is no URL of a server, never gets as far as a connection."""
    with pytest.raises(UsageError):
        parse_origin(url)


@pytest.mark.parametrize("url", ["https://me:hunter2@jet.example", "http://hunter2@127.0.0.1", "https://:hunter2@x"])
def test_credentials_in_the_url_are_refused_unseen(url: str) -> None:
    """A URL with a password is refused by a message without it."""
    with pytest.raises(UsageError) as refused:
        parse_origin(url)
    assert "hunter2" not in refused.value.message + refused.value.hint


HTTPS = "Write it as https://host."


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_what_is_wrong_with_a_proxy(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable, and never repeats what it holds."""
    for url, message in (
        ("socks5://hunter2@h:1", f"{variable} names a proxy of the kind socks5://, which jetplan cannot use."),
        ("http://hunter2@", f"The proxy URL in {variable} is not a URL of a web server."),
        ("http://hunter 2", f"The proxy URL in {variable} holds characters that no URL has."),
    ):
        monkeypatch.setenv(variable, url)
        with pytest.raises(UsageError) as refused:
            proxy_for(Origin("https", "jet.example", 443))
        assert refused.value.message == message
        assert refused.value.hint.startswith(("Name the proxy as http://host:port; ", HTTPS))


def test_the_port_and_the_words_of_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """3128 where none is said; a password may be left out."""
    monkeypatch.setenv("HTTPS_PROXY", "http://us%65r@[::1]")
    proxy = proxy_for(Origin("https", "jet.example", 443))
    assert proxy == Proxy("::1", 3128, {"Proxy-Authorization": "Basic dXNlcjo="})
    assert proxy.url == "http://[::1]:3128"
    assert str(Origin("http", "::1", 80, "/v")) == "http://[::1]/v"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://jet.example/", Origin("https", "jet.example", 443)),
        ("https://JET.example:8443/v/", Origin("https", "jet.example", 8443, "/v")),
        ("http://127.0.0.1:8080", Origin("http", "127.0.0.1", 8080)),
        ("http://127.8.8.8", Origin("http", "127.8.8.8", 80)),
        ("http://[::1]:5", Origin("http", "::1", 5)),
        ("http://localhost:5", Origin("http", "localhost", 5)),
    ],
)
def test_urls_that_are_taken(url: str, origin: Origin) -> None:
    """https anywhere, http to this machine; a trailing slash means nothing."""
    assert parse_origin(url) == origin


def test_a_path_in_the_url_goes_before_every_call(serve: Serve, connect: Connect, wire: Wire) -> None:
    """An API behind a path is called below it, its token too."""
    server = serve(wire.answer(b'{"deliveryId":"d"}'))
    connect(server.url + "/jet/").deliver("j", b"{}")
    assert [asked.target for asked in server.token_calls + server.asked] == [
        "/jet/oauth/token",
        "/jet/v1/jobs/j/deliveries",
    ]


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        (
            "https://user@jet.example",
            "The API URL holds a user name or password.",
            "Take them out: credentials come from JETPLAN_CLIENT_ID and JETPLAN_CLIENT_SECRET only.",
        ),
        ("https://jet.example?", "The API URL has a query or a fragment.", "End it after the host and path."),
        ("https://jet.example#", "The API URL has a query or a fragment.", "End it after the host and path."),
        (
            "https://jet.example:0",
            "The URL's port must be between 1 and 65535.",
            "Correct the number after the last `:` of the host.",
        ),
        (
            "http://jet.example",
            "The API URL http://jet.example is not encrypted.",
            "Use https://. Plain http is allowed to this machine only (127.0.0.1, ::1, localhost).",
        ),
        ("jet.example", "The API URL is not a URL of a web server.", "Write it as https://host."),
        ("https://[jet", "The API URL is not a URL.", "Write it as https://host."),
    ],
)
def test_what_is_wrong_with_a_url_and_what_to_do(url: str, message: str, hint: str) -> None:
    """Each with its way out, and none repeats what may be a secret."""
    with pytest.raises(UsageError) as told:
        parse_origin(url)
    assert (told.value.message, told.value.hint) == (message, hint)
