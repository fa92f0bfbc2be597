"""Carries out the protocol's effects on a real ledger and a real client. Decides nothing but what a failure means."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, assert_never

from jetplan.core.answers import Answer, NotSentAnswer, RejectedAnswer
from jetplan.core.attempts import RELEASED, SENT, ClaimResult, NewAttempt, State, Taken
from jetplan.core.protocol import (
    Claim,
    Effect,
    End,
    InDoubtEnd,
    Look,
    Looked,
    NotSentEnd,
    Record,
    Recorded,
    Send,
    Wait,
)
from jetplan.errors import ApiError, AuthenticationError, JetplanError, LedgerMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from jetplan.apply.throttle import Throttle
    from jetplan.ledger.records import Transitioned
    from jetplan.ledger.store import Ledger

_RECORD_DELAYS = (0.1, 0.3, 1.0)


def since_boot() -> float:
    """Seconds on a clock that goes on while the machine sleeps, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Halt(Protocol):
    """Tells the driver to stop, and wakes it from its sleep."""

    def __bool__(self) -> bool: ...
    def by_error(self, error: JetplanError) -> None:
        """Stop because nothing more can succeed."""

    def wait(self, seconds: float) -> bool:
        """Sleep; False when stopped."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What is particular to one subject: how it is claimed, how its request is sent, how the server is looked at."""

    claim: Callable[[Sequence[NewAttempt]], ClaimResult]
    send: Callable[[NewAttempt], Answer]
    look: Callable[[NewAttempt], Looked]


