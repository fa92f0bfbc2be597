"""Claims: one transaction decides that an attempt, and no other, may act on its objects.

While a claim is decided it holds the subject's name, so nobody else can look or write in between; and the version
is written by compare-and-swap besides, so that a lock that failed to lock would still grant nothing twice.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jetplan.core.attempts import RELEASED, UNFINISHED, Claimed, Kind, State, Taken
from jetplan.errors import JetplanError
from jetplan.ledger import reads, retries
from jetplan.ledger.driver import rows_in
from jetplan.ledger.granting import ClaimRequest, add_attempts, advance, ensure_subjects
from jetplan.ledger.leases import ended
from jetplan.ledger.search import sharing
from jetplan.ledger.words import lock_name, subject_id
from jetplan.ledger.writer import Handler

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from jetplan.core.attempts import ClaimResult, SubjectKey
    from jetplan.ledger.driver import Transaction

_HOLDING = tuple(state.value for state in State if state not in RELEASED)
_UNFINISHED = tuple(state.value for state in UNFINISHED)


def locks(tx: Transaction, requests: Sequence[ClaimRequest]) -> Iterable[str]:
    """The subjects claimed, and those they were renamed from or to."""
    names = {
        lock_name(request.scope_id, subject.kind, subject.name)
        for request in requests
        for subject in (request.subject, *request.also)
    }
    renames = _renames_of(tx, {subject_id(request.scope_id, request.subject) for request in requests})
    others = set().union(*renames.values())
    rows = rows_in(tx, "SELECT scope_id, kind, name FROM jetplan_subjects WHERE subject_id IN (@)", others)
    return names | {lock_name(scope_id, Kind(kind), name) for scope_id, kind, name in rows}


def apply(tx: Transaction, requests: Sequence[ClaimRequest]) -> list[ClaimResult | JetplanError]:
    """Decide claims: first those with nothing in their way, together; then the others, each upon what is there.

    A run that has ended is refused: other runs rest on it (see `concurrency`).
    """
    over = ended(tx, {request.run_id for request in requests})
    clear = [free and request.run_id not in over for request, free in zip(requests, _clear(tx, requests), strict=True)]
    granted = [request for request, free in zip(requests, clear, strict=True) if free]
    if granted:
        advance(tx, ensure_subjects(tx, [(request.scope_id, request.subject) for request in granted]))
        add_attempts(tx, granted, State.INTENDED, {})
    return [
        Claimed(request.expected_version + 1) if free else _claim(tx, request, over)
        for request, free in zip(requests, clear, strict=True)
    ]


def _clear(tx: Transaction, requests: Sequence[ClaimRequest]) -> list[bool]:
    """Claims that need not be checked against attempts: the version is the planned one, and no other name counts."""
    idents = [subject_id(request.scope_id, request.subject) for request in requests]
    renames = _renames_of(tx, set(idents))
    rows = rows_in(tx, "SELECT subject_id, version FROM jetplan_subjects WHERE subject_id IN (@)", set(idents))
    versions: dict[str, int] = dict(rows)
    names = [(request.scope_id, request.subject.kind, request.subject.name) for request in requests]
    asked = Counter(names)
    jobs = {name for _, kind, name in names if kind is Kind.JOB}
    made = {
        (scope_id, Kind.JOB, name)
        for scope_id, name in rows_in(
            tx, "SELECT scope_id, name FROM jetplan_subjects WHERE kind = 'job' AND name IN (@)", jobs
        )
    }
    return [
        not request.also
        and not any(attempt.retry_of for attempt, _ in request.attempts)
        and not renames.get(ident)
        and asked[name] == 1
        and name not in made
        and versions.get(ident, 0) == request.expected_version
        for request, ident, name in zip(requests, idents, names, strict=True)
    ]


def version_of(tx: Transaction, scope_id: str, subject: SubjectKey) -> int:
    """The version claims compare with: a job's is that of its name, summed over its routes."""
    if subject.kind is Kind.DELIVERY:
        rows = tx.rows("SELECT version FROM jetplan_subjects WHERE subject_id = ?", (subject_id(scope_id, subject),))
    else:
        rows = tx.rows(
            "SELECT version FROM jetplan_subjects WHERE scope_id = ? AND kind = ? AND name = ?",
            (scope_id, subject.kind.value, subject.name),
        )
    return sum(row[0] for row in rows)


