"""Which attempts are not finished, and the exit code that follows. Every command asks these functions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.attempts import SENT, State
from jetplan.core.objects import unpack_keys
from jetplan.errors import ExitCode, worst_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.core.attempts import Attempt, SubjectKey


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What earlier runs and this one have left unfinished.

    Not in it: what live runs are sending, and what still moves.
    """

    in_doubt: Sequence[Attempt] = ()
    """May have been accepted. Jobs too."""
    failed: Sequence[Attempt] = ()
    """Deliveries that failed, as `open_failures` gives them."""


def is_in_doubt(attempt: Attempt) -> bool:
    """Whether nobody can tell if the server has it. A dead run's request counts before any run has marked it."""
    return attempt.state is State.IN_DOUBT or (attempt.state is State.SENDING and not attempt.live)


def unfinished_of(attempts: Iterable[Attempt], failed: Sequence[Attempt]) -> Unfinished:
    """What of some attempts without a known end is in doubt, with the open failures."""
    return Unfinished(tuple(each for each in attempts if is_in_doubt(each)), tuple(failed))


def exit_code_for(
    left: Unfinished,
    *,
    undone: bool = False,
    done: bool = False,
    refused: bool = False,
    wrong_ledger: bool = False,
    pending: bool = False,
) -> ExitCode:
    """The code that a command ends with: 3 beats 7 beats 6 beats 8 beats 1 beats 2 beats 0.

    `undone`: something declared is blocked, or was not done. `done`: this run did something. `refused`: a limit
    refuses. `wrong_ledger`: the ledger is not the newest. `pending`: there are changes, and the command is to say so.
    """
    codes = []
    if left.in_doubt:
        codes.append(ExitCode.IN_DOUBT)
    if refused:
        codes.append(ExitCode.REFUSED)
    if wrong_ledger:
        codes.append(ExitCode.WRONG_LEDGER)
    if undone or left.failed:
        codes.append(ExitCode.APPLIED_IN_PART if done else ExitCode.ERROR)
    if pending:
        codes.append(ExitCode.CHANGES_PENDING)
    return worst_of(codes)


def open_failures(
    failed: Sequence[Attempt],
    others: Sequence[Attempt],
    kin: Mapping[SubjectKey, AbstractSet[SubjectKey]],
) -> tuple[Attempt, ...]:
    """The failed attempts that are not superseded, in their order.

    A failed attempt is superseded when each of its objects was accepted again at a later revision. `others`: the
    attempts, with keys, that may have done that. `kin`: for a subject, those that it was renamed from or to.
    """
    return tuple(each for each in failed if not _is_superseded(each, others, kin.get(each.subject, frozenset())))


def _is_superseded(failed: Attempt, others: Sequence[Attempt], kin: AbstractSet[SubjectKey]) -> bool:
    left = set(unpack_keys(failed.keys or b""))
    if not left:
        return False
    for other in others:
        mine = other.subject == failed.subject or other.subject in kin
        if mine and other.state in SENT and other.revision > failed.revision:
            left.difference_update(unpack_keys(other.keys or b""))
    return not left
