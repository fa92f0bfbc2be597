"""Failed deliveries that nothing has superseded yet, as the ledger has them. Reads only; the core decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import SENT, Kind, State
from jetplan.core.unfinished import open_failures, unfinished_of

if TYPE_CHECKING:
    from jetplan.core.attempts import Attempt
    from jetplan.core.unfinished import Unfinished
    from jetplan.ledger.store import Ledger


def failures(ledger: Ledger, scope: str) -> tuple[Attempt, ...]:
    """The failed deliveries of a scope, declared or not, that are neither superseded nor abandoned. Oldest first."""
    found = [each for each in ledger.attempts(scope, states={State.FAILED}) if each.subject.kind is Kind.DELIVERY]
    if not found:
        return ()
    subjects = {each.subject for each in found}
    kin = ledger.kin_of(scope, subjects)
    keyed = ledger.attempts(scope, subjects.union(*kin.values()), states=SENT, with_keys=True)
    wanted = {each.attempt_id for each in found}
    return open_failures([each for each in keyed if each.attempt_id in wanted], keyed, kin)


def what_is_unfinished(ledger: Ledger, scope: str) -> Unfinished:
    """Everything in a scope that is not finished, as the ledger has it now."""
    return unfinished_of(ledger.unfinished(scope), failures(ledger, scope))
