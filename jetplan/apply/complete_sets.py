"""Records the digest of each set that was sent in whole, so that the next plan need not read its objects."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from jetplan.core.plan import AlreadySubmitted, BlockedDelivery, Retry, SubmitBatch, WaitingDelivery
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jetplan.core.attempts import SubjectKey
    from jetplan.core.plan import Plan
    from jetplan.ledger.store import Ledger


def record_complete_sets(
    plan: Plan,
    accepted: Callable[[int], bool],
    ledger: Ledger,
    scope: str,
    sizes: Mapping[str, bytes],
) -> None:
    """Record the digest of each complete set. `accepted` says whether the step at a position of the plan was accepted.

    What was sent stays sent, so a recorded digest stays true. If it cannot be recorded, only time is lost.
    """
    found = [(subject, digest, sizes.get(name)) for name, (subject, digest) in _whole(plan, accepted).items()]
    with suppress(JetplanError):
        ledger.record_complete_sets(scope, found)


def _whole(plan: Plan, accepted: Callable[[int], bool]) -> dict[str, tuple[SubjectKey, bytes]]:
    found: dict[str, tuple[SubjectKey, bytes]] = {}
    broken: set[str] = set()
    for at, step in enumerate(plan.steps):
        match step:
            case AlreadySubmitted(completes=(subject, digest)):
                found[step.set_name] = (subject, digest)
            case SubmitBatch(retry=Retry()):
                continue  # the set was sent before; a retry says nothing of what else it holds
            case SubmitBatch() if accepted(at):
                found[step.set_name] = (step.subject, plan.manifest_digests[step.set_name])
            case SubmitBatch() | WaitingDelivery() | BlockedDelivery():
                broken.add(step.set_name)
            case AlreadySubmitted() if step.skipped:
                broken.add(step.set_name)
    return {name: settled for name, settled in found.items() if name not in broken}
