"""How a request fails: before anything was sent, or after. A reason never repeats what the server said."""

from __future__ import annotations

import re
import ssl
from http.client import HTTPException, IncompleteRead
from socket import gaierror

import urllib3.exceptions as broken

from jetplan.api.inflate import BodyRefused

FAILURES = (OSError, HTTPException, broken.HTTPError, ValueError)
"""Everything that sockets, TLS, http.client and urllib3 raise when a request fails."""

_REFUSED_BY_PROXY = re.compile(r"Tunnel connection failed: (\d{3})")


class ConnectFailed(Exception):
    """No connection was made, so no byte of the request was sent. `cause` is the failure.

    It is no subclass of what urllib3 and requests catch: it passes through both unchanged.
    """

    def __init__(self, cause: BaseException) -> None:
        super().__init__(cause)
        self.cause = cause


class AnswerFailed(Exception):
    """The request may have arrived, and no answer came. `cause` is the failure. It also passes through unchanged."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(cause)
        self.cause = cause


class Unsent(Exception):
    """No byte of the request was sent. `lasting` where trying again cannot help; `hint` says what to check."""

    def __init__(self, reason: str, *, lasting: bool = False, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting
        self.hint = hint


class Lost(Exception):
    """The request may have arrived, and no complete answer came. `status` where a status line did."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def unsent(cause: BaseException, origin: str, *, through_proxy: bool) -> Unsent:
    """The failure to connect to `origin`, with the environment variable to check where there is one."""
    error = _root(cause)
    untrusted = isinstance(error, ssl.SSLCertVerificationError)
    hint = ""
    if untrusted:
        hint = "If your company's own authority signed it, name that authority's PEM file in REQUESTS_CA_BUNDLE."
    elif through_proxy:
        hint = "Check the proxy in HTTPS_PROXY or ALL_PROXY, its user and password too; NO_PROXY lists exceptions."
    return Unsent(f"{origin} could not be reached: {why(error)}", lasting=untrusted, hint=hint)


def _root(error: BaseException) -> BaseException:
    """The cause inside a failure that urllib3 has wrapped."""
    for inner in (error.__cause__, *error.args):
        if isinstance(inner, BaseException) and inner is not error:
            return _root(inner)
    return error


def why(error: BaseException) -> str:
    """A failure in plain words. Of what the other side sent, only a status is repeated."""
    match _root(error):
        case BodyRefused() as refused:
            return str(refused)
        case TimeoutError() | broken.TimeoutError():
            return "it took too long"
        case gaierror():
            return "its name is not known"
        case ssl.SSLCertVerificationError() as untrusted:
            return f"its certificate is not trusted ({untrusted.verify_message})"
        case ssl.SSLError():
            return "the encrypted connection failed"
        case ConnectionRefusedError():
            return "nothing listens there"
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return "the connection was cut"
        case IncompleteRead() | broken.IncompleteRead():
            return "the answer was cut short"
        case OSError() as failure if status := _REFUSED_BY_PROXY.match(str(failure)):
            return f"the proxy refused the connection ({status[1]})"
        case OSError() as failure:
            return failure.strerror or "the connection failed"
        case _:
            return "the answer was not proper HTTP"
