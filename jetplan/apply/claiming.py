"""Claims for many subjects, some at a time in one commit, while what was claimed before is being sent.

What is claimed, and what follows, is decided by the claimants: jobs to create, sets to deliver.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeAlias

from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jetplan.apply.context import Context
    from jetplan.core.attempts import ClaimResult, NewClaim

Follows: TypeAlias = "Iterable[Callable[[], Iterable[object]]]"
"""The pieces of work that a claim's answer leads to."""

CLAIMED_TOGETHER = 64
"""Attempts claimed at once: few commits, and few to hand back when a run is stopped."""
OBJECTS_TOGETHER = 320_000
"""The most objects in one claim: all of them are in memory, packed, until the commit."""


class Claimant(Protocol):
    """One subject. `ask` and `answered` alternate until `done`."""

    @property
    def done(self) -> bool:
        """Whether nothing is left to claim."""

    def ask(self, attempts: int, objects: int) -> NewClaim:
        """The next claim: of at most so many attempts, and of as many objects unless the first has more."""

    def answered(self, claim: NewClaim, result: ClaimResult | JetplanError, concurrent: Callable[[], bool]) -> Follows:
        """What follows. `concurrent()` says whether another run can have claimed since this one began."""

    def give_up(self) -> None:
        """The run is being stopped: report what is left as skipped."""


class Claiming:
    """Claims for one claimant after another. Only one piece of it is waiting or running at any time."""

    def __init__(self, claimants: Iterable[Claimant], context: Context) -> None:
        self._left = deque(claimants)
        self._context = context

    def begin(self) -> Iterator[Callable[[], Iterable[object]]]:
        """The first piece of work."""
        if self._left:
            yield self._claim_some

    def _claim_some(self) -> Follows:
        """Claim the next few. Half of what was granted is begun before the next few are claimed."""
        if self._context.stop:
            for claimant in self._left:
                claimant.give_up()
            return ()
        asked, context = list(self._ask()), self._context
        answers: Sequence[ClaimResult | JetplanError]
        try:
            answers = context.ledger.claim_all(context.scope, [claim for _, claim in asked], context.run_id)
        except JetplanError as error:
            answers = [error] * len(asked)
        concurrent = cache(lambda: context.ledger.has_concurrent_runs(context.run_id))
        follows = [
            each
            for (claimant, claim), answer in zip(asked, answers, strict=True)
            for each in claimant.answered(claim, answer, concurrent)
        ]
        if self._left:
            follows.insert(len(follows) // 2, self._claim_some)
        return follows

    def _ask(self) -> Iterator[tuple[Claimant, NewClaim]]:
        attempts, objects = CLAIMED_TOGETHER, OBJECTS_TOGETHER
        while self._left and attempts > 0 and objects > 0:
            claimant = self._left[0]
            claim = claimant.ask(attempts, objects)
            attempts -= len(claim.attempts)
            objects -= sum(len(attempt.paths) for attempt in claim.attempts)
            more = not claimant.done
            if not more:
                self._left.popleft()
            yield claimant, claim
            if more:  # its next claim depends on the answer to this one
                return
