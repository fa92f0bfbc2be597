"""What can become of one request that writes, sent once. The transport decides which, the protocol acts on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcceptedAnswer:
    """A complete 2xx answer. `record_id` is the job's or the delivery's id; empty where the answer gave none.

    `note` says what was odd about an answer that accepts all the same.
    """

    record_id: str = ""
    status: int = 200
    note: str = ""


@dataclass(frozen=True, slots=True)
class RejectedAnswer:
    """A complete JSON answer with a status that means no (400, 401, 403, 404, 405, 413, 415, 422, 429).

    `message` is the server's own text, unescaped. `retry_after` in seconds, already clamped, where given.
    """

    status: int
    message: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class NotSentAnswer:
    """No byte of the request left: the name, the connection, TLS or the token call failed."""

    reason: str


@dataclass(frozen=True, slots=True)
class InDoubtAnswer:
    """Anything else: nobody can tell from here whether the server has accepted it."""

    reason: str
    status: int | None = None


Answer = AcceptedAnswer | RejectedAnswer | NotSentAnswer | InDoubtAnswer
