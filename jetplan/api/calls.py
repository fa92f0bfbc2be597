"""Calls with an account's token: reads are retried, writes are sent once. Knows only the token call itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jetplan.api.bodies import token_body
from jetplan.api.failures import Lost, Unsent
from jetplan.api.reading import NotJson
from jetplan.api.refusals import CallRefused, RoleRefused
from jetplan.api.retries import Tries, is_passing, wait_asked_for
from jetplan.api.tokens import CALL, Credentials, Token, TokenKeeper, read_token
from jetplan.api.transport import ORDINARY_CAP, Incoming, Request, Transport
from jetplan.api.verdicts import Answered, message_of
from jetplan.core.answers import Answer, InDoubtAnswer, NotSentAnswer, RejectedAnswer
from jetplan.errors import ApiError, AuthenticationError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

_JSON = {"Content-Type": "application/json"}


class Caller:
    """Makes calls. Safe for threads."""

    def __init__(
        self, transport: Transport, credentials: Credentials, seconds: float, tries: Callable[[], Tries]
    ) -> None:
        self._transport = transport
        self._credentials = credentials
        self._seconds = seconds
        self._tries = tries
        self._tokens = TokenKeeper(self._fetch_token, tries().clock)

    def read(
        self,
        call: str,
        target: str,
        consume: Callable[[Incoming], R],
        *,
        search: bytes | None = None,
        seconds: float | None = None,
        packed: bool = False,
    ) -> R:
        """GET, again and again within bounds. Unreachable, AuthenticationError, RoleRefused, CallRefused, ApiError.

        `consume` reads the body of a 200 while it arrives; what it raises of Lost and NotJson is tried again. `search`
        is the body of a search: these are posted, and change nothing.
        """
        method, headers = ("GET", {}) if search is None else ("POST", _JSON)
        headers = headers | ({"Accept-Encoding": "gzip"} if packed else {})
        renewed = False

        def once(left: float) -> R:
            nonlocal renewed
            while True:
                token = self._tokens.current()
                request = Request(method, target, search, headers | _bearing(token))
                with self._transport.send(request, min(left, seconds or self._seconds)) as incoming:
                    if 200 <= incoming.status < 300:
                        return consume(incoming)
                    body = incoming.body()
                    if incoming.status != 401:
                        raise self._refusal(call, incoming, body, token)
                self._tokens.forget(token)
                if renewed:
                    raise AuthenticationError(
                        f"{call} answered 401 to a new token.", hint="Are the credentials those of this API?"
                    )
                renewed = True

        return self._persist(call, once)

    def write(self, request: Request, verdict: Callable[[Answered], Answer]) -> Answer:
        """Send once. AuthenticationError if the credentials are refused: then nothing was sent."""
        try:
            token = self._tokens.current()
        except AuthenticationError:
            raise
        except ApiError as failure:
            return NotSentAnswer(failure.message)
        sent = Request(request.method, request.target, request.body, _JSON | _bearing(token))
        cap = max(ORDINARY_CAP, 8 * len(request.body or b""))
        try:
            with self._transport.send(sent, self._seconds) as incoming:
                answered = Answered(
                    incoming.status,
                    incoming.headers,
                    incoming.body(cap),
                    incoming.whole_head,
                    incoming.whole_request,
                )
        except Unsent as failure:
            return NotSentAnswer(failure.reason)
        except Lost as failure:
            return InDoubtAnswer(failure.reason, failure.status)
        answer = verdict(answered)
        if isinstance(answer, RejectedAnswer):
            if answer.status == 401:
                self._tokens.forget(token)
            return RejectedAnswer(answer.status, self._hide(answer.message, token), answer.retry_after)
        return answer

    def _persist(self, call: str, once: Callable[[float], R]) -> R:
        """Try until it works, within bounds."""
        tries = self._tries()
        while True:
            left, asked, hint = tries.start(), None, ""
            try:
                return once(left)
            except _Passing as failure:
                reason, asked = f"it answered {failure.status}", failure.asked
            except Lost as failure:
                reason = failure.reason
            except Unsent as failure:
                reason, hint = failure.reason, failure.hint
                if failure.lasting:
                    raise Unreachable(f"{call}: {reason}", hint=failure.hint or "Is JETPLAN_API_URL right?") from None
            except NotJson:
                reason = "the answer is not JSON"
            if not tries.again(asked):
                raise Unreachable(f"{call}: no usable answer after {tries.made} tries: {reason}", hint=hint) from None

    def _refusal(self, call: str, incoming: Incoming, body: bytes, token: Token) -> Exception:
        status = incoming.status
        if is_passing(status):
            return _Passing(status, wait_asked_for(incoming.headers.get("retry-after"), incoming.headers.get("date")))
        if 300 <= status < 400:
            return CallRefused(
                f"{call} answered {status}, a redirect, which is not followed.",
                status,
                hint="Is JETPLAN_API_URL right?",
            )
        said = self._hide(message_of(body), token)
        told = f"{call} answered {status}" + (f": {said}" if said else "")
        if status == 403:
            return RoleRefused(told, hint="The role of these credentials may not make this call.")
        return CallRefused(told, status)

    def _hide(self, message: str, token: Token) -> str:
        """A server's message with our secrets hidden, in case it repeats them."""
        credentials = self._credentials
        for secret in (token.secret, credentials.client_secret):
            if (
                secret and secret != credentials.client_id
            ):  # in the sandbox both may be the same word, which is no secret
                message = message.replace(secret, "[hidden]")
        return message

    def _fetch_token(self) -> Token:
        """Fetch a token. The call changes nothing, so it may be retried."""
        credentials = self._credentials
        request = Request("POST", "/oauth/token", token_body(credentials.client_id, credentials.client_secret), _JSON)

        def once(left: float) -> Token:
            with self._transport.send(request, min(left, self._seconds)) as incoming:
                status = incoming.status
                if is_passing(status):
                    headers = incoming.headers
                    raise _Passing(status, wait_asked_for(headers.get("retry-after"), headers.get("date")))
                body = incoming.body()
            if status in {400, 401, 403}:
                raise AuthenticationError(
                    f"{CALL} answered {status}: the credentials were refused.",
                    hint="Check JETPLAN_CLIENT_ID and JETPLAN_CLIENT_SECRET, and that they belong to this API.",
                )
            if not 200 <= status < 300:
                raise CallRefused(f"{CALL} answered {status}.", status, hint="Is JETPLAN_API_URL right?")
            return read_token(body)

        return self._persist(CALL, once)


class _Passing(Exception):
    """A temporary failure: the same call may succeed next time."""

    def __init__(self, status: int, asked: float | None) -> None:
        super().__init__(status)
        self.status = status
        self.asked = asked


def _bearing(token: Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.secret}"}
