"""One set's batches: claimed some at a time, each committed, sent and recorded by whichever thread is free."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, assert_never

from jetplan.api.bodies import delivery_body
from jetplan.apply.company import meet_others
from jetplan.apply.driver import Channel
from jetplan.core.attempts import Claimed, NewAttempt, State, Taken
from jetplan.core.outcome import DeliveryAccepted, Result, StepInDoubt, StepNotSent, StepRejected, StepSkipped
from jetplan.core.protocol import Done, Doubtful, Held, Rejected, Unsent, carry_out
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jetplan.apply.context import Context
    from jetplan.core.attempts import ClaimResult
    from jetplan.core.plan import SubmitBatch

CLAIMED_TOGETHER = 32
"""Batches claimed in one transaction: few commits, and few to hand back when a run is stopped."""


class SetDelivery:
    """Submits the batches of one set. `report` is told each batch's result, once, from any thread."""

    def __init__(
        self,
        steps: Sequence[SubmitBatch],
        job_id: str,
        context: Context,
        report: Callable[[SubmitBatch, Result], None],
    ) -> None:
        self._steps = steps
        self._job_id = job_id
        self._context = context
        self._report = report
        self._version = steps[0].version
        self._claiming = Lock()

    def begin(self) -> Iterable[Callable[[], Iterable[object]]]:
        """The first task."""
        yield partial(self._claim_from, 0)

    def _claim_from(self, start: int) -> Iterable[Callable[[], Iterable[object]]]:
        """Claim the next batches; what follows is to send each, then to claim on."""
        chunk = self._steps[start : start + CLAIMED_TOGETHER]
        if self._context.stop:
            for step in self._steps[start:]:
                self._report(step, StepSkipped(step, self._context.stop.reason))
            return
        pairs = [(step, self._attempt(step)) for step in chunk]
        yield from self._claimed(pairs)
        if start + CLAIMED_TOGETHER < len(self._steps):
            yield partial(self._claim_from, start + CLAIMED_TOGETHER)

    def _claimed(self, pairs: Sequence[tuple[SubmitBatch, NewAttempt]]) -> Iterable[Callable[[], Iterable[object]]]:
        try:
            result = self._claim([attempt for _, attempt in pairs])
        except JetplanError as error:
            # Should the commit have taken place after all, the end of the run hands the claims back.
            for step, _ in pairs:
                self._report(step, StepNotSent(step, error.message))
            return
        match result:
            case Claimed():
                for step, attempt in pairs:
                    yield partial(self._send, step, attempt)
            case Taken(by) if len(pairs) == 1:
                step = pairs[0][0]
                runs = ", ".join(sorted({attempt.run.run_id for attempt in by}))
                self._report(step, StepSkipped(step, f"run {runs} has claimed these objects", tuple(by)))
            case Taken():
                for step, attempt in pairs:
                    yield from self._claimed([(step, replace(attempt, attempt_id=self._context.new_id()))])

    def _claim(self, attempts: Sequence[NewAttempt]) -> ClaimResult:
        with self._claiming:
            result = self._context.ledger.claim(
                self._context.scope,
                self._steps[0].subject,
                self._version,
                attempts,
                self._context.run_id,
                also=self._steps[0].also,
            )
            # A grant at another version was checked against attempts that the plan has not seen: taking over its
            # version would let the next claim pass for one that has seen them.
            if isinstance(result, Claimed) and result.version == self._version + 1:
                self._version = result.version
        others = meet_others(self._steps[0], attempts, self._context) if isinstance(result, Claimed) else []
        if not others:
            return result
        for attempt in attempts:
            reason = {"reason": "another run is sending these objects there"}
            self._context.ledger.mark(attempt.attempt_id, State.NOT_SENT, reason, run_id=self._context.run_id)
        return Taken(others)

    def _attempt(self, step: SubmitBatch) -> NewAttempt:
        return NewAttempt(
            self._context.new_id(),
            step.batch,
            step.batches,
            step.revision,
            self._job_id,
            step.job,
            step.paths(),
            step.sizes(),
            step.overlap_allowed,
        )

    def _send(self, step: SubmitBatch, attempt: NewAttempt) -> Iterable[Callable[[], Iterable[object]]]:
        context = self._context
        channel = Channel(
            self._claim,
            lambda sent: context.client.deliver(self._job_id, delivery_body(sent.paths, sent.sizes)),
            context.looks.baseline,
        )
        protocol = carry_out(attempt, context.new_id, context.patience, claimed=True)
        match context.driver.drive(protocol, channel):
            case Done(attempt_id, delivery_id):
                self._report(step, DeliveryAccepted(step, delivery_id, attempt_id))
            case Rejected(attempt_id, status, message):
                self._report(step, StepRejected(step, status, message, attempt_id))
            case Unsent(attempt_id, reason):
                self._report(step, StepNotSent(step, reason, attempt_id))
            case Doubtful(attempt_id):
                self._report(step, StepInDoubt(step, context.ledger.attempt(attempt_id)))
            case Held(taken, reason):
                why = context.stop.reason if context.stop else reason
                self._report(step, StepSkipped(step, why, tuple(taken.by)))
            case other:
                assert_never(other)
        return ()
