"""What is recorded of subjects beside their attempts: digests of complete sets, adopted jobs, baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import Claimed, State, Taken
from jetplan.ledger import claims, reads
from jetplan.ledger.granting import ClaimRequest, add_attempts, advance, ensure_subjects
from jetplan.ledger.words import lock_name, storable, subject_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.core.attempts import ClaimResult, NewAttempt, SubjectKey
    from jetplan.ledger.contents import Contents
    from jetplan.ledger.driver import Transaction


def record_complete(
    tx: Transaction,
    scope_id: str,
    subject: SubjectKey,
    digest: bytes,
    sizes: bytes | None,
    expected_version: int | None,
) -> bool:
    """Note a digest as entirely sent, unless the subject moved since that was found."""
    tx.lock([lock_name(scope_id, subject.kind, subject.name)])
    if expected_version is not None and claims.version_of(tx, scope_id, subject) != expected_version:
        return False
    ident = subject_id(scope_id, subject)
    return bool(
        tx.run("UPDATE jetplan_subjects SET settled = ?, sizes = ? WHERE subject_id = ?", (digest, sizes, ident))
    )


def record_all_complete(tx: Transaction, scope_id: str, sets: Sequence[tuple[SubjectKey, bytes, bytes | None]]) -> None:
    """Note many digests as entirely sent."""
    tx.lock(sorted({lock_name(scope_id, subject.kind, subject.name) for subject, _, _ in sets}))
    rows = [(digest, sizes, subject_id(scope_id, subject)) for subject, digest, sizes in sets]
    tx.run_many("UPDATE jetplan_subjects SET settled = ?, sizes = ? WHERE subject_id = ?", rows)


def adopt(tx: Transaction, scope_id: str, jobs: Sequence[tuple[SubjectKey, str]]) -> None:
    """Note which job on the server each declared one is."""
    tx.lock(sorted({lock_name(scope_id, subject.kind, subject.name) for subject, _ in jobs}))
    idents = ensure_subjects(tx, [(scope_id, subject) for subject, _ in jobs])
    rows = [(storable(job_id), ident) for ident, (_, job_id) in zip(idents, jobs, strict=True)]
    tx.run_many("UPDATE jetplan_subjects SET job_id = ? WHERE subject_id = ?", rows)


def record_baseline(
    tx: Transaction,
    scope_id: str,
    subject: SubjectKey,
    packed: tuple[NewAttempt, Contents],
    run_id: str,
    who: str,
    reason: str,
) -> ClaimResult:
    """Record objects that a person says were sent already, as an attempt that was accepted."""
    request = ClaimRequest(scope_id, subject, -1, [packed], run_id)
    tx.lock(sorted(claims.locks(tx, [request])))
    in_the_way = claims.holders(tx, request, seen=False)
    if in_the_way:
        return Taken(tuple(reads.by_ids(tx, in_the_way)))
    version = claims.version_of(tx, scope_id, subject)
    advance(tx, ensure_subjects(tx, [(scope_id, subject)]))
    detail = {"baseline": True, "who": who, "reason": reason}
    add_attempts(tx, [request], State.RESOLVED_ACCEPTED, detail)
    return Claimed(version + 1)
