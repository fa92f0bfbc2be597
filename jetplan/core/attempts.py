"""Attempts to do something once: their states, the transitions between them, and the data a ledger keeps.

A *subject* is what can be claimed: a job by name and route, or a delivery set on its route. An *attempt* is one
try to act on a subject: to create the job, or to submit one batch of the set's objects. Claims are decided by the
ledger; which transitions may happen is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.arrival import Arrival


class State(Enum):
    """Where one attempt stands. See `docs/exactly-once.md` for the drawing."""

    INTENDED = "intended"
    """Claimed, durably; nothing was sent."""
    SENDING = "sending"
    """Committed before the first byte of the request; it may have left."""
    NOT_SENT = "not_sent"
    """It provably never left: the name, the connection or TLS failed, or the run ended before. Claim released."""
    ACCEPTED = "accepted"
    """The server said yes."""
    REJECTED = "rejected"
    """The server said no, completely. Claim released."""
    IN_DOUBT = "in_doubt"
    """It may have been accepted. Holds the claim until evidence or a person decides."""
    EVIDENCED = "evidenced"
    """Was in doubt; files or transfers on the server show that it was accepted."""
    RESOLVED_ACCEPTED = "resolved_accepted"
    """Was in doubt; a person said that it was accepted."""
    RESOLVED_NOT_ACCEPTED = "resolved_not_accepted"
    """Was in doubt; a person said that it was not. Claim released."""
    DELIVERED = "delivered"
    """The server reports the delivery as completed."""
    FAILED = "failed"
    """The server reports the delivery as failed. It was sent: it is never sent again by itself."""
    ABANDONED = "abandoned"
    """A person put the delivery aside, although not all of it arrived. It is never sent again by itself."""


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.INTENDED: frozenset({State.SENDING, State.NOT_SENT}),
    State.SENDING: frozenset({State.ACCEPTED, State.REJECTED, State.NOT_SENT, State.IN_DOUBT}),
    # The run that sent it may have been declared dead and may still receive the answer. That answer is proof.
    State.IN_DOUBT: frozenset(
        {
            State.ACCEPTED,
            State.REJECTED,
            State.NOT_SENT,
            State.EVIDENCED,
            State.RESOLVED_ACCEPTED,
            State.RESOLVED_NOT_ACCEPTED,
        }
    ),
    State.ACCEPTED: frozenset({State.DELIVERED, State.FAILED, State.ABANDONED}),
    State.EVIDENCED: frozenset({State.DELIVERED, State.FAILED, State.ABANDONED}),
    State.RESOLVED_ACCEPTED: frozenset({State.DELIVERED, State.FAILED, State.ABANDONED}),
    State.NOT_SENT: frozenset(),
    State.REJECTED: frozenset(),
    State.RESOLVED_NOT_ACCEPTED: frozenset(),
    State.DELIVERED: frozenset(),
    # Jet may try again by itself: what is seen complete afterwards has arrived.
    State.FAILED: frozenset({State.DELIVERED, State.ABANDONED}),
    State.ABANDONED: frozenset(),
}

RELEASED = frozenset({State.NOT_SENT, State.REJECTED, State.RESOLVED_NOT_ACCEPTED})
"""States that hold no claim: the objects may be attempted again."""
UNFINISHED = frozenset({State.INTENDED, State.SENDING, State.IN_DOUBT})
"""States in which it is not yet known whether the server has it."""
SENT = frozenset(State) - RELEASED - UNFINISHED
"""States in which the server has it."""


class Kind(Enum):
    """What an attempt tries to do."""

    JOB = "job"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """What can be claimed, within one scope (API URL and account).

    kind JOB: `name` is the job's; kind DELIVERY: the delivery set's. Ids are storage profile ids.
    """

    kind: Kind
    name: str
    source_id: str
    destination_id: str


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run of `apply` (or of a command that writes), as the ledger remembers it.

    `host` tells machines and process namespaces apart and `process` tells processes on one apart (pid and start
    time); both empty where the platform cannot say.
    """

    run_id: str
    commit: str = ""
    ci_url: str = ""
    who: str = ""
    host: str = ""
    process: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """An attempt to be claimed. For jobs, `paths` is empty."""

    attempt_id: str
    batch: int = 1
    batches: int = 1
    revision: int = 1
    job_id: str = ""
    job_name: str = ""
    paths: Sequence[str] = ()
    sizes: Sequence[int] = ()
    overlap_allowed: bool = False
    retry_of: str = ""
    """The failed attempt whose failed files these are; empty where this is no retry."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as the ledger has it. Times are ISO 8601 UTC; `keys` is packed and sorted, only when asked for."""

    attempt_id: str
    subject: SubjectKey
    state: State
    run: RunInfo
    created_on: str
    changed_on: str
    batch: int = 1
    batches: int = 1
    revision: int = 1
    job_id: str = ""
    job_name: str = ""
    objects: int = 0
    known_bytes: int = 0
    unknown_sizes: int = 0
    delivery_id: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What is known of the last transition: reason, HTTP status, message, evidence, who and why."""
    baseline: Mapping[str, Any] | None = None
    """What the server showed for this job before sending; None when it was not looked at."""
    first_paths: Sequence[str] = ()
    """A few paths, for people."""
    keys: bytes | None = None
    live: bool = False
    """Whether the run that owns it still holds its lease (meaningful in INTENDED and SENDING)."""
    retry_of: str = ""
    """The failed attempt that this one retries; empty where it is none."""
    retries_before: int = 0
    """How many retries led to it, as far as that was asked for."""
    arrival: Arrival | None = None
    """What was seen to arrive; None where nobody looked, or nobody asked for it."""


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim of one subject for some attempts: all are granted or none. For the other fields see `Ledger.claim`."""

    subject: SubjectKey
    expected_version: int
    attempts: Sequence[NewAttempt]
    also: Sequence[SubjectKey] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim was granted and is durable; `version` is the subject's new one."""

    version: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The claim was refused: these live attempts already hold some of the objects (or the job)."""

    by: Sequence[Attempt]


ClaimResult = Claimed | Taken
