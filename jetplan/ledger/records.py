"""What a ledger answers with, beyond the attempts of `core.attempts`: frozen data, and the one error of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.attempts import Attempt, RunInfo, State
    from jetplan.core.observed import Relation


class CommitUnknown(JetplanError):
    """A commit whose outcome could not be learnt. What it was to allow must not be done: do not send."""


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """What the ledger holds of one subject.

    `version` counts its claims and releases. `complete_digest` is the digest of the whole set once all of it was
    sent, `sizes` that of the sizes then; both None until `record_complete_set`. `states` counts attempts, released
    ones included.
    """

    version: int = 0
    job_id: str = ""
    complete_digest: bytes | None = None
    sizes: bytes | None = None
    states: Mapping[State, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transitioned:
    """The answer to `mark`: true where the transition was made, and is durable.

    `state` is the attempt's state now, either way. `same_delivery` is an alarm: other attempts of the scope that have
    the delivery id already, which a healthy server never gives twice. Then IN_DOUBT is recorded and `done` is false.
    """

    done: bool
    state: State
    same_delivery: Sequence[str] = ()

    def __bool__(self) -> bool:
        return self.done


@dataclass(frozen=True, slots=True)
class Transition:
    """One entry of an attempt's history. `from_state` is None for the claim itself. `on` is ISO 8601 UTC."""

    attempt_id: str
    seq: int
    from_state: State | None
    to_state: State
    on: str
    run_id: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run and its lease. `finished_on` and `outcome` are empty while it has not said that it ended."""

    run: RunInfo
    started_on: str
    heartbeat_on: str
    heartbeats: int
    lease_seconds: float
    finished_on: str = ""
    outcome: str = ""


class Liveness(Enum):
    """Whether a run still holds its lease. A wrong verdict costs a question, never a second sending."""

    LIVE = "live"
    DEAD = "dead"
    SKEWED = "skewed"
    """Its heartbeat lies in the future: clocks differ. Treated as live; watch whether `heartbeats` still grows."""


@dataclass(slots=True)  # not frozen: there may be millions, and freezing triples the time of making them
class Hit:
    """One of the paths asked for (by its index) meets an object that a recorded attempt holds."""

    index: int
    relation: Relation
    attempt_id: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `check` found wrong. `what` is a plain sentence."""

    what: str
    attempt_id: str = ""


@dataclass(frozen=True, slots=True)
class ObjectEvent:
    """One time an object was, or may have been, sent. `size` in bytes as recorded, None where unknown."""

    attempt: Attempt
    relation: Relation
    size: int | None
    said: Mapping[str, Any] = field(default_factory=dict)
    """On whose word a retry was sent, where that was asked for."""
