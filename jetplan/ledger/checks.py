"""Whether a ledger is healthy: the database's own checks, and the invariants that the promise rests on."""

from __future__ import annotations

import heapq
import zlib
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from jetplan.core.arrival import Arrival
from jetplan.core.attempts import RELEASED, TRANSITIONS, Kind, State, SubjectKey
from jetplan.core.objects import KEY_BYTES, object_keys, unpack_keys
from jetplan.ledger import reads
from jetplan.ledger.records import Finding
from jetplan.ledger.words import from_json, subject_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jetplan.ledger.driver import Driver, Transaction

_RELEASED = {state.value for state in RELEASED}
_KNOWN = {state.value for state in State} | {""}


def check(driver: Driver) -> list[Finding]:
    """Everything found wrong, the database's findings first; the invariants are looked at where it finds nothing."""
    found = [Finding(f"the database reports: {sentence}") for sentence in driver.integrity()]
    return found or driver.read(invariants)


def invariants(tx: Transaction) -> list[Finding]:
    """What is impossible in the rows of a ledger. An import asks this before it commits."""
    return [*_subjects(tx), *_states(tx), *_contents(tx), *_claims(tx), *_deliveries(tx), *_arrivals(tx), *_retries(tx)]


def _subjects(tx: Transaction) -> Iterator[Finding]:
    """Each subject's id is the one that follows from its name and route, and its attempts are in its scope."""
    for ident, scope_id, *words in tx.rows(
        "SELECT subject_id, scope_id, kind, name, source_id, destination_id FROM jetplan_subjects ORDER BY subject_id"
    ):
        kind, name, source_id, destination_id = words
        if ident != subject_id(scope_id, SubjectKey(Kind(kind), name, source_id, destination_id)):
            yield Finding(f"the id {ident} of {kind} {name!r} is not the one that follows from its name and route")
    for (attempt_id,) in tx.rows(
        """SELECT a.attempt_id FROM jetplan_attempts a JOIN jetplan_subjects s ON s.subject_id = a.subject_id
           WHERE a.scope_id <> s.scope_id ORDER BY a.attempt_id"""
    ):
        yield Finding("it is recorded in another scope than its delivery set or job", attempt_id)


def _states(tx: Transaction) -> Iterator[Finding]:
    """Each attempt's state is the last of its history, and its history consists of allowed transitions."""
    rows = tx.rows(
        """SELECT a.attempt_id, a.state, a.seq, t.seq, t.from_state, t.to_state FROM jetplan_attempts a
           LEFT JOIN jetplan_transitions t ON t.attempt_id = a.attempt_id ORDER BY a.attempt_id, t.seq"""
    )
    last: dict[str, tuple[int, str]] = {}
    stands = {row[0]: (row[2], row[1]) for row in rows}
    for attempt_id, _, _, seq, was, to in rows:
        before = last.get(attempt_id)
        if seq is None:
            yield Finding("it has no history", attempt_id)
        elif before is None and (seq != 0 or was):
            yield Finding("its history does not begin with the claim", attempt_id)
        elif before is not None and (seq != before[0] + 1 or was != before[1]):
            yield Finding(f"its history has a gap before entry {seq}", attempt_id)
        elif {was, to} - _KNOWN:
            yield Finding(f"its history goes from {was!r} to {to!r}: one of them is no state", attempt_id)
        elif before is not None and State(to) not in TRANSITIONS[State(was)]:
            yield Finding(f"its history goes from {was} to {to}, which cannot happen", attempt_id)
        if seq is not None:
            last[attempt_id] = (seq, to)
    for attempt_id, end in last.items():
        if stands[attempt_id] != end:
            yield Finding(f"it stands at {stands[attempt_id][1]}, its history ends at {end[1]}", attempt_id)


def _contents(tx: Transaction) -> Iterator[Finding]:
    """Keys are sorted, no key twice, and as many as the attempt says."""
    for attempt_id, objects in tx.rows("SELECT attempt_id, objects FROM jetplan_attempts ORDER BY attempt_id"):
        keys = unpack_keys(reads.keys_of(tx, [attempt_id]).get(attempt_id, b""))
        if any(left >= right for left, right in pairwise(keys)):
            yield Finding("its keys are not sorted, or one is there twice", attempt_id)
        elif len(keys) != objects or any(len(key) != KEY_BYTES for key in keys[-1:]):
            yield Finding(f"it says that it has {objects} objects and has {len(keys)} keys", attempt_id)
        elif not _lists(tx, attempt_id, keys):
            yield Finding("its list of paths does not fit its keys", attempt_id)