def _claim(tx: Transaction, request: ClaimRequest, over: Collection[str]) -> ClaimResult | JetplanError:
    if request.run_id in over:
        return JetplanError(f"run {request.run_id} has ended and can claim nothing more", hint="run the command again")
    version = version_of(tx, request.scope_id, request.subject)
    in_the_way = _in_the_way(tx, request, seen=version == request.expected_version)
    if isinstance(in_the_way, JetplanError):
        return in_the_way
    if in_the_way:
        return Taken(tuple(reads.by_ids(tx, in_the_way)))
    idents = ensure_subjects(tx, [(request.scope_id, request.subject)])
    _remember_renames(tx, request, idents[0])
    advance(tx, idents)
    add_attempts(tx, [request], State.INTENDED, {})
    return Claimed(version + 1)


def _in_the_way(tx: Transaction, request: ClaimRequest, *, seen: bool) -> list[str] | JetplanError:
    """The attempts that stand in the way. A retry comes alone: another attempt holds its objects, and may not."""
    if not any(attempt.retry_of for attempt, _ in request.attempts):
        return holders(tx, request, seen=seen)
    if len(request.attempts) > 1:
        return JetplanError("a retry is claimed by itself")
    ident = subject_id(request.scope_id, request.subject)
    return retries.in_the_way(tx, request, *request.attempts[0], _renames_of(tx, {ident}).get(ident, set()))


def holders(tx: Transaction, request: ClaimRequest, *, seen: bool) -> list[str]:
    """The attempts that conflict with a claim. `seen`: the planner has seen all attempts of the subject itself."""
    if request.subject.kind is Kind.JOB:
        states = _UNFINISHED if seen else _HOLDING
        rows = rows_in(
            tx,
            """SELECT a.attempt_id FROM jetplan_subjects s JOIN jetplan_attempts a ON a.subject_id = s.subject_id
               WHERE s.scope_id = ? AND s.kind = 'job' AND s.name = ? AND a.state IN (@)""",
            states,
            before=(request.scope_id, request.subject.name),
        )
        return sorted(row[0] for row in rows)
    ident = subject_id(request.scope_id, request.subject)
    rivals = {subject_id(request.scope_id, former) for former in request.also} | _renames_of(tx, {ident}).get(
        ident, set()
    )
    rivals = rivals - {ident} if seen else rivals | {ident}
    if not rivals:
        return []
    live: dict[int, list[str]] = {}
    for attempt_id, revision, state in rows_in(
        tx, "SELECT attempt_id, revision, state FROM jetplan_attempts WHERE subject_id IN (@)", rivals
    ):
        if State(state) not in RELEASED:
            live.setdefault(revision, []).append(attempt_id)
    return sorted(
        {
            holder
            for attempt, contents in request.attempts
            for holder in sharing(tx, live.get(attempt.revision, ()), contents.keys)
        }
    )


def _renames_of(tx: Transaction, idents: Collection[str]) -> dict[str, set[str]]:
    """Subjects that each of these was ever renamed from, or to."""
    renames: dict[str, set[str]] = {}
    pairs = rows_in(tx, "SELECT subject_id, former_id FROM jetplan_renames WHERE subject_id IN (@)", idents)
    pairs += rows_in(tx, "SELECT former_id, subject_id FROM jetplan_renames WHERE former_id IN (@)", idents)
    for ident, other in pairs:
        renames.setdefault(ident, set()).add(other)
    return renames


def _remember_renames(tx: Transaction, request: ClaimRequest, ident: str) -> None:
    """From now on a claim under the old name counts what was sent under the new one; plans made before are stale."""
    for former in request.also:
        if former == request.subject:
            continue
        (former_id,) = ensure_subjects(tx, [(request.scope_id, former)])
        added = tx.run(
            "INSERT INTO jetplan_renames (subject_id, former_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (ident, former_id),
        )
        if added:
            advance(tx, [former_id])


CLAIMS: Handler[ClaimRequest, ClaimResult] = Handler(locks, apply)
