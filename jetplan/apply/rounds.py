"""Several runs at once: wait a little for what another run is sending, then plan again."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from jetplan.apply.executor import apply_plan
from jetplan.core.attempts import UNFINISHED
from jetplan.core.outcome import StepSkipped
from jetplan.core.plan import BlockedDelivery, BlockedJob, BlockReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.apply.context import ApplyOptions, Context
    from jetplan.core.attempts import Attempt
    from jetplan.core.outcome import ApplyOutcome, Result
    from jetplan.core.plan import Plan


def apply_in_rounds(
    plan: Plan,
    replan: Callable[[], Plan],
    context: Context,
    sizes: Mapping[str, bytes],
    options: ApplyOptions,
    on_result: Callable[[Result], None],
) -> ApplyOutcome:
    """Apply a plan; while other live runs hold some of it, wait for them, plan again, apply what is left.

    `replan` observes and plans anew: of a round before it only what was done lasts. Claims decide which run sends what:
    waiting only makes the result of each run complete.
    """
    deadline = time.monotonic() + options.await_others
    outcome = apply_plan(plan, context, sizes, options, on_result)
    while (others := _held_by_others(outcome)) and _wait_for(others, context, deadline):
        following = apply_plan(replan(), context, sizes, options, on_result)
        outcome = replace(following, results=(*outcome.done(), *following.results))
    return outcome


def _held_by_others(outcome: ApplyOutcome) -> list[Attempt]:
    """The attempts of other runs that kept this one from doing something."""
    skipped = [each for each in outcome.results if isinstance(each, StepSkipped)]
    busy = [
        each
        for each in outcome.blocked
        if isinstance(each, BlockedJob | BlockedDelivery) and each.reason is BlockReason.IN_PROGRESS
    ]
    attempts = [attempt for each in skipped for attempt in each.attempts]
    return attempts + [attempt for each in busy for attempt in each.attempts]


def _wait_for(attempts: Sequence[Attempt], context: Context, deadline: float) -> bool:
    """Wait until none of the attempts is under way. False when stopped, or when the time is up."""
    left = [attempt.attempt_id for attempt in attempts]
    while time.monotonic() < deadline:
        now = [context.ledger.attempt(attempt_id) for attempt_id in left]
        left = [each.attempt_id for each in now if each.state in UNFINISHED and each.live]
        if not left:
            context.ledger.recover(context.scope, context.run_id)
            return True
        if not context.stop.wait(0.2):
            return False
    return False
