"""A company's network: certificates of its own, proxies that refuse, and which variable each error names."""

from __future__ import annotations

import ssl
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from jetplan.core.answers import AcceptedAnswer
from jetplan.errors import Unreachable, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rawserver import Connect, Serve, Wire

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*BUNDLES, "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def api(serve: Serve, wire: Wire, authority: trustme.CA) -> Any:
    """A server whose certificate only the company's authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return serve(wire.answer(b'{"deliveryId":"d"}'), context=context)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_of_the_environment_is_trusted(
    variable: str, api: Any, connect: Connect, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each variable that names a file of certificates adds them."""
    authority.cert_pem.write_to_path(str(tmp_path / "company.pem"))
    monkeypatch.setenv(variable, str(tmp_path / "company.pem"))
    assert connect(api.url).deliver("j", b"{}") == AcceptedAnswer("d")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"])
def test_a_folder_of_the_environment_is_trusted(
    variable: str, api: Any, connect: Connect, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each variable that names a folder of certificates, hashed as OpenSSL wants it, adds them."""
    authority.cert_pem.write_to_path(str(tmp_path / "company.pem"))
    subprocess.run(["openssl", "rehash", tmp_path], check=True)
    monkeypatch.setenv(variable, str(tmp_path))
    assert connect(api.url).deliver("j", b"{}") == AcceptedAnswer("d")


@pytest.mark.parametrize("variable", BUNDLES)
@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_path_that_cannot_be_read_names_its_variable(
    variable: str, content: bytes | None, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing, empty or wrong file is said before anything is sent, with the variable and the path."""
    path = tmp_path / "company.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(UsageError) as wrong:
        connect("https://127.0.0.1")
    assert f"{variable} names {path}" in wrong.value.message
    assert variable in wrong.value.hint


@pytest.mark.parametrize("variable", BUNDLES)
def test_an_empty_variable_is_unset(variable: str, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable names no file."""
    monkeypatch.setenv(variable, "")
    connect("https://127.0.0.1").close()


def test_an_untrusted_certificate_names_the_variable(api: Any, connect: Connect) -> None:
    """The error says which variable names the company's certificates; it is not tried again."""
    with pytest.raises(Unreachable, match="certificate is not trusted") as untrusted:
        connect(api.url).list_jobs()
    assert "REQUESTS_CA_BUNDLE" in untrusted.value.hint
    assert api.connections == 1


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
def test_a_refusing_proxy_names_the_variable(
    status: str, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says the proxy's status, which variable names the proxy, and nothing of its password."""
    proxy = serve(lambda sock, asked: sock.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode()))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{proxy.port}")
    with pytest.raises(Unreachable, match=f"the proxy refused the connection .{status[:3]}") as refused:
        connect("https://jet.example").list_jobs()
    assert "HTTPS_PROXY" in refused.value.hint
    assert "hunter2" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["socks4", "socks5", "socks5h", "https"])
def test_a_proxy_of_another_kind_is_named(
    variable: str, scheme: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SOCKS or https proxy is refused with its kind and the variable, and without its password."""
    monkeypatch.setenv(variable, f"{scheme}://user:hunter2@127.0.0.1:1")
    with pytest.raises(UsageError, match=f"{variable} .* {scheme}://") as refused:
        connect("https://jet.example")
    assert "hunter2" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("password", ["pass word", "€uro", "a:b@c"])
def test_a_proxys_password_may_be_any_text(
    password: str, serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy's user and password are sent as UTF-8."""
    from base64 import b64decode
    from urllib.parse import quote

    proxy = serve(lambda sock, asked: sock.sendall(b"HTTP/1.1 403 No\r\n\r\n"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{quote(password, safe='')}@127.0.0.1:{proxy.port}")
    connect("https://jet.example").deliver("j", b"{}")
    sent = proxy.asked[0].headers["proxy-authorization"].removeprefix("Basic ")
    assert b64decode(sent).decode() == f"user:{password}"
