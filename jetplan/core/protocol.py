"""How one thing is done once: claim, commit, send, record. Pure: it yields effects, a driver carries them out.

Each function is a generator: it yields an effect and is sent that effect's result. `apply` drives it with a real
ledger and a real client, the simulation with a scheduler of its own; there is no other code that decides to send.
An effect that raises is raised here; whatever happens, nothing is sent unless SENDING was confirmed as committed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, assert_never

from jetplan.core.answers import AcceptedAnswer, Answer, InDoubtAnswer, NotSentAnswer, RejectedAnswer
from jetplan.core.attempts import ClaimResult, NewAttempt, State, Taken

if TYPE_CHECKING:
    from jetplan.core.unaccounted import Unaccounted


@dataclass(frozen=True, slots=True)
class Claim:
    """Claim the subject for one attempt, durably. Answered with a ClaimResult."""

    attempt: NewAttempt


@dataclass(frozen=True, slots=True)
class Look:
    """Look at what the server shows for the job before sending. Answered with a Looked."""

    attempt: NewAttempt


@dataclass(frozen=True, slots=True)
class Looked:
    """What the server shows for a job.

    `baseline` is kept to know later what was there before; None where the server cannot tell. `unknown`: objects of the
    attempt that it shows and that no recorded attempt accounts for; empty where a person has answered for them. `word`:
    what that person said.
    """

    baseline: Mapping[str, Any] | None
    unknown: Sequence[Unaccounted] = ()
    word: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Move an attempt to a state, durably. Answered with a Recorded, which is true where the attempt is there now."""

    attempt_id: str
    to: State
    detail: Mapping[str, Any] = field(default_factory=dict)
    job_id: str = ""
    delivery_id: str = ""
    baseline: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a Record: whether the attempt is where it was to be, and the state it is in now."""

    there: bool
    state: State

    def __bool__(self) -> bool:
        return self.there


@dataclass(frozen=True, slots=True)
class Send:
    """Send the request once. Answered with an Answer."""

    attempt: NewAttempt


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait so many seconds. Answered with False when the run is being stopped."""

    seconds: float


Effect = Claim | Look | Record | Send | Wait


@dataclass(frozen=True, slots=True)
class AcceptedEnd:
    """Accepted and recorded (or accepted, and recorded by somebody else)."""

    attempt_id: str
    record_id: str


@dataclass(frozen=True, slots=True)
class RejectedEnd:
    """The server said no; recorded and released."""

    attempt_id: str
    status: int
    message: str


@dataclass(frozen=True, slots=True)
class NotSentEnd:
    """Nothing left; released."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class InDoubtEnd:
    """It may have been accepted. The attempt holds the claim until evidence or a person decides."""

    attempt_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class WithheldEnd:
    """Nothing left, because the server shows objects of it that nothing recorded accounts for; released."""

    attempt_id: str
    unknown: Sequence[Unaccounted]


@dataclass(frozen=True, slots=True)
class HeldEnd:
    """Another attempt holds the claim, or took this one over before anything was sent."""

    taken: Taken
    reason: str


End = AcceptedEnd | RejectedEnd | NotSentEnd | InDoubtEnd | WithheldEnd | HeldEnd


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and how long apart, something that provably did not happen is attempted anew."""

    attempts: int = 8
    first_delay: float = 0.5
    longest_delay: float = 30.0

    def delay(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after the given attempt (from 1). What the server asked for counts, within bounds."""
        own = min(self.longest_delay, self.first_delay * float(2 ** (attempt - 1)))
        return own if asked is None else min(max(asked, own), self.longest_delay * 2)


NewId = Callable[[], str]
MOST_TRANSFERS = 10_000
"""Transfers that the ledger keeps of one batch that was withheld."""


def send_once(
    attempt: NewAttempt, new_id: NewId, patience: Patience, *, claimed: bool = False
) -> Generator[Effect, Any, End]:
    """One request, and the few new attempts that follow when it provably did not happen.

    `claimed`: the attempt is already claimed (a set's batches are claimed together).
    """
    renewed = False
    for number in range(1, patience.attempts + 1):
        if not claimed:
            result: ClaimResult = yield Claim(attempt)
            if isinstance(result, Taken):
                return HeldEnd(result, "another attempt holds the claim")
        claimed = False
        end, again, asked = yield from _send_attempt(attempt)
        if not again or number == patience.attempts:
            return end
        if isinstance(end, RejectedEnd) and end.status == 401:
            if renewed:
                return end
            renewed = True
        elif not (yield Wait(patience.delay(number, asked))):
            return end
        attempt = replace(attempt, attempt_id=new_id())
    raise AssertionError("patience allows at least one attempt")


def _send_attempt(attempt: NewAttempt) -> Generator[Effect, Any, tuple[End, bool, float | None]]:
    """Commit, send, record. Returns the end, whether a new attempt may be made, and the wait the server asked for.

    No new attempt is made where another run or a person has recorded an end meanwhile: that end holds.
    """
    ident = attempt.attempt_id
    looked: Looked = (yield Look(attempt)) if attempt.job_id else Looked(None)
    if looked.unknown:
        yield Record(ident, State.NOT_SENT, withheld_detail(looked.unknown))
        return WithheldEnd(ident, looked.unknown), False, None
    sending = Record(ident, State.SENDING, looked.word, job_id=attempt.job_id, baseline=looked.baseline)
    if not (yield sending):
        return HeldEnd(Taken(()), "the claim was lost before sending"), False, None
    answer: Answer = yield Send(attempt)
    match answer:
        case AcceptedAnswer(record_id, status):
            detail = {"status": status}
            delivery_id, job_id = (record_id, "") if attempt.job_id else ("", record_id)
            yes: Recorded = yield Record(ident, State.ACCEPTED, detail, job_id=job_id, delivery_id=delivery_id)
            if yes.state is State.IN_DOUBT:
                return InDoubtEnd(ident, f"delivery id {record_id} is another attempt's"), False, None
            return AcceptedEnd(ident, record_id), False, None
        case RejectedAnswer(status, message, asked):
            recorded = yield Record(ident, State.REJECTED, {"status": status, "message": message})
            return RejectedEnd(ident, status, message), recorded and status in {401, 429}, asked
        case NotSentAnswer(reason):
            recorded = yield Record(ident, State.NOT_SENT, {"reason": reason})
            return NotSentEnd(ident, reason), bool(recorded), None
        case InDoubtAnswer(reason, lost_status):
            yield Record(ident, State.IN_DOUBT, {"reason": reason, "status": lost_status})
            return InDoubtEnd(ident, reason), False, None
        case _:
            assert_never(answer)


def withheld_detail(unknown: Sequence[Unaccounted]) -> Mapping[str, Any]:
    """What the ledger keeps of a batch that was not sent: a higher revision answers for these transfers."""
    transfers = sorted({transfer for each in unknown for transfer in each.transfers})
    return {
        "reason": "Jet shows files of it that this ledger does not know",
        "unknownTransfers": transfers[:MOST_TRANSFERS],
        "paths": [each.path for each in unknown[:5]],
    }
