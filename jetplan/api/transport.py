"""One request and its answer, sent through `requests`. Never tries again."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING

from requests import PreparedRequest, RequestException
from requests.structures import CaseInsensitiveDict

from jetplan.api.adapter import Budget, JetAdapter, JetSession
from jetplan.api.failures import FAILURES, AnswerFailed, ConnectFailed, Lost, unsent, why
from jetplan.api.inflate import inflated
from jetplan.api.trust import trust
from jetplan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from requests import Response
    from urllib3 import HTTPResponse

    from jetplan.api.origin import Origin, Proxy
    from jetplan.api.servertime import ServerTime

ORDINARY_CAP = 16 << 20
"""Bytes of an ordinary answer, unpacked, that are read at most."""

_PIECE = 1 << 18
_ALWAYS = {"User-Agent": f"jetplan/{__version__}", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Request:
    """What goes on the wire. `headers` hold the token and are never shown."""

    method: str
    target: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)


class Incoming:
    """An answer of which the head has been read, and whose body can be read once. `complete` once it was."""

    def __init__(self, response: HTTPResponse, budget: Budget) -> None:
        self._response = response
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.whole_head = budget.whole_head
        self.whole_request = budget.whole_request
        self.complete = False

    def pieces(self, cap: int) -> Iterator[bytes]:
        """The body, unpacked, piece by piece. Lost if it is cut, broken, or larger than `cap` bytes."""
        try:
            yield from inflated(self._raw(), self.headers.get("content-encoding", ""), cap)
        except FAILURES as error:
            raise Lost(f"no whole answer came: {why(error)}", self.status) from None
        self.complete = True

    def body(self, cap: int = ORDINARY_CAP) -> bytes:
        """The whole body, unpacked."""
        return b"".join(self.pieces(cap))

    def _raw(self) -> Iterator[bytes]:
        """The body as it came. A length that cannot be is refused: urllib3 would read to the connection's end."""
        response = self._response
        lengths = set(response.headers.getlist("content-length"))
        if lengths and not response.chunked and (len(lengths) > 1 or response.length_remaining is None):
            raise HTTPException
        yield from response.stream(_PIECE, decode_content=False)


class Transport:
    """Sends requests to one origin. Safe for threads."""

    def __init__(
        self,
        origin: Origin,
        proxy: Proxy | None,
        server_time: ServerTime,
        *,
        connections: int,
        connect_timeout: float,
        clock: Callable[[], float],
        ca_bundle: str | None,
    ) -> None:
        self._origin = origin
        self._proxy = proxy
        self._server_time = server_time
        self._connect_timeout = connect_timeout
        self._clock = clock
        self.adapter = JetAdapter(connections, trust(ca_bundle) if origin.secure else None, proxy)
        self._session = JetSession(self.adapter, proxy)

    @contextmanager
    def send(self, request: Request, seconds: float) -> Iterator[Incoming]:
        """Send once, and give the answer while its connection is held. Unsent or Lost if there is none.

        All of it, connecting and reading the body included, must be over within `seconds`.
        """
        budget = Budget(seconds, self._connect_timeout, self._clock)
        response = self._answer(request, budget)
        incoming = Incoming(response.raw, budget)
        try:
            self._server_time.learn(incoming.headers.get("date"))
            yield incoming
        finally:
            if not incoming.complete:
                response.raw.close()
            response.raw.release_conn()

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._session.close()

    def _answer(self, request: Request, budget: Budget) -> Response:
        """The answer with its head. A failure that is not known to be before the request counts as after it."""
        try:
            return self._session.send(self._prepared(request), stream=True, allow_redirects=False, timeout=budget)
        except ConnectFailed as failure:
            raise unsent(failure.cause, str(self._origin), through_proxy=self._proxy is not None) from None
        except (AnswerFailed, *FAILURES, RequestException) as failure:
            cause = failure.cause if isinstance(failure, AnswerFailed) else failure
            raise Lost(f"no answer came: {why(cause)}") from None

    def _prepared(self, request: Request) -> PreparedRequest:
        """The request as `requests` sends it. Everything in it was checked where it came from."""
        prepared = PreparedRequest()
        prepared.method = request.method
        prepared.url = f"{self._origin}{request.target}"
        prepared.body = request.body
        prepared.headers = CaseInsensitiveDict(_ALWAYS | request.headers)
        prepared.headers.setdefault("Accept-Encoding", "identity")
        if request.body is not None:
            prepared.headers["Content-Length"] = str(len(request.body))
        return prepared
