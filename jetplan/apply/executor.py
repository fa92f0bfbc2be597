"""Carries out a plan within a run, and says how everything ended."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from jetplan.apply.claiming import Claiming
from jetplan.apply.complete_sets import record_complete_sets
from jetplan.apply.creations import JobCreation, jobs_known
from jetplan.apply.deliveries import SetDelivery
from jetplan.apply.jobs import adopt_together, apply_job, settle_creations
from jetplan.apply.settling import settle_soon
from jetplan.apply.work import Work
from jetplan.core.attempts import State
from jetplan.core.outcome import (
    ApplyOutcome,
    Change,
    DeliveryAccepted,
    JobApplied,
    Result,
    StepInDoubt,
    StepNotSent,
    StepSkipped,
)
from jetplan.core.plan import AdoptJob, CreateJob, KeepJob, SubmitBatch, UpdateJob
from jetplan.errors import InDoubtError, JetplanError, LedgerMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from jetplan.apply.context import ApplyOptions, Context
    from jetplan.core.plan import Plan

ADOPTED_TOGETHER = 256
"""Jobs adopted before their lines are told and a stop is heeded."""
THREADS_A_REQUEST = 2
"""Threads per place: one waits for the wire while another waits for the ledger. The throttle counts the places."""


def apply_plan(
    plan: Plan,
    context: Context,
    sizes: Mapping[str, bytes],
    options: ApplyOptions,
    on_result: Callable[[Result], None] = lambda _: None,
) -> ApplyOutcome:
    """Carry out a plan inside a run that the caller has begun (`leased_run`). Each step ends in one result.

    `sizes`: each set's size digest, by set name, kept beside the digest of a set that is entirely sent.
    """
    return _Run(plan, context, options, sizes, on_result).execute()


class _Run:
    def __init__(
        self,
        plan: Plan,
        context: Context,
        options: ApplyOptions,
        sizes: Mapping[str, bytes],
        on_result: Callable[[Result], None],
    ) -> None:
        self._plan = plan
        self._context = context
        self._options = options
        self._sizes = sizes
        self._on_result = on_result
        self._results: dict[int, Result] = {}
        """By the step's position in the plan."""
        self._lock = Lock()
        self._stopped_at: float | None = None
        self._failure: JetplanError | None = None

    def execute(self) -> ApplyOutcome:
        try:
            return self._execute()
        except JetplanError as error:
            if any(isinstance(result, StepInDoubt) for result in self._results.values()):
                raise InDoubtError(f"something is in doubt, and then: {error.message}", hint=error.hint) from error
            raise

    def _execute(self) -> ApplyOutcome:
        self._run_all(self._job_tasks())
        self._settle_doubtful_jobs()
        self._run_all(self._delivery_tasks())
        self._mark_unreported()
        self._settle_doubtful_deliveries()
        record_complete_sets(
            self._plan,
            lambda at: isinstance(self._results.get(at), DeliveryAccepted),
            self._context.ledger,
            self._context.scope,
            self._sizes,
        )
        stop = self._context.stop
        if stop.error is not None and not self._results:
            raise stop.error
        unfinished = self._context.ledger.unfinished(self._context.scope)
        replaced = stop.error.message if isinstance(stop.error, LedgerMismatch) else ""
        return ApplyOutcome(
            tuple(self._results[at] for at in sorted(self._results)),
            blocked=tuple(self._plan.blocked()),
            waiting=tuple(self._plan.waiting()),
            unfinished=tuple(attempt for attempt in unfinished if attempt.state is State.IN_DOUBT),
            interrupted=stop.signal is not None,
            run_id=self._context.run_id,
            wrong_ledger=replaced,
            alarms=(*self._context.driver.alarms, *([replaced] if replaced else [])),
        )

    def _report(self, at: int, result: Result) -> None:
        with self._lock:
            self._results[at] = result
            self._on_result(result)

    def _run_all(self, tasks: Iterable[Callable[[], Iterable[object]]]) -> None:
        work = list(tasks)
        if work:
            try:
                Work(work, THREADS_A_REQUEST * self._options.parallelism).run(self._grace_left)
            except JetplanError as error:  # most likely the ledger failed; the results so far are reported all the same
                self._failure = self._failure or error

    def _grace_left(self) -> float | None:
        """Seconds that requests under way may still take once the run is being stopped."""
        if not self._context.stop:
            return None
        now = time.monotonic()
        if self._stopped_at is None:
            self._stopped_at = now
        return self._stopped_at + self._options.grace - now

    # Jobs.

    def _job_tasks(self) -> Iterator[Callable[[], Iterable[object]]]:
        adopted: list[tuple[int, AdoptJob]] = []
        created: list[JobCreation] = []
        known = jobs_known(self._plan, self._context)
        for at, step in enumerate(self._plan.steps):
            match step:
                case AdoptJob(paused=None):
                    adopted.append((at, step))
                case CreateJob(job=name):
                    creation = JobCreation(step, self._context, partial(self._report, at))
                    if name in known:
                        yield partial(creation.begin, known[name])
                    else:
                        created.append(creation)
                case AdoptJob() | UpdateJob():
                    yield partial(self._job, at, step)
        yield from Claiming(created, self._context).begin()
        for start in range(0, len(adopted), ADOPTED_TOGETHER):
            yield partial(self._adopt, adopted[start : start + ADOPTED_TOGETHER])

    def _adopt(self, numbered: Sequence[tuple[int, AdoptJob]]) -> Iterable[object]:
        if self._context.stop:
            for at, step in numbered:
                self._report(at, StepSkipped(step, self._context.stop.reason))
            return ()
        results = adopt_together([step for _, step in numbered], self._context)
        for (at, _), result in zip(numbered, results, strict=True):
            self._report(at, result)
        return ()

    def _job(self, at: int, step: AdoptJob | UpdateJob) -> Iterable[object]:
        if self._context.stop:
            self._report(at, StepSkipped(step, self._context.stop.reason))
            return ()
        try:
            result = apply_job(step, self._context)
        except JetplanError as error:
            result = StepNotSent(step, error.message)
        self._report(at, result)
        return ()

    def _settle_doubtful_jobs(self) -> None:
        doubtful = [
            result.attempt
            for result in self._results.values()
            if isinstance(result, StepInDoubt) and isinstance(result.step, CreateJob)
        ]
        if not doubtful or self._context.stop:
            return
        with suppress(JetplanError):
            found = settle_creations(doubtful, self._context)
            for at, result in list(self._results.items()):
                if isinstance(result, StepInDoubt) and isinstance(result.step, CreateJob):
                    job_id = found.get(result.attempt.attempt_id)
                    if job_id:
                        self._report(at, JobApplied(result.step, job_id))

    # Deliveries.

    def _delivery_tasks(self) -> Iterator[Callable[[], Iterable[object]]]:
        job_ids = self._job_ids()
        sets: dict[tuple[str, str], dict[int, SubmitBatch]] = {}
        for at, step in enumerate(self._plan.steps):
            if isinstance(step, SubmitBatch):
                sets.setdefault((step.set_name, _retry_of(step)), {})[at] = step
        ready: list[SetDelivery] = []
        for numbered in sets.values():
            steps = list(numbered.values())
            job_id = job_ids.get(steps[0].job)
            if job_id:
                report = partial(self._report_batch, list(numbered))
                self._context.baselines.expect(job_id, steps)
                ready.append(SetDelivery(steps, job_id, self._context, report))
            else:
                for at, step in numbered.items():
                    self._report(at, StepSkipped(step, f"job {step.job!r} was not made ready"))
        yield from Claiming(ready, self._context).begin()

    def _report_batch(self, positions: Sequence[int], number: int, result: Result) -> None:
        self._report(positions[number], result)

    def _settle_doubtful_deliveries(self) -> None:
        doubtful = {
            result.attempt.attempt_id: (at, result.step)
            for at, result in self._results.items()
            if isinstance(result, StepInDoubt) and isinstance(result.step, SubmitBatch)
        }
        if not doubtful or self._context.stop:
            return
        with suppress(JetplanError):
            for attempt_id in settle_soon(self._context, doubtful):
                at, step = doubtful[attempt_id]
                self._report(at, DeliveryAccepted(step, "", attempt_id))

    def _job_ids(self) -> dict[str, str]:
        ids: dict[str, str] = {}
        for at, step in enumerate(self._plan.steps):
            if isinstance(step, KeepJob):
                ids[step.job] = step.observed.job_id
            elif isinstance(step, CreateJob | AdoptJob | UpdateJob):
                result = self._results.get(at)
                if isinstance(result, JobApplied):
                    ids[step.job] = result.job_id
        return ids

    def _mark_unreported(self) -> None:
        """After a stop whose grace ran out, or a failure: what was being sent is in doubt, the rest was not begun."""
        mine = {
            (attempt.subject, attempt.batch, attempt.retry_of): attempt
            for attempt in self._context.ledger.unfinished(self._context.scope)
            if attempt.run.run_id == self._context.run_id
        }
        for attempt in mine.values():
            self._close(attempt.attempt_id, attempt.state)
        for at, step in enumerate(self._plan.steps):
            if at in self._results or not isinstance(step, Change):
                continue
            subject = step.subject if isinstance(step, CreateJob | SubmitBatch) else None
            batch = step.batch if isinstance(step, SubmitBatch) else 1
            retry_of = _retry_of(step) if isinstance(step, SubmitBatch) else ""
            held = mine.get((subject, batch, retry_of)) if subject else None
            if held is not None and held.state is not State.INTENDED:
                self._report(at, StepInDoubt(step, self._context.ledger.attempt(held.attempt_id)))
            elif self._failure is not None:
                self._report(at, StepNotSent(step, self._failure.message))
            else:
                self._report(at, StepSkipped(step, self._context.stop.reason))

    def _close(self, attempt_id: str, state: State) -> None:
        to = {State.INTENDED: State.NOT_SENT, State.SENDING: State.IN_DOUBT}.get(state)
        if to is not None:
            reason = (
                "the run ended before it was sent" if to is State.NOT_SENT else "interrupted before the answer came"
            )
            with suppress(JetplanError):
                self._context.ledger.transition(attempt_id, to, {"reason": reason}, run_id=self._context.run_id)


def _retry_of(step: SubmitBatch) -> str:
    return step.retry.attempt_id if step.retry is not None else ""
