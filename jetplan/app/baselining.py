"""Records delivery sets as sent before jetplan came, without sending anything."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jetplan.app.identity import new_run
from jetplan.app.planning import observe_and_plan
from jetplan.app.waiting import LEASE
from jetplan.apply import leased_run
from jetplan.core.attempts import Claimed, NewAttempt
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.api.client import JetClient
    from jetplan.app.settings import Settings
    from jetplan.core.observed import ObservedJob
    from jetplan.core.plan import SubmitBatch
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Baselined:
    """How many objects were recorded as sent, and the sets of which nothing was to be recorded."""

    objects: int
    nothing: Sequence[str]


def check_declared(names: Sequence[str], spec: Spec) -> None:
    """Raises UsageError for a set that no manifest declares, with the nearest name."""
    for name in names:
        if name not in spec.sets:
            near = get_close_matches(name, spec.sets, n=1)
            raise UsageError(f"no delivery set is named {name!r}", hint=f"did you mean {near[0]!r}?" if near else "")


def record_as_sent(
    settings: Settings, spec: Spec, client: JetClient, ledger: Ledger, names: Sequence[str], reason: str
) -> Baselined:
    """Record what a plan would submit of these sets as sent, with who said so and why."""
    observation = observe_and_plan(settings, spec, client, ledger)
    steps = [step for step in observation.plan.submissions() if step.set_name in names]
    scope = ledger.ensure_scope(settings.api_url, observation.server.accounts)
    run = new_run()
    objects = 0
    with leased_run(ledger, run, LEASE):
        for step in steps:
            attempt = _attempt(step, observation.observed.jobs)
            result = ledger.record_baseline(scope, step.subject, attempt, run.run_id, who=run.who, reason=reason)
            objects += len(step) if isinstance(result, Claimed) else 0
    recorded = {step.set_name for step in steps}
    return Baselined(objects, [name for name in names if name not in recorded])


def _attempt(step: SubmitBatch, jobs: Sequence[ObservedJob]) -> NewAttempt:
    job_id = next((job.job_id for job in jobs if job.name == step.job), "")
    return NewAttempt(
        uuid.uuid4().hex[:16],
        step.batch,
        step.batches,
        step.revision,
        job_id,
        step.job,
        step.paths(),
        step.sizes(),
    )
