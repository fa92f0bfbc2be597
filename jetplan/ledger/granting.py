"""Writes granted claims: subjects, their versions, and attempts with their contents. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jetplan.ledger.contents import page_rows
from jetplan.ledger.driver import OperationFailed, rows_in
from jetplan.ledger.times import stamp
from jetplan.ledger.transitions import HISTORY
from jetplan.ledger.words import storable, subject_id, to_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from jetplan.core.attempts import NewAttempt, State, SubjectKey
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
    "detail", "baseline", "first_paths", "retry_of",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """What `Ledger.claim` was asked, with their objects packed."""

    scope_id: str
    subject: SubjectKey
    expected_version: int
    attempts: Sequence[tuple[NewAttempt, Contents]]
    run_id: str
    also: Sequence[SubjectKey] = ()


def ensure_subjects(tx: Transaction, scoped: Collection[tuple[str, SubjectKey]]) -> list[str]:
    """Make the rows of subjects (with their scopes) where they are missing; their ids, in order."""
    idents = [subject_id(scope_id, subject) for scope_id, subject in scoped]
    rows = [
        (ident, scope_id, subject.kind.value, subject.name, subject.source_id, subject.destination_id, 0, "")
        for ident, (scope_id, subject) in zip(idents, scoped, strict=True)
    ]
    tx.run_many(
        """INSERT INTO jetplan_subjects
           (subject_id, scope_id, kind, name, source_id, destination_id, version, job_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject_id) DO NOTHING""",
        rows,
    )
    return idents


def advance(tx: Transaction, idents: Collection[str]) -> None:
    """Count one more claim on each of some subjects, by compare-and-swap."""
    versions = rows_in(tx, "SELECT subject_id, version FROM jetplan_subjects WHERE subject_id IN (@)", idents)
    changed = tx.run_many(
        "UPDATE jetplan_subjects SET version = version + 1 WHERE subject_id = ? AND version = ?", versions
    )
    if changed != len(idents):
        raise OperationFailed("a subject was claimed by another run at the same moment")


def add_attempts(tx: Transaction, requests: Sequence[ClaimRequest], state: State, detail: Mapping[str, Any]) -> None:
    """Write the attempts of requests, their packed objects and the first line of their history."""
    now, story = stamp(tx.now), to_json(detail)
    new = [(request, attempt, contents) for request in requests for attempt, contents in request.attempts]
    if not new:
        return
    tx.insert("jetplan_attempts", ATTEMPT, [_row(*each, state, now, story) for each in new])
    first = [
        (attempt.attempt_id, 0, "", state.value, now, request.run_id, story, tx.token) for request, attempt, _ in new
    ]
    tx.insert("jetplan_transitions", HISTORY, first)
    pages = [page for _, attempt, contents in new for page in page_rows(attempt.attempt_id, contents)]
    tx.insert("jetplan_pages", ("attempt_id", "part", "first", "keys"), pages)
    listings = [(attempt.attempt_id, contents.listing) for _, attempt, contents in new if contents.listing]
    tx.insert("jetplan_listings", ("attempt_id", "listing"), listings)
    tx.proof = first[0][0]


def _row(request: ClaimRequest, new: NewAttempt, contents: Contents, state: State, now: str, story: str) -> Row:
    ident = subject_id(request.scope_id, request.subject)
    identity = (new.attempt_id, ident, request.scope_id, request.run_id, state.value, 0, now, now)
    asked = (new.batch, new.batches, new.revision, storable(new.job_id), storable(new.job_name))
    held = (contents.objects, contents.known_bytes, contents.unknown_sizes, int(new.overlap_allowed))
    return (*identity, *asked, *held, "", story, None, contents.first_paths, new.retry_of)
