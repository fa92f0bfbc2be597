"""The look before a retry: whether what failed still is as it was, and whether Jet may be trying again by itself.

It is made after the claim and before SENDING is committed, so that no other run can come between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.api.arrivals import look_at_files
from jetplan.apply.arriving import look_at_arrivals
from jetplan.core.arrival import ENDED
from jetplan.core.protocol import Looked
from jetplan.core.unaccounted import Wanted
from jetplan.errors import ApiError, JetplanError

if TYPE_CHECKING:
    from jetplan.apply.context import Context
    from jetplan.core.attempts import Attempt, NewAttempt
    from jetplan.core.plan import Retry, SubmitBatch

RETRYING = "RETRYING_TRANSFER"
_LATER = "run `jetplan status` once Jet has ended, then `jetplan retry` again if it still failed"


def look_before_retry(step: SubmitBatch, retry: Retry, attempt: NewAttempt, context: Context) -> Looked:
    """The look of every delivery, and the retry's own. Raises JetplanError where nothing may be sent now."""
    failed = context.ledger.attempt(retry.attempt_id)
    _refuse_what_moves(failed, context)
    _refuse_what_arrived(failed, step, attempt, context)
    looked = context.baselines.look(step, attempt)
    return Looked(looked.baseline, looked.unknown, {**retry.said, **looked.word, "retryOf": retry.attempt_id})


def _refuse_what_moves(failed: Attempt, context: Context) -> None:
    """The delivery has ended, and Jet says of the job that it is not trying again by itself."""
    if failed.delivery_id:
        state = context.client.view_delivery(failed.job_id, failed.delivery_id).state
        if state not in ENDED:
            raise JetplanError(f"delivery {failed.delivery_id} is {state} at Jet, and has not ended: {_LATER}")
    status = context.client.job_status(failed.job_id, failed.job_name)
    if status.error_code == RETRYING:
        raise JetplanError(f"Jet is trying again by itself on job {failed.job_name} ({RETRYING}): {_LATER}")


def _refuse_what_arrived(failed: Attempt, step: SubmitBatch, attempt: NewAttempt, context: Context) -> None:
    """Each of the files is still listed as failed and as nothing else, and no transfer under way can hold it."""
    root = step.route.source.url
    paths, _ = context.ledger.listing(failed.attempt_id)
    look = look_at_files(context.client, failed.job_id, Wanted(paths, root))
    if look is None:
        raise ApiError("the files of the job cannot be looked at now, so nothing of it is sent again")
    before = frozenset((failed.baseline or {}).get("transfers", ()))
    moving = look.under_way - before - look.foreign
    if moving:
        raise JetplanError(f"transfer {min(moving)} is under way, and may be bringing these files: {_LATER}")
    states = {failed.attempt_id: ""}  # of the files themselves the delivery's state says nothing
    seen = look_at_arrivals(context.client, context.ledger, context.scope, [failed], states, {failed.job_id: root})
    arrival = seen.get(failed.attempt_id)
    still = {each.path for each in arrival.failed if each.sure} if arrival is not None else set()
    others = [path for path in attempt.paths if path not in still]
    if others:
        raise JetplanError(f"{others[0]} is not listed as failed any more: {_LATER}")
