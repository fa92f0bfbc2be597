"""Choosing sets and jobs by name: the plan is made of everything, and what was not chosen is left out of it. Pure.

So a chosen set meets the same blocks as in the whole plan: overlaps with sets that were not chosen, for instance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan.core.attempts import Kind
from jetplan.core.plan import (
    AlreadySubmitted,
    BlockedDelivery,
    LeftOut,
    ResizedObjects,
    SubmitBatch,
    WaitingDelivery,
    WithdrawnObjects,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jetplan.core.attempts import Attempt
    from jetplan.core.plan import Plan, Step

_OF_A_SET = SubmitBatch | WaitingDelivery | AlreadySubmitted | BlockedDelivery | ResizedObjects | WithdrawnObjects


@dataclass(frozen=True, slots=True)
class Selection:
    """Names of delivery sets and of jobs, in which `*` stands for any text. Nothing named: everything is chosen."""

    sets: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sets or self.jobs)

    def takes(self, set_name: str, job: str) -> bool:
        """Whether a set of a job is chosen."""
        return not self or matches(self.sets, set_name) or matches(self.jobs, job)

    def takes_attempt(self, attempt: Attempt) -> bool:
        """Whether a delivery, or the creation of a job, is one of the chosen."""
        name = attempt.subject.name
        if attempt.subject.kind is Kind.JOB:
            return not self or matches(self.jobs, name)
        return self.takes(name, attempt.job_name)

    def unmatched(self, sets: Collection[str], jobs: Collection[str]) -> list[str]:
        """The patterns that no name matches: each is most likely misspelt."""
        return [each for each in self.sets if not any(matches((each,), name) for name in sets)] + [
            each for each in self.jobs if not any(matches((each,), name) for name in jobs)
        ]


def chosen(plan: Plan, selection: Selection) -> Plan:
    """The plan without what was not chosen, and how much that is. A chosen set brings its job along."""
    if not selection:
        return plan
    sets = {step.set_name: step.job for step in plan.steps if isinstance(step, _OF_A_SET)}
    jobs = {step.job for step in plan.steps if not isinstance(step, _OF_A_SET)}
    taken = {name for name, job in sets.items() if selection.takes(name, job)}
    used = {sets[name] for name in taken} | {job for job in jobs if matches(selection.jobs, job)}

    def is_chosen(step: Step) -> bool:
        return step.set_name in taken if isinstance(step, _OF_A_SET) else step.job in used

    unfinished, failed = _of(plan.unfinished, selection, used), _of(plan.failed, selection, used)
    attempts = len(plan.unfinished) + len(plan.failed) - len(unfinished) - len(failed)
    return replace(
        plan,
        steps=tuple(filter(is_chosen, plan.steps)),
        unfinished=unfinished,
        failed=failed,
        left_out=LeftOut(len(sets) - len(taken), len(jobs - used), attempts),
    )


def _of(attempts: Iterable[Attempt], selection: Selection, jobs: Collection[str]) -> tuple[Attempt, ...]:
    return tuple(
        each
        for each in attempts
        if selection.takes_attempt(each) or (each.subject.kind is Kind.JOB and each.subject.name in jobs)
    )


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether a name is one of some patterns, in which `*` stands for any text."""
    return any(re.fullmatch(re.escape(each).replace(r"\*", ".*"), name, re.DOTALL) for each in patterns)
