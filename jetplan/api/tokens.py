"""Credentials and their token: kept in memory, renewed in time by one thread at once, never shown."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from jetplan.api.reading import UNREADABLE
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

CALL = "POST /oauth/token"
_LONGEST = 16_384
_UNTOLD_LIFETIME = 300.0
"""Seconds, where the answer does not say how long a token lives: short is safe."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What JETPLAN_CLIENT_ID and JETPLAN_CLIENT_SECRET hold."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the seconds it lives, counted from the moment before it was asked for."""

    secret: str = field(repr=False)
    lifetime: float

    @property
    def use_for(self) -> float:
        """Seconds it may be used: a minute less than it lives, or a tenth less where that is sooner over."""
        return self.lifetime - min(60.0, self.lifetime / 10)


class _Grant(msgspec.Struct):
    access_token: object = None
    expires_in: object = None


def read_token(body: bytes) -> Token:
    """The token in an answer. ApiError, which never repeats it, if it could not be put into a header."""
    try:
        grant = msgspec.json.decode(body, type=_Grant)
    except UNREADABLE:
        raise ApiError(f"{CALL}: the answer is not a JSON object") from None
    secret = grant.access_token
    if secret is None:
        raise ApiError(f"{CALL}: the answer has no `access_token`")
    if not isinstance(secret, str) or not _fits_a_header(secret):
        raise ApiError(f"{CALL}: `access_token` holds characters that a header cannot hold")
    return Token(secret, _seconds(grant.expires_in))


def _fits_a_header(secret: str) -> bool:
    return 0 < len(secret) <= _LONGEST and secret.isascii() and all("!" <= sign <= "~" for sign in secret)


def _seconds(lifetime: object) -> float:
    try:
        seconds = float(lifetime) if isinstance(lifetime, (int, float, str)) else math.nan
    except (ValueError, OverflowError):
        seconds = math.nan
    return _UNTOLD_LIFETIME if math.isnan(seconds) else max(seconds, 0.0)


class TokenKeeper:
    """Gives a token that is valid for some time yet. `fetch` gets a new one, for all threads that wait.

    A failure is raised in every thread that waited: wrong credentials are tried once.
    """

    def __init__(self, fetch: Callable[[], Token], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._use_until = -math.inf
        self._tries = 0
        self._failure: ApiError | None = None

    def current(self) -> Token:
        """A token. ApiError (AuthenticationError, Unreachable) as `fetch` raised it."""
        seen = self._tries
        if (token := self._token) is not None and self._clock() < self._use_until:
            return token
        with self._lock:
            if self._tries != seen:
                if self._failure is not None:
                    raise type(self._failure)(self._failure.message, hint=self._failure.hint)
                if self._token is not None:
                    return self._token
            return self._renew()

    def forget(self, token: Token) -> None:
        """Never hand out this token again: the server has refused it. A newer one stays."""
        with self._lock:
            if self._token is token:
                self._token = None

    def _renew(self) -> Token:
        asked_at = self._clock()
        self._token, self._failure = None, None
        try:
            token = self._fetch()
        except ApiError as failure:
            self._failure = failure
            raise
        finally:
            self._tries += 1
        self._token, self._use_until = token, asked_at + token.use_for
        return token
