"""The `requests` session for Jet: an adapter whose connections keep one deadline and tell in which phase they failed.

Below it nothing tries again, follows a redirect, or reads .netrc, cookies or proxies from the environment. A server
may close an idle connection at any moment, and a request written onto it would be lost. So a connection that was
idle for long, or that has anything to read, is not used again.
"""

from __future__ import annotations

import math
from threading import local
from typing import TYPE_CHECKING, Any, cast

from requests import PreparedRequest, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

from jetplan.api.failures import FAILURES, AnswerFailed, ConnectFailed
from jetplan.api.sockets import TimedSocket, TimedTLSSocket, dial

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from socket import socket

    from urllib3._base_connection import BaseHTTPConnection
    from urllib3.poolmanager import ProxyManager
    from urllib3.response import BaseHTTPResponse, HTTPResponse

    from jetplan.api.origin import Proxy

    Clock = Callable[[], float]

MAX_IDLE = 5.0
"""Seconds a connection may be idle and still be used: servers keep theirs for longer."""


class Budget(Timeout):
    """The time that one request has for all it does, and what its connection saw. Used for one request only.

    It starts when a connection of the pool is free. `whole_head`: the answer's head did not end with the connection.
    `whole_request`: the server read the request to its end, as far as is known.
    """

    def __init__(self, seconds: float, connect_seconds: float, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.ends_at = math.inf
        self.whole_head = True
        self.whole_request = True
        self._seconds = seconds
        self._connect_seconds = connect_seconds

    def clone(self) -> Budget:
        """Itself. urllib3 copies a timeout for each request, and this one belongs to one request already."""
        return self

    def start_connect(self) -> float:
        """Do nothing: the time is already running."""
        return self.clock()

    @property
    def connect_timeout(self) -> float:
        """Seconds left for connecting. The first call starts the time."""
        if self.ends_at == math.inf:
            self.ends_at = self.clock() + self._seconds
        return min(self._left(), self._connect_seconds)

    @property
    def read_timeout(self) -> float:
        """Seconds left for everything."""
        return max(self._left(), 0.0)

    def _left(self) -> float:
        return self.ends_at - self.clock()


class _TimedConnection(HTTPConnection):
    """A connection that raises ConnectFailed before a byte of the request is sent, AnswerFailed after."""

    auto_open = 0  # never connects by itself in the middle of a request
    budget: Budget
    idle_since = 0.0

    @property
    def is_connected(self) -> bool:
        """Whether it can be used again: not idle for long, not closed, nothing to read."""
        return self.budget.clock() - self.idle_since < MAX_IDLE and super().is_connected

    def connect(self) -> None:
        """Connect before the connect timeout, or raise ConnectFailed."""
        try:
            super().connect()
        except FAILURES as error:
            raise ConnectFailed(error) from None

    def request(self, *args: Any, **options: Any) -> None:
        """Send the request before the deadline. A server that stops reading may have answered all the same."""
        if self.sock is None:
            self.connect()
        self._socket().clock, self._socket().ends_at = self.budget.clock, self.budget.ends_at
        try:
            super().request(*args, **options)
        except (BrokenPipeError, ConnectionResetError):
            self.budget.whole_request = False
        except FAILURES as error:
            raise AnswerFailed(error) from None

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3: its response, not http.client's
        """Read the head of the answer before the deadline."""
        sock = self._socket()
        try:
            response = super().getresponse()
        except FAILURES as error:
            raise AnswerFailed(error) from None
        self.budget.whole_head = not sock.ended
        return response

    def _new_conn(self) -> socket:
        clock = self.budget.clock
        ends_at = clock() + cast("float", self.timeout)
        return dial(self.host, self.port or self.default_port, ends_at, clock, loopback_only=self._loopback_only())

    def _loopback_only(self) -> bool:
        return True

    def _socket(self) -> TimedSocket | TimedTLSSocket:
        return cast("TimedSocket | TimedTLSSocket", self.sock)


class _PlainConnection(_TimedConnection):
    """A connection without encryption, to this machine only."""


class _SecureConnection(_TimedConnection, HTTPSConnection):
    """A connection with TLS, its certificate checked; through a proxy's tunnel where there is one."""

    def _loopback_only(self) -> bool:
        return False

    def _tunnel(self) -> None:
        super()._tunnel()  # of http.client
        self._socket().arm()  # the handshake gets what the tunnel has left over


class _TimedPool(HTTPConnectionPool):
    """Hands the budget of a request to its connection. A request that finds no free connection waits for one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._thread = local()

    def urlopen(self, method: str, url: str, *args: Any, **options: Any) -> BaseHTTPResponse:
        """Send once, within the budget, which is passed in place of urllib3's timeout."""
        self._thread.budget = options["timeout"]
        return super().urlopen(method, url, *args, **options)

    def _get_conn(self, timeout: float | None = None) -> BaseHTTPConnection:
        connection = super()._get_conn(timeout)
        cast("_TimedConnection", connection).budget = self._thread.budget
        return connection

    def _put_conn(self, conn: BaseHTTPConnection | None) -> None:
        if conn is not None:
            connection = cast("_TimedConnection", conn)
            connection.idle_since = connection.budget.clock()
        super()._put_conn(conn)


class _PlainPool(_TimedPool):
    ConnectionCls = _PlainConnection


class _SecurePool(_TimedPool, HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS: dict[str, type] = {"http": _PlainPool, "https": _SecurePool}


class JetAdapter(HTTPAdapter):
    """Connections to one API: at most `size` at once. Safe for threads."""

    def __init__(self, size: int, context: ssl.SSLContext | None, proxy: Proxy | None) -> None:
        self._context = context
        self._proxy = proxy
        super().__init__(pool_connections=1, pool_maxsize=size, max_retries=0, pool_block=True)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Make the pools of our own connections."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """The pools of our own connections behind a proxy."""
        manager: ProxyManager = super().proxy_manager_for(proxy, ssl_context=self._context, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:  # noqa: ARG002  # there is one proxy
        """The proxy's own credentials, in UTF-8 (requests knows latin-1 only)."""
        return self._proxy.headers if self._proxy else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do nothing: the TLS context verifies, always."""

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where the request goes. No request has TLS settings of its own."""
        where, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return where, {}


class JetSession(Session):
    """A session that takes nothing from the environment and follows no redirect. Safe for threads."""

    def __init__(self, adapter: JetAdapter, proxy: Proxy | None) -> None:
        super().__init__()
        self.trust_env = False
        self.adapters.clear()
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        if proxy:
            self.proxies = {"https": proxy.url}
            adapter.proxy_manager_for(proxy.url)  # made once, before threads ask for it

    def get_redirect_target(self, resp: Any) -> None:
        """None. Otherwise requests reads and unpacks the whole body of a redirect, even if it does not follow it."""