class ProtocolDriver:
    """Drives one protocol after another for one run; safe to use from many threads."""

    def __init__(
        self,
        ledger: Ledger,
        run_id: str,
        stop: Halt,
        throttle: Throttle | None = None,
        *,
        stale_after: float = 60.0,
        clock: Callable[[], float] = since_boot,
    ) -> None:
        """`stale_after`: seconds after which a permission to send is not used any more; others may have decided."""
        self._stale_after = stale_after
        self._clock = clock
        self._ledger = ledger
        self._run_id = run_id
        self._stop = stop
        self._throttle = throttle
        self.alarms: list[str] = []
        """What a healthy server never does, as sentences. They are shown when the run has ended."""

    def drive(self, protocol: Generator[Effect, Any, End], channel: Channel) -> End:
        """Run a protocol to its end. Nothing is raised: what went wrong is part of the end.

        Whatever fails before the request is sent leaves the attempt unsent; whatever fails after it, in doubt.
        """
        current = _Current()
        try:
            return self._run(protocol, channel, current)
        except JetplanError as error:
            return self._failed(error, current)

    def _run(self, protocol: Generator[Effect, Any, End], channel: Channel, current: _Current) -> End:
        reply: Any = None
        while True:
            try:
                effect = protocol.send(reply)
            except StopIteration as finished:
                end: End = finished.value
                return end
            reply = self._perform(effect, channel, current)

    def _perform(self, effect: Effect, channel: Channel, current: _Current) -> Any:
        match effect:
            case Claim(attempt):
                current.attempt_id, current.sent = attempt.attempt_id, False
                return Taken(()) if self._stop else channel.claim([attempt])
            case Look(attempt):
                current.attempt_id, current.sent = attempt.attempt_id, False
                return channel.look(attempt)
            case Record(attempt_id=ident, to=State.SENDING):
                current.attempt_id, current.sent, current.answer = ident, False, None
                return self._permit(effect, current)
            case Record():
                return self._record(effect)
            case Send(attempt):
                if held_back := self._acquire(current):
                    self._give_place_back(current)
                    return NotSentAnswer(held_back)
                current.sent = True
                try:
                    current.answer = channel.send(attempt)
                except ApiError:
                    # The client raises only for what comes before the request: a token it could not get.
                    current.sent = False
                    raise
                finally:
                    self._give_place_back(current)
                return current.answer
            case Wait(seconds):
                return self._stop.wait(seconds)
            case _:
                assert_never(effect)

    def _permit(self, effect: Record, current: _Current) -> bool:
        """Wait for a place, then commit SENDING; hand the claim back if the run is being stopped."""
        stopped = self._stop.__bool__
        if stopped() or (self._throttle is not None and not self._throttle.reserve(stopped)):
            self._ledger.transition(effect.attempt_id, State.NOT_SENT, {"reason": "interrupted"}, run_id=self._run_id)
            return False
        current.reserved, current.acquired = self._throttle is not None, False
        permitted = False
        current.permitted_at = self._clock()
        try:
            permitted = bool(self._mark(effect))
        finally:
            if not permitted:
                self._give_place_back(current)
        return permitted

    def _acquire(self, current: _Current) -> str:
        """Wait for a place on the wire. Returns why the request may not be sent after all; empty where it may."""
        if self._throttle is not None:
            current.acquired = self._throttle.acquire(self._stop.__bool__)
            if not current.acquired:
                return "the run was stopped before the request was sent"
        if self._clock() - current.permitted_at > self._stale_after:
            return "the run was held up for so long that its permission to send was out of date"
        return ""

    def _give_place_back(self, current: _Current) -> None:
        if self._throttle is None or not current.reserved:
            return
        current.reserved = False
        match current.answer:
            case RejectedAnswer(status=429, retry_after=retry_after):
                self._throttle.release(refused=True, retry_after=retry_after)
            case _:
                self._throttle.release(acquired=current.acquired)

    def _record(self, effect: Record) -> Recorded:
        """Write down how a request ended, patiently: forgetting it would put the attempt in doubt."""
        for delay in _RECORD_DELAYS:
            try:
                return self._recorded(effect)
            except JetplanError:
                time.sleep(delay)
        return self._recorded(effect)

    def _recorded(self, effect: Record) -> Recorded:
        marked = self._mark(effect)
        if marked.same_delivery:
            others = ", ".join(marked.same_delivery)
            self.alarms.append(
                f"the server gave delivery id {effect.delivery_id} to attempt {effect.attempt_id} and to {others}: "
                "one of them may never have been taken; look in Jet before air time"
            )
        self._alarm_of_contradiction(effect, marked.state)
        return Recorded(marked.done or marked.state is effect.to, marked.state)

    def _alarm_of_contradiction(self, effect: Record, state: State) -> None:
        """Raise an alarm where the answer contradicts what was recorded while this run was taken for dead."""
        said = state.value.replace("_", " ")
        if effect.to is State.ACCEPTED and state in RELEASED:
            self.alarms.append(
                f"the server accepted attempt {effect.attempt_id}, which was {said} meanwhile: "
                "look in Jet before the next apply, which would send these objects again"
            )
        elif effect.to in RELEASED and state in SENT:
            self.alarms.append(
                f"attempt {effect.attempt_id} was {said} meanwhile, but the server never took it: "
                "raise `revision` on its objects to send them"
            )

    def _mark(self, effect: Record) -> Transitioned:
        return self._ledger.transition(
            effect.attempt_id,
            effect.to,
            dict(effect.detail),
            run_id=self._run_id,
            delivery_id=effect.delivery_id,
            job_id=effect.job_id,
            baseline=effect.baseline,
        )

    def _failed(self, error: JetplanError, current: _Current) -> End:
        if isinstance(error, AuthenticationError | LedgerMismatch):
            self._stop.by_error(error)
        if current.sent:
            return InDoubtEnd(current.attempt_id, f"the answer could not be recorded: {error.message}")
        if current.attempt_id:
            self._release(current.attempt_id, error.message)
        return NotSentEnd(current.attempt_id, error.message)

    def _release(self, attempt_id: str, reason: str) -> None:
        """Release an attempt that was not sent.

        If that fails, the next run does it after this run's lease has ended.
        """
        with suppress(JetplanError):
            self._ledger.transition(attempt_id, State.NOT_SENT, {"reason": reason}, run_id=self._run_id)


@dataclass(slots=True)
class _Current:
    """The attempt under way, and whether a request of it may have left."""

    attempt_id: str = ""
    sent: bool = False
    reserved: bool = False
    acquired: bool = False
    permitted_at: float = 0.0
    answer: Answer | None = None
