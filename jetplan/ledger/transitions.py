"""Transitions: compare-and-swap on an attempt's state, with its history written in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jetplan.core.attempts import RELEASED, SENT, TRANSITIONS, Kind, State
from jetplan.errors import JetplanError, LedgerMismatch
from jetplan.ledger.driver import OperationFailed, rows_in
from jetplan.ledger.records import Transitioned
from jetplan.ledger.times import stamp
from jetplan.ledger.words import lock_name, storable, to_json
from jetplan.ledger.writer import Handler

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.ledger.driver import Transaction

HISTORY = ("attempt_id", "seq", "from_state", "to_state", "made_on", "run_id", "detail", "token")


@dataclass(frozen=True, slots=True)
class TransitionRequest:
    """The arguments of `Ledger.transition`."""

    attempt_id: str
    to: State
    detail: Mapping[str, Any]
    run_id: str
    delivery_id: str = ""
    job_id: str = ""
    baseline: Mapping[str, Any] | None = None
    only_from: frozenset[State] | None = None


@dataclass(slots=True)
class _Standing:
    """The state of an attempt, as read and then as changed within the batch."""

    state: State
    seq: int
    subject_id: str
    scope_id: str
    run_id: str
    kind: Kind


def locks(tx: Transaction, requests: Sequence[TransitionRequest]) -> Iterable[str]:
    """The subjects of the attempts: an attempt never changes its subject, so they may be read before.

    And the delivery ids that are told, so that of two attempts that are given the same id one sees the other.
    """
    rows = rows_in(
        tx,
        """SELECT DISTINCT s.scope_id, s.kind, s.name FROM jetplan_attempts a
           JOIN jetplan_subjects s ON s.subject_id = a.subject_id WHERE a.attempt_id IN (@)""",
        {request.attempt_id for request in requests},
    )
    told = {storable(request.delivery_id) for request in requests if request.delivery_id}
    return [*(lock_name(scope_id, Kind(kind), name) for scope_id, kind, name in rows), *map(_delivery_lock, told)]


def _delivery_lock(delivery_id: str) -> str:
    return f"delivery\0{delivery_id}"


def apply(tx: Transaction, requests: Sequence[TransitionRequest]) -> list[Transitioned | JetplanError]:
    """Carry out transitions in their order. An unknown attempt is an error of that transition alone."""
    standing = _standing(tx, requests)
    known = _deliveries(tx, requests, standing)
    now = stamp(tx.now)
    answers: list[Transitioned | JetplanError] = []
    history: list[tuple[Any, ...]] = []
    updates: list[tuple[Any, ...]] = []
    released: list[tuple[str]] = []
    jobs: list[tuple[str, str]] = []
    for asked in requests:
        at = standing.get(asked.attempt_id)
        if at is None:
            answers.append(
                LedgerMismatch(
                    f"the ledger has no attempt {asked.attempt_id}, which was recorded in it: it was replaced by an "
                    "older copy, or restored, while jetplan was at work",
                    hint="put the newest copy in its place, then run `jetplan status`",
                )
            )
            continue
        same = _same_delivery(asked, at, known)
        request = _doubted(asked, same) if same else asked
        if not _allowed(request, at):
            answers.append(Transitioned(done=False, state=at.state, same_delivery=same))
            continue
        if request.delivery_id:
            known.setdefault((at.scope_id, storable(request.delivery_id)), set()).add(request.attempt_id)
        detail = to_json(request.detail)
        baseline = None if request.baseline is None else to_json(request.baseline)
        history.append(
            (request.attempt_id, at.seq + 1, at.state.value, request.to.value, now, request.run_id, detail, tx.token)
        )
        job_id = storable(request.job_id)
        news = (request.to.value, at.seq + 1, now, detail, storable(request.delivery_id), job_id, baseline)
        updates.append((*news, request.attempt_id, at.seq))
        at.state, at.seq = request.to, at.seq + 1
        if request.to in RELEASED:
            released.append((at.subject_id,))
        if job_id and at.kind is Kind.JOB and request.to in SENT:
            jobs.append((job_id, at.subject_id))
        answers.append(Transitioned(done=request is asked, state=request.to, same_delivery=same))
    _write(tx, updates, history, released, jobs)
    return answers


def _standing(tx: Transaction, requests: Sequence[TransitionRequest]) -> dict[str, _Standing]:
    rows = rows_in(
        tx,
        """SELECT a.attempt_id, a.state, a.seq, a.subject_id, a.scope_id, a.run_id, s.kind FROM jetplan_attempts a
           JOIN jetplan_subjects s ON s.subject_id = a.subject_id WHERE a.attempt_id IN (@)""",
        {request.attempt_id for request in requests},
    )
    return {
        attempt_id: _Standing(State(state), seq, subject, scope, run_id, Kind(kind))
        for attempt_id, state, seq, subject, scope, run_id, kind in rows
    }


def _allowed(request: TransitionRequest, at: _Standing) -> bool:
    if request.to not in TRANSITIONS[at.state]:
        return False
    if request.to is State.SENDING and request.run_id != at.run_id:
        return False
    return request.only_from is None or at.state in request.only_from


def _deliveries(
    tx: Transaction, requests: Sequence[TransitionRequest], standing: Mapping[str, _Standing]
) -> dict[tuple[str, str], set[str]]:
    """Who already has the delivery ids that come: (scope, delivery id) -> attempts."""
    ids = {storable(request.delivery_id) for request in requests if request.delivery_id}
    known: dict[tuple[str, str], set[str]] = {}
    for scope in {at.scope_id for at in standing.values()} if ids else ():
        rows = rows_in(
            tx,
            "SELECT delivery_id, attempt_id FROM jetplan_attempts WHERE scope_id = ? AND delivery_id IN (@)",
            ids,
            before=(scope,),
        )
        for delivery_id, attempt_id in rows:
            known.setdefault((scope, delivery_id), set()).add(attempt_id)
    return known


def _same_delivery(
    request: TransitionRequest, at: _Standing, known: Mapping[tuple[str, str], AbstractSet[str]]
) -> tuple[str, ...]:
    """The other attempts of the scope that have the delivery id already."""
    holders = (
        known.get((at.scope_id, storable(request.delivery_id)), frozenset()) if request.delivery_id else frozenset()
    )
    return tuple(sorted(holders - {request.attempt_id}))


def _doubted(request: TransitionRequest, same: Sequence[str]) -> TransitionRequest:
    """What is recorded instead of ACCEPTED where another attempt has the delivery id: one of them may be missing.

    The id stays the other's: asking the server about it would tell nothing of this attempt.
    """
    reason = (
        f"the server gave it delivery id {request.delivery_id}, which attempt {', '.join(same)} has already: "
        "one of them may never have been taken; look in Jet before air time"
    )
    detail = {**request.detail, "reason": reason, "sameDeliveryAs": list(same), "deliveryId": request.delivery_id}
    return replace(request, to=State.IN_DOUBT, detail=detail, delivery_id="")


def _write(
    tx: Transaction,
    updates: Sequence[tuple[Any, ...]],
    history: Sequence[tuple[Any, ...]],
    released: Sequence[tuple[str]],
    jobs: Sequence[tuple[str, str]],
) -> None:
    if not updates:
        return
    changed = tx.run_many(
        """UPDATE jetplan_attempts SET state = ?, seq = ?, changed_on = ?, detail = ?,
           delivery_id = COALESCE(NULLIF(?, ''), delivery_id), job_id = COALESCE(NULLIF(?, ''), job_id),
           baseline = COALESCE(?, baseline) WHERE attempt_id = ? AND seq = ?""",
        updates,
    )
    if changed != len(updates):
        raise OperationFailed("an attempt was changed by another run at the same moment")
    tx.insert("jetplan_transitions", HISTORY, history)
    tx.proof = history[0][0]
    if released:
        tx.run_many("UPDATE jetplan_subjects SET version = version + 1 WHERE subject_id = ?", released)
    if jobs:
        tx.run_many("UPDATE jetplan_subjects SET job_id = ? WHERE subject_id = ?", jobs)


TRANSITION: Handler[TransitionRequest, Transitioned] = Handler(locks, apply)
