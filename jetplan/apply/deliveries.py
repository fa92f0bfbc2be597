"""One set's batches: claimed some at a time, each committed, sent and recorded by whichever thread is free."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, assert_never

from jetplan.api.bodies import delivery_body
from jetplan.apply.conflicts import find_conflicts
from jetplan.apply.doubt import in_doubt
from jetplan.apply.driver import Channel
from jetplan.apply.retrying import look_before_retry
from jetplan.core.attempts import Claimed, NewAttempt, NewClaim, State, Taken
from jetplan.core.outcome import DeliveryAccepted, Result, StepNotSent, StepRejected, StepSkipped, StepWithheld
from jetplan.core.protocol import AcceptedEnd, HeldEnd, InDoubtEnd, NotSentEnd, RejectedEnd, WithheldEnd, send_once
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jetplan.apply.claiming import Follows
    from jetplan.apply.context import Context
    from jetplan.core.attempts import ClaimResult
    from jetplan.core.plan import SubmitBatch
    from jetplan.core.protocol import Looked


class SetDelivery:
    """Submits the batches of one set.

    `report` is told each batch's position among `steps` and its result, once, from any thread.
    """

    def __init__(
        self,
        steps: Sequence[SubmitBatch],
        job_id: str,
        context: Context,
        report: Callable[[int, Result], None],
    ) -> None:
        self._steps = steps
        self._job_id = job_id
        self._context = context
        self._report = report
        self._version = steps[0].version
        self._next = 0
        self._asked = range(0)
        """The positions that the last claim asked for."""

    # As a claimant.

    @property
    def done(self) -> bool:
        """Whether all batches were claimed or refused."""
        return self._next == len(self._steps)

    def ask(self, attempts: int, objects: int) -> NewClaim:
        """A claim of the next batches."""
        end = self._next + 1
        left = objects - len(self._steps[self._next])
        while end < min(self._next + attempts, len(self._steps)) and len(self._steps[end]) <= left:
            left -= len(self._steps[end])
            end += 1
        self._asked = range(self._next, end)
        self._next = end
        return self._new_claim([self._attempt(self._steps[at]) for at in self._asked])

    def answered(self, claim: NewClaim, result: ClaimResult | JetplanError, concurrent: Callable[[], bool]) -> Follows:
        """Send each batch that was granted; claim each by itself where they were not granted together."""
        pairs = list(zip(self._asked, claim.attempts, strict=True))
        try:
            if isinstance(result, JetplanError):
                raise result
            result = self._without_conflicts(claim, result, concurrent)
        except JetplanError as error:
            # If the commit took place after all, the claims are released when the run ends.
            for at, _ in pairs:
                self._report(at, StepNotSent(self._steps[at], error.message))
            return []
        match result:
            case Claimed():
                return [partial(self._send, at, attempt) for at, attempt in pairs]
            case Taken() if len(pairs) == 1:
                self._taken(pairs[0][0], result)
                return []
            case Taken():
                return [partial(self._claim_alone, at) for at, _ in pairs]
            case _:
                assert_never(result)

    def give_up(self) -> None:
        """Report the batches that were not claimed yet."""
        for at in range(self._next, len(self._steps)):
            self._report(at, StepSkipped(self._steps[at], self._context.stop.reason))

    def _claim_alone(self, at: int) -> Follows:
        """Claim one batch of those that were not granted together."""
        attempt = self._attempt(self._steps[at])
        try:
            result = self._claim([attempt])
        except JetplanError as error:
            self._report(at, StepNotSent(self._steps[at], error.message))
            return []
        if isinstance(result, Claimed):
            return [partial(self._send, at, attempt)]
        self._taken(at, result)
        return []

    def _taken(self, at: int, taken: Taken) -> None:
        runs = ", ".join(sorted({attempt.run.run_id for attempt in taken.by}))
        self._report(at, StepSkipped(self._steps[at], f"run {runs} has claimed these objects", tuple(taken.by)))

    def _new_claim(self, attempts: Sequence[NewAttempt]) -> NewClaim:
        return NewClaim(self._steps[0].subject, self._version, attempts, self._steps[0].also)

    def _without_conflicts(self, claim: NewClaim, result: ClaimResult, concurrent: Callable[[], bool]) -> ClaimResult:
        """Hand a granted claim back where another run is sending the same objects to the same place."""
        if isinstance(result, Taken):
            return result
        self._granted(claim.expected_version, result.version)
        others = find_conflicts(self._steps[0], claim.attempts, self._context, concurrent)
        for attempt in claim.attempts if others else ():
            reason = {"reason": "another run is sending these objects there"}
            self._context.ledger.transition(attempt.attempt_id, State.NOT_SENT, reason, run_id=self._context.run_id)
        return Taken(others) if others else result

    def _granted(self, expected: int, version: int) -> None:
        # A grant at another version was checked against attempts that the plan has not seen: taking over its
        # version would let the next claim pass for one that has seen them.
        if version == expected + 1:
            self._version = version

    def _claim(self, attempts: Sequence[NewAttempt]) -> ClaimResult:
        """Claim attempts apart from those of other sets."""
        claim, context = self._new_claim(attempts), self._context
        result = context.ledger.claim(
            context.scope, claim.subject, claim.expected_version, attempts, context.run_id, also=claim.also
        )
        return self._without_conflicts(claim, result, lambda: context.ledger.has_concurrent_runs(context.run_id))

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
            step.retry.attempt_id if step.retry is not None else "",
        )

    def _look(self, step: SubmitBatch, attempt: NewAttempt) -> Looked:
        if step.retry is None:
            looked = self._context.baselines.look(step, attempt)
        else:
            looked = look_before_retry(step, step.retry, attempt, self._context)
        if not looked.unknown:
            self._context.on_submit(step, attempt.attempt_id)
        return looked

    def _send(self, at: int, attempt: NewAttempt) -> Follows:
        step, context = self._steps[at], self._context
        channel = Channel(
            self._claim,
            lambda sent: context.client.deliver(self._job_id, delivery_body(sent.paths, sent.sizes)),
            partial(self._look, step),
        )
        protocol = send_once(attempt, context.new_id, context.patience, claimed=True)
        match context.driver.drive(protocol, channel):
            case AcceptedEnd(attempt_id, delivery_id):
                self._report(at, DeliveryAccepted(step, delivery_id, attempt_id))
            case RejectedEnd(attempt_id, status, message):
                self._report(at, StepRejected(step, status, message, attempt_id))
            case NotSentEnd(attempt_id, reason):
                self._report(at, StepNotSent(step, reason, attempt_id))
            case InDoubtEnd(attempt_id, reason):
                self._report(at, in_doubt(step, attempt_id, attempt, reason, context))
            case WithheldEnd(attempt_id, unknown):
                self._report(at, StepWithheld(step, unknown, attempt_id))
            case HeldEnd(taken, reason):
                why = context.stop.reason if context.stop else reason
                self._report(at, StepSkipped(step, why, tuple(taken.by)))
            case other:
                assert_never(other)
        return ()
