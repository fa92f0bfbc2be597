"""New objects of sets held against what the ledger recorded at their destinations, in this scope and in every other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import RELEASED, Kind
from jetplan.core.delta import difference, holds
from jetplan.core.observed import Overlapping, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.attempts import Attempt, SubjectKey
    from jetplan.core.observed import ObservedProfile, SetRecord
    from jetplan.core.spec import Spec
    from jetplan.ledger.records import SubjectRecord
    from jetplan.ledger.store import Ledger


def find_overlaps(
    spec: Spec,
    ledger: Ledger,
    scope: str,
    subjects: Mapping[SubjectKey, SubjectRecord],
    records: Mapping[str, SetRecord],
    changed: Mapping[str, Sequence[SubjectKey]],
    former: Mapping[str, Sequence[ObservedProfile]],
) -> dict[str, list[Overlapping]]:
    """New objects that recorded attempts hold under another set, or in another shape: one search a destination.

    What another scope holds counts too: profile ids are unique, while an API may be reached under two URLs and an
    account be seen under two ids. `changed`: the sets to look at, each with the subjects that are its own. `former`:
    for a destination, the recorded profiles whose place it may have taken.
    """
    here = {key.destination_id for key, record in subjects.items() if key.kind is Kind.DELIVERY and _live(record)}
    elsewhere = ledger.destinations_elsewhere(scope)
    asked: dict[str, list[tuple[str, int]]] = {}
    for name in changed:
        destination = records[name].subject.destination_id
        if destination in here or destination in elsewhere or destination in former:
            new = difference(spec.sets[name].objects, records[name].attempts).new_indexes()
            asked.setdefault(destination, []).extend((name, index) for index in new)
    found: dict[str, list[Overlapping]] = {}
    holders = _Holders(ledger)
    for destination, questions in asked.items():
        paths = [spec.sets[name].objects.paths[index] for name, index in questions]
        for hit in ledger.find_objects(scope, destination, paths) if destination in here else ():
            name, index = questions[hit.index]
            attempt = holders.attempt(hit.attempt_id)
            own = attempt.subject in changed[name]
            if holds(attempt) and not (own and hit.relation is Relation.SAME):
                found.setdefault(name, []).append(Overlapping(index, hit.relation, attempt))
        for before in former.get(destination, ()):
            for hit in ledger.find_objects(scope, before.profile_id, paths):
                name, index = questions[hit.index]
                attempt = holders.attempt(hit.attempt_id)
                if holds(attempt):
                    found.setdefault(name, []).append(Overlapping(index, hit.relation, attempt, former=before))
        for hit in ledger.find_elsewhere(scope, destination, paths) if destination in elsewhere else ():
            name, index = questions[hit.index]
            attempt = holders.attempt(hit.attempt_id)
            if holds(attempt):
                where = holders.scope_name(hit.attempt_id)
                found.setdefault(name, []).append(Overlapping(index, hit.relation, attempt, where))
    return found


class _Holders:
    """The attempts that were hit, each read once however many objects it holds."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._attempts: dict[str, Attempt] = {}
        self._scopes: dict[str, str] = {}

    def attempt(self, ident: str) -> Attempt:
        if ident not in self._attempts:
            self._attempts[ident] = self._ledger.attempt(ident)
        return self._attempts[ident]

    def scope_name(self, ident: str) -> str:
        if ident not in self._scopes:
            self._scopes[ident] = self._ledger.scope_name(ident)
        return self._scopes[ident]


def _live(record: SubjectRecord) -> bool:
    return any(count and state not in RELEASED for state, count in record.states.items())