def _lists(tx: Transaction, attempt_id: str, keys: Sequence[bytes]) -> bool:
    """Whether the paths that people are shown are those that are claimed."""
    try:
        paths, sizes = reads.listing(tx, attempt_id)
    except (ValueError, zlib.error):
        return False
    return len(paths) == len(sizes) and sorted(object_keys(paths)) == list(keys)


def _deliveries(tx: Transaction) -> Iterator[Finding]:
    """No two attempts of a scope are recorded as sent under one delivery id."""
    holders: dict[tuple[str, str], str] = {}
    for scope, delivery_id, attempt_id, state in tx.rows(
        """SELECT scope_id, delivery_id, attempt_id, state FROM jetplan_attempts WHERE delivery_id <> ''
           ORDER BY created_on, attempt_id"""
    ):
        first = holders.setdefault((scope, delivery_id), attempt_id)
        if first != attempt_id and state not in _RELEASED:
            yield Finding(f"it is recorded under delivery id {delivery_id}, which is {first}'s", attempt_id)


def _arrivals(tx: Transaction) -> Iterator[Finding]:
    """What is said of an attempt's files can be read."""
    for attempt_id, text in tx.rows("SELECT attempt_id, arrival FROM jetplan_arrivals ORDER BY attempt_id"):
        try:
            Arrival.of(from_json(text))
        except (KeyError, TypeError, ValueError):
            yield Finding("what it says of its files cannot be read", attempt_id)


def _retries(tx: Transaction) -> Iterator[Finding]:
    """A retry is of an attempt of the same subject and revision, and only one retry of an attempt holds its claim."""
    held: dict[str, str] = {}
    for attempt_id, state, failed, fits in tx.rows(
        """SELECT a.attempt_id, a.state, a.retry_of, CASE WHEN f.subject_id = a.subject_id
           AND f.revision = a.revision THEN 1 ELSE 0 END FROM jetplan_attempts a
           LEFT JOIN jetplan_attempts f ON f.attempt_id = a.retry_of
           WHERE a.retry_of <> '' ORDER BY a.created_on, a.attempt_id"""
    ):
        if not fits:
            yield Finding(f"it retries {failed}, which is no attempt of this set and revision", attempt_id)
        if state not in _RELEASED and held.setdefault(failed, attempt_id) != attempt_id:
            yield Finding(f"it retries {failed}, which {held[failed]} retries already", attempt_id)


def _claims(tx: Transaction) -> Iterator[Finding]:
    """No two live attempts of a subject hold the same object at the same revision, but a retry and what it retries."""
    groups: dict[tuple[str, int], list[str]] = {}
    retried: dict[str, str] = {}
    for subject, revision, attempt_id, state, retry_of in tx.rows(
        "SELECT subject_id, revision, attempt_id, state, retry_of FROM jetplan_attempts ORDER BY attempt_id"
    ):
        if state not in _RELEASED:
            groups.setdefault((subject, revision), []).append(attempt_id)
            retried[attempt_id] = retry_of
    for attempts in groups.values():
        if len(attempts) > 1:
            yield from _shared(reads.keys_of(tx, attempts), retried)


def _shared(keys: dict[str, bytes], retried: Mapping[str, str]) -> Iterator[Finding]:
    merged = heapq.merge(*([(key, ident) for key in unpack_keys(packed)] for ident, packed in keys.items()))
    told: set[tuple[str, str]] = set()
    for _, group in groupby(merged, key=itemgetter(0)):
        holders = [ident for _, ident in group]
        for holder, ident in pairwise(holders):
            if (holder, ident) not in told and not _is_chain(holders, retried):
                told.add((holder, ident))
                yield Finding(f"it holds an object that {holder} holds at the same revision", ident)


def _is_chain(holders: Sequence[str], retried: Mapping[str, str]) -> bool:
    """Whether of some attempts each but one is a retry of another one of them, and none is retried twice."""
    of = [retried.get(each, "") for each in holders]
    inside = [each for each in of if each in holders]
    return len(inside) == len(set(inside)) == len(holders) - 1
