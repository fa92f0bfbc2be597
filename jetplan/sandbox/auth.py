"""Who may do what: client credentials, bearer tokens that expire, and the two roles. Prints no secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote_plus

import msgspec

from jetplan.sandbox.http import RefusedError, Request, Response, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jetplan.sandbox.store import Store

Role = Literal["S2S_ADMIN", "JET_VIEW_ONLY"]
CHALLENGE = {"www-authenticate": "Bearer"}


@dataclass(frozen=True)
class Client:
    """Credentials that the sandbox accepts."""

    client_id: str
    secret: str = field(repr=False)
    role: Role = "S2S_ADMIN"


class Auth:
    """Issues tokens of `lifetime` seconds and checks them. Only their digests are kept, over restarts too."""

    def __init__(self, store: Store, clock: Callable[[], float], clients: tuple[Client, ...], lifetime: float) -> None:
        self._store = store
        self._clock = clock
        self._clients = clients
        self._lifetime = lifetime

    def token(self, request: Request) -> Response:
        """The answer to `POST /oauth/token`: credentials as JSON, as a form, or as HTTP Basic."""
        fields = _read_credentials(request)
        if fields.get("grant_type", "client_credentials") != "client_credentials":
            raise RefusedError(400, "grant_type must be client_credentials")
        for client in self._clients:
            same_id = _equal(client.client_id, fields.get("client_id", ""))
            if same_id and _equal(client.secret, fields.get("client_secret", "")):
                return answer(
                    {
                        "access_token": self.issue(client.role),
                        "expires_in": int(self._lifetime),
                        "token_type": "Bearer",
                    }
                )
        raise RefusedError(401, "the client credentials are not valid", {"www-authenticate": "Basic"})

    def issue(self, role: Role) -> str:
        token = secrets.token_urlsafe(48)
        now = self._clock()
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM tokens WHERE expires <= ?", (now,))
            connection.execute("INSERT INTO tokens VALUES (?, ?, ?)", (_digest(token), role, now + self._lifetime))
        return token

    def role(self, request: Request) -> Role:
        """The role behind a request's bearer token; raises a 401."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise RefusedError(401, "a bearer token is needed", CHALLENGE)
        row = self._store.row("SELECT role, expires FROM tokens WHERE digest = ?", (_digest(token.strip()),))
        if row is None or row["expires"] <= self._clock():
            raise RefusedError(401, "the token is not valid or has expired", CHALLENGE)
        found: Role = row["role"]
        return found


def _read_credentials(request: Request) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded" and not request.body.lstrip().startswith(b"{"):
        fields.update(parse_qsl(request.body.decode("utf-8", "replace")))
    elif request.body.strip():
        try:
            document = msgspec.json.decode(request.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise RefusedError(400, "the body is not valid JSON") from None
        if not isinstance(document, dict):
            raise RefusedError(400, "the body must be a JSON object")
        fields.update({key: value for key, value in document.items() if isinstance(value, str)})
    return fields | _read_basic(request.headers.get("authorization", ""))


def _read_basic(header: str) -> dict[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise RefusedError(400, "the Authorization header is not valid") from None
    # RFC 6749 says form-encoded, most clients send the plain text; a percent sign tells.
    if "%" in name + secret:
        name, secret = unquote_plus(name), unquote_plus(secret)
    return {"client_id": name, "client_secret": secret}


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
