"""Claims: what an attempt may act on belongs to it alone from here on, decided in one transaction.

While a claim is decided it holds the subject's name, so nobody else can look or write in between; and the version
is written by compare-and-swap besides, so that a lock that failed to lock would still grant nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jetplan.core.attempts import RELEASED, UNFINISHED, Claimed, Kind, State, SubjectKey, Taken
from jetplan.ledger import reads
from jetplan.ledger.contents import page_rows
from jetplan.ledger.driver import OperationFailed, rows_in
from jetplan.ledger.marks import HISTORY
from jetplan.ledger.search import sharing
from jetplan.ledger.times import stamp
from jetplan.ledger.words import lock_name, plain, subject_id, to_json
from jetplan.ledger.writer import Handler

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jetplan.core.attempts import ClaimResult, NewAttempt
    from jetplan.errors import JetplanError
    from jetplan.ledger.contents import Contents
    from jetplan.ledger.driver import Row, Transaction

SUBJECT = (
    "subject_id",
    "scope_id",
    "kind",
    "name",
    "source_id",
    "destination_id",
    "version",
    "job_id",
    "settled",
    "sizes",
)
ATTEMPT = (
    "attempt_id", "subject_id", "scope_id", "run_id", "state", "seq", "created_on", "changed_on", "batch", "batches",
    "revision", "job_id", "job_name", "objects", "known_bytes", "unknown_sizes", "overlap_allowed", "delivery_id",
    "detail", "baseline", "first_paths",
)  # fmt: skip
_HOLDING = tuple(state.value for state in State if state not in RELEASED)
_UNFINISHED = tuple(state.value for state in UNFINISHED)


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """What `Ledger.claim` was asked, with its objects packed."""

    scope_id: str
    subject: SubjectKey
    expected_version: int
    attempts: Sequence[tuple[NewAttempt, Contents]]
    run_id: str
    also: Sequence[SubjectKey] = ()


def locks(tx: Transaction, requests: Sequence[ClaimRequest]) -> Iterable[str]:
    """The subjects claimed, and those they were renamed from or to."""
    names = set()
    for request in requests:
        for subject in (request.subject, *request.also):
            names.add(lock_name(request.scope_id, subject.kind, subject.name))
        names |= _kin_locks(tx, request)
    return names


def apply(tx: Transaction, requests: Sequence[ClaimRequest]) -> list[ClaimResult | JetplanError]:
    """Decide claims in their order, each upon what the ones before it left."""
    return [_claim(tx, request) for request in requests]


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


def _claim(tx: Transaction, request: ClaimRequest) -> ClaimResult:
    ident = subject_id(request.scope_id, request.subject)
    version = version_of(tx, request.scope_id, request.subject)
    in_the_way = holders(tx, request, seen=version == request.expected_version)
    if in_the_way:
        return Taken(tuple(reads.by_ids(tx, in_the_way)))
    ensure_subject(tx, request.scope_id, request.subject)
    _remember_renames(tx, request, ident)
    advance(tx, ident)
    add_attempts(tx, request, ident, State.INTENDED, {})
    return Claimed(version + 1)


def holders(tx: Transaction, request: ClaimRequest, *, seen: bool) -> list[str]:
    """The attempts that stand in the way; `seen`: the planner has seen all of the subject's own."""
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
    rivals = {subject_id(request.scope_id, former) for former in request.also} | _kin(tx, ident)
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


def ensure_subject(tx: Transaction, scope_id: str, subject: SubjectKey) -> str:
    """Make a subject's row where it is missing; its id."""
    ident = subject_id(scope_id, subject)
    row = (ident, scope_id, subject.kind.value, subject.name, subject.source_id, subject.destination_id, 0, "")
    tx.run(
        """INSERT INTO jetplan_subjects
           (subject_id, scope_id, kind, name, source_id, destination_id, version, job_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject_id) DO NOTHING""",
        row,
    )
    return ident


def advance(tx: Transaction, ident: str) -> None:
    """Count one more claim on a subject, by compare-and-swap."""
    ((version,),) = tx.rows("SELECT version FROM jetplan_subjects WHERE subject_id = ?", (ident,))
    changed = tx.run(
        "UPDATE jetplan_subjects SET version = version + 1 WHERE subject_id = ? AND version = ?", (ident, version)
    )
    if changed != 1:
        raise OperationFailed("the subject was claimed by another run at the same moment")


def add_attempts(tx: Transaction, request: ClaimRequest, ident: str, state: State, detail: Mapping[str, Any]) -> None:
    """Write the attempts, their packed objects and the first line of their history."""
    now, story = stamp(tx.now), to_json(detail)
    rows: list[Row] = []
    for new, contents in request.attempts:
        identity = (new.attempt_id, ident, request.scope_id, request.run_id, state.value, 0, now, now)
        asked = (new.batch, new.batches, new.revision, plain(new.job_id), plain(new.job_name))
        held = (contents.objects, contents.known_bytes, contents.unknown_sizes, int(new.overlap_allowed))
        rows.append((*identity, *asked, *held, "", story, None, contents.first_paths))
    tx.insert("jetplan_attempts", ATTEMPT, rows)
    first = [(row[0], 0, "", state.value, now, request.run_id, story, tx.token) for row in rows]
    tx.insert("jetplan_transitions", HISTORY, first)
    pages = [page for new, contents in request.attempts for page in page_rows(new.attempt_id, contents)]
    tx.insert("jetplan_pages", ("attempt_id", "part", "first", "keys"), pages)
    listings = [(new.attempt_id, contents.listing) for new, contents in request.attempts if contents.listing]
    tx.insert("jetplan_listings", ("attempt_id", "listing"), listings)
    if rows:
        tx.proof = rows[0][0]


def _kin(tx: Transaction, ident: str) -> set[str]:
    """Subjects that this one was ever renamed from, or to."""
    rows = tx.rows(
        """SELECT former_id FROM jetplan_renames WHERE subject_id = ?
           UNION SELECT subject_id FROM jetplan_renames WHERE former_id = ?""",
        (ident, ident),
    )
    return {row[0] for row in rows}


def _kin_locks(tx: Transaction, request: ClaimRequest) -> set[str]:
    kin = _kin(tx, subject_id(request.scope_id, request.subject))
    rows = rows_in(tx, "SELECT kind, name FROM jetplan_subjects WHERE subject_id IN (@)", kin)
    return {lock_name(request.scope_id, Kind(kind), name) for kind, name in rows}


def _remember_renames(tx: Transaction, request: ClaimRequest, ident: str) -> None:
    """From now on a claim under the old name counts what was sent under the new one; plans made before are stale."""
    for former in request.also:
        if former == request.subject:
            continue
        former_id = ensure_subject(tx, request.scope_id, former)
        added = tx.run(
            "INSERT INTO jetplan_renames (subject_id, former_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (ident, former_id),
        )
        if added:
            advance(tx, former_id)


CLAIMS: Handler[ClaimRequest, ClaimResult] = Handler(locks, apply)
