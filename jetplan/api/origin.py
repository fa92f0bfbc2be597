"""Where the API lives, and whether a proxy stands before it. Refuses what could give credentials away."""

from __future__ import annotations

import ipaddress
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of the API, and a path that every call begins with (empty, or `/…`)."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def secure(self) -> bool:
        """Whether the connection is encrypted and the server's certificate checked."""
        return self.scheme == "https"

    @property
    def loopback(self) -> bool:
        """Whether the host is this very machine."""
        return is_loopback(self.host)

    @property
    def authority(self) -> str:
        """What the Host header says: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.prefix}"


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that is asked for a tunnel. `headers` may hold its own credentials, never the API's."""

    host: str
    port: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """The proxy's URL, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a host, as written in a URL, can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_origin(url: str) -> Origin:
    """The origin of an API URL. UsageError for plain http beyond loopback, credentials, queries and nonsense."""
    parts = _split(url, "The API URL")
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "The API URL holds a user name or password.",
            hint="Take them out: credentials come from JETPLAN_CLIENT_ID and JETPLAN_CLIENT_SECRET only.",
        )
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise UsageError("The API URL has a query or a fragment.", hint="End it after the host and path.")
    origin = Origin(parts.scheme, parts.hostname or "", _port(parts) or _PORTS[parts.scheme], parts.path.rstrip("/"))
    if not origin.secure and not origin.loopback:
        raise UsageError(
            f"The API URL {origin} is not encrypted.",
            hint="Use https://. Plain http is allowed to this machine only (127.0.0.1, ::1, localhost).",
        )
    return origin


def proxy_for(origin: Origin) -> Proxy | None:
    """The proxy that the environment (HTTPS_PROXY, ALL_PROXY, NO_PROXY) wants for an origin, if any.

    Only an encrypted origin is reached through a proxy, by CONNECT, so that the proxy never sees a header;
    this machine never is.
    """
    if not origin.secure or origin.loopback:
        return None
    from urllib import request  # noqa: PLC0415 - heavy, and only proxies need it

    proxies = request.getproxies_environment()
    variable = "HTTPS_PROXY" if proxies.get("https") else "ALL_PROXY"
    url = proxies.get("https") or proxies.get("all")
    bypassed = request.proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed knows it on macOS only
    if not url or bypassed(origin.host, proxies):
        return None
    parts = _split(url if "://" in url else f"http://{url}", f"The proxy URL in {variable}", known=frozenset())
    if parts.scheme != "http":
        raise UsageError(
            f"{variable} names a proxy of the kind {parts.scheme}://, which jetplan cannot use.",
            hint="Name the proxy as http://host:port; the connection through it is encrypted all the same.",
        )
    return Proxy(parts.hostname or "", _port(parts) or 3128, _proxy_headers(parts))


def _proxy_headers(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": "Basic " + b64encode(pair.encode()).decode()}


def _split(url: str, what: str, known: Collection[str] = _PORTS) -> SplitResult:
    """The parts of a URL with a scheme (one of `known`, any if empty) and a host.

    Messages never repeat the URL: it may hold a password.
    """
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise UsageError(f"{what} holds characters that no URL has.", hint="Write it as https://host.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError(f"{what} is not a URL.", hint="Write it as https://host.") from None
    if (known and parts.scheme not in known) or not parts.hostname:
        raise UsageError(f"{what} is not a URL of a web server.", hint="Write it as https://host.")
    return parts


def _port(parts: SplitResult) -> int | None:
    port: int | None = 0
    with suppress(ValueError):
        port = parts.port
    if port == 0:
        hint = "Correct the number after the last `:` of the host."
        raise UsageError("The URL's port must be between 1 and 65535.", hint=hint)
    return port
