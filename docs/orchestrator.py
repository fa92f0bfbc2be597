"""A task of an orchestrator: plans, stops where a person is needed, applies exactly what was planned."""

from __future__ import annotations

from jetplan import Project
from jetplan.core.outcome import DeliveryAccepted, StepInDoubt


def deliver(manifests: str = "manifests", most_objects: int = 10_000) -> list[str]:
    """Submit what was not submitted yet; the ids of the deliveries that the server accepted."""
    project = Project.load("jetplan.yaml")
    planned = project.plan(manifests)
    wanted = sum(len(step) for step in planned.plan.submissions())
    if wanted > most_objects:
        raise RuntimeError(f"{wanted} objects would be sent: have the plan reviewed")

    applied = project.apply(planned)
    results = applied.outcome.results if applied.outcome is not None else ()
    doubtful = [result.attempt.attempt_id for result in results if isinstance(result, StepInDoubt)]
    if doubtful:
        raise RuntimeError(f"in doubt: attempts {doubtful}; look in Jet, then say so with `jetplan resolve`")
    if applied.exit_code:
        raise RuntimeError(f"not everything was done (exit code {int(applied.exit_code)}): see `jetplan status`")
    return [result.delivery_id for result in results if isinstance(result, DeliveryAccepted)]
