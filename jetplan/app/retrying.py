"""Sending again what failed, and nothing else, by a person's word: which deliveries, and why others not."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jetplan.app.identity import new_run
from jetplan.app.resolving import check_reason
from jetplan.apply import ApplyOptions, leased_run, make_context, settle_earlier
from jetplan.apply.executor import apply_plan
from jetplan.apply.following import FOLLOWED, follow
from jetplan.core.attempts import RELEASED, Kind, State
from jetplan.core.plan import KeepJob, Plan, Route
from jetplan.core.retries import may_be_retried, retry_step
from jetplan.core.selection import Selection
from jetplan.core.unfinished import is_in_doubt
from jetplan.errors import JetplanError, UsageError
from jetplan.ledger.failures import failures
from jetplan.observe import observe_server
from jetplan.observe.evidence import look_for_evidence
from jetplan.render.words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jetplan.api.client import JetClient
    from jetplan.app.settings import Settings
    from jetplan.apply import Stop
    from jetplan.core.attempts import Attempt, RunInfo
    from jetplan.core.observed import ObservedJob
    from jetplan.core.outcome import ApplyOutcome, Result
    from jetplan.core.plan import BatchLimits, SubmitBatch
    from jetplan.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class RetryRequest:
    """What is to be sent again, by one of both, and why. `attempt`: its id or the beginning of it."""

    attempt: str = ""
    selection: Selection = field(default_factory=Selection)
    reason: str = ""

    def check(self) -> None:
        """Raises UsageError where it names nothing, or both, or says no reason."""
        if bool(self.attempt) == bool(self.selection):
            raise UsageError(
                "say which deliveries: an attempt, or --set NAME, or --job NAME",
                hint="`jetplan status` shows the attempts that failed",
            )
        check_reason(self.reason)


def retry(
    asked: RetryRequest,
    settings: Settings,
    client: JetClient,
    ledger: Ledger,
    stop: Stop,
    on_result: Callable[[Result], None],
    options: ApplyOptions | None = None,
    run: RunInfo | None = None,
    on_notice: Callable[[str], None] = lambda _: None,
) -> ApplyOutcome:
    """Send the failed files of some deliveries again. Raises JetplanError where there is nothing to send."""
    asked.check()
    run, options = run or new_run(), options or ApplyOptions()
    server = observe_server(client)
    scope = ledger.scope_of(settings.api_url, server.accounts)
    if scope is None:
        raise JetplanError("nothing was ever submitted to this account, so nothing can be sent again")
    said = {"who": run.who, "reason": asked.reason, "commit": run.commit}
    with leased_run(ledger, run, options.lease_seconds):
        context = make_context(
            client,
            ledger,
            scope,
            run,
            stop,
            list_jobs=lambda: server.jobs,
            look=lambda: look_for_evidence(client, ledger, scope, lambda: server.jobs),
            new_id=lambda: uuid.uuid4().hex[:16],
            options=options,
        )
        settle_earlier(context)
        follow(client, ledger, scope, run.run_id, server.source_urls())
        jobs = {job.job_id: job for job in server.jobs}
        steps = [
            retry_step(each, _route(each, jobs), each.job_name, said, settings.batch_limits)
            for each in _chosen(asked, ledger, scope, settings.batch_limits, on_notice)
        ]
        plan = _plan(steps, jobs, ledger)
        outcome = apply_plan(plan, context, {}, options, on_result)
    return replace(outcome, unfinished=())


def _plan(steps: Sequence[SubmitBatch], jobs: dict[str, ObservedJob], ledger: Ledger) -> Plan:
    """The steps after those of their jobs, which are used as they are."""
    used = {}
    for step in steps:
        assert step.retry is not None  # noqa: S101 - tells the type checker
        used[step.job] = jobs[ledger.attempt(step.retry.attempt_id).job_id]
    return Plan((*(KeepJob(name, job, declared=False) for name, job in used.items()), *steps))


def _chosen(
    asked: RetryRequest, ledger: Ledger, scope: str, limits: BatchLimits, on_notice: Callable[[str], None]
) -> Sequence[Attempt]:
    """The open failures that were asked for; of several, those of which something can be sent again, if any can."""
    found, retries = failures(ledger, scope), _retries(ledger, scope)
    free = [each for each in found if each.attempt_id not in retries]
    if asked.selection:
        chosen = list(filter(asked.selection.takes_attempt, free))
        sets, jobs = {each.subject.name for each in chosen}, {each.job_name for each in chosen}
        for name in asked.selection.unmatched(sets, jobs):
            kind = "set" if name in asked.selection.sets else "job"
            raise JetplanError(
                f"nothing of {kind} {name!r} has failed and waits to be sent again",
                hint="`jetplan status` shows what failed",
            )
        if len(chosen) < len(free):
            on_notice(
                f"Not chosen: {count(len(free) - len(chosen), 'other failed delivery', 'other failed deliveries')}."
            )
        return [each for each in chosen if may_be_retried(each, limits)] or chosen
    attempt = ledger.attempt(asked.attempt)
    chosen = [each for each in free if each.attempt_id == attempt.attempt_id]
    if not chosen:
        raise _refusal(attempt, retries.get(attempt.attempt_id))
    return chosen


def _retries(ledger: Ledger, scope: str) -> dict[str, Attempt]:
    """The retry of each attempt that has one which holds its claim."""
    live = frozenset(State) - RELEASED
    return {each.retry_of: each for each in ledger.attempts(scope, states=live) if each.retry_of}


def _refusal(attempt: Attempt, retry_: Attempt | None) -> JetplanError:
    """Why an attempt that is no open failure is not retried."""
    ident, now = attempt.attempt_id, attempt.state.value.replace("_", " ")
    known = f"`jetplan ledger show {ident}` tells how it came to be"
    if attempt.subject.kind is Kind.JOB:
        return JetplanError(f"attempt {ident} creates a job: only deliveries are retried")
    if is_in_doubt(attempt):
        return JetplanError(
            f"attempt {ident} is in doubt: it may have been accepted, so nothing of it is sent again",
            hint=f"say first `jetplan resolve {ident} --accepted` or `--not-accepted`, with `--reason`",
        )
    if retry_ is not None:
        stands = retry_.state.value.replace("_", " ")
        return JetplanError(
            f"attempt {ident} was retried already, by attempt {retry_.attempt_id}, which is {stands}", hint=known
        )
    if attempt.state in RELEASED:
        return JetplanError(
            f"attempt {ident} is {now}: Jet never had it", hint="`jetplan apply` sends what was not sent yet"
        )
    if attempt.state is State.FAILED:
        return JetplanError(f"what failed of attempt {ident} was sent again at a later revision", hint=known)
    if attempt.state in FOLLOWED:
        return JetplanError(f"attempt {ident} is {now}, and nothing of it is known to have failed", hint=known)
    return JetplanError(f"attempt {ident} is {now}: there is nothing to send again", hint=known)


def _route(attempt: Attempt, jobs: dict[str, ObservedJob]) -> Route:
    """The route of the attempt's job. Raises JetplanError where the job would not take it there any more."""
    job = jobs.get(attempt.job_id)
    name = attempt.job_name or attempt.job_id
    if job is None:
        raise JetplanError(f"job {name} is not on the server any more", hint="raise `revision` to send it by another")
    if (job.source.profile_id, job.destination.profile_id) != (
        attempt.subject.source_id,
        attempt.subject.destination_id,
    ):
        raise JetplanError(f"job {name} leads elsewhere now", hint="raise `revision` to send it by another job")
    if job.paused or not job.manual:
        why = "is paused" if job.paused else "starts by itself, and takes no deliveries"
        raise JetplanError(f"job {name} {why}", hint="resume it in Jet" if job.paused else "use a manual job")
    return Route(job.source, job.destination)
