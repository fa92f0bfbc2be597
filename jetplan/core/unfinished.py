"""Which attempts are not finished, and the exit code that follows. Every command asks these functions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.arrival import FAILED
from jetplan.core.attempts import SENT, State
from jetplan.core.objects import folders_above, object_key, unpack_keys
from jetplan.errors import ExitCode, worst_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.core.arrival import Arrival
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


def end_of(arrival: Arrival) -> State | None:
    """The state that an accepted attempt is in by what arrived; None where it stays as it is.

    What Jet calls completed, and of which a file is not seen, stays accepted: it may still be listed.
    """
    if arrival.ended and arrival.whole:
        return State.DELIVERED
    if arrival.state == FAILED or (not arrival.state and arrival.ended):
        return State.FAILED
    return None


def open_failures(
    failed: Sequence[Attempt],
    others: Sequence[Attempt],
    renames: Mapping[SubjectKey, AbstractSet[SubjectKey]],
) -> tuple[Attempt, ...]:
    """The attempts of which something did not arrive and that are not superseded, in their order.

    Such an attempt is superseded when each of its objects that is not seen complete was accepted again: at a later
    revision, or by a retry. `others`: the attempts, with keys, that may have done that. `renames`: for a subject, those
    that it was renamed from or to.
    """
    return tuple(each for each in failed if not _is_superseded(each, others, renames.get(each.subject, frozenset())))


def _is_superseded(failed: Attempt, others: Sequence[Attempt], renames: AbstractSet[SubjectKey]) -> bool:
    again: set[bytes] = set()
    for other in others:
        mine = other.subject == failed.subject or other.subject in renames
        later = other.revision > failed.revision or other.retry_of == failed.attempt_id
        if mine and later and other.state in SENT:
            again.update(unpack_keys(other.keys or b""))
    return bool(again) and all(not again.isdisjoint(keys) for keys in _left(failed))


def _left(failed: Attempt) -> Iterator[Sequence[bytes]]:
    """For each object that is not seen complete, the keys of which any sends it again: its own, or a folder's above.

    Where not every file is named, every object counts.
    """
    arrival = failed.arrival
    if arrival is None or arrival.unnamed or arrival.moving:
        yield from ((key,) for key in unpack_keys(failed.keys or b""))
        return
    for each in arrival.left():
        yield [object_key(each.path), *map(object_key, folders_above(each.path))]
