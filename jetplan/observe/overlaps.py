"""New objects of sets held against what the ledger recorded at their destinations, in this scope and in every other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.attempts import RELEASED, Kind
from jetplan.core.clashes import folded
from jetplan.core.delta import difference, holds
from jetplan.core.objects import folders_above
from jetplan.core.observed import Overlapping, Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    search = _Search(spec, ledger, scope, changed, former, _Holders(ledger))
    found: dict[str, list[Overlapping]] = {}
    for destination, questions in asked.items():
        if destination in here:
            _add(found, questions, search.here(destination, questions))
            _add(found, questions, search.spelled_otherwise(destination, questions))
        _add(found, questions, search.made_anew(destination, questions))
        if destination in elsewhere:
            _add(found, questions, search.elsewhere(destination, questions))
    return found


Questions = Sequence[tuple[str, int]]
"""New objects: the name of the set, and the index in it."""


def _add(found: dict[str, list[Overlapping]], questions: Questions, met: Iterator[tuple[int, Overlapping]]) -> None:
    for at, overlapping in met:
        found.setdefault(questions[at][0], []).append(overlapping)


@dataclass(frozen=True, slots=True)
class _Search:
    """The searches at one destination. Each gives the number of a question, and what it met."""

    spec: Spec
    ledger: Ledger
    scope: str
    changed: Mapping[str, Sequence[SubjectKey]]
    former: Mapping[str, Sequence[ObservedProfile]]
    holders: _Holders

    def here(self, destination: str, questions: Questions) -> Iterator[tuple[int, Overlapping]]:
        """Under another set, or in another shape."""
        for hit in self.ledger.find_objects(self.scope, destination, self._paths(questions)):
            name, index = questions[hit.index]
            attempt = self.holders.attempt(hit.attempt_id)
            own = attempt.subject in self.changed[name]
            mine = own and (hit.relation is Relation.SAME or bool(attempt.retry_of))
            if holds(attempt) and not mine:
                yield hit.index, Overlapping(index, hit.relation, attempt)

    def spelled_otherwise(self, destination: str, questions: Questions) -> Iterator[tuple[int, Overlapping]]:
        """In other case, or with accents encoded in another way, unless the set says that these are other files."""
        paths = self._paths(questions)
        for hit in self.ledger.find_twins(self.scope, destination, paths):
            name, index = questions[hit.index]
            attempt = self.holders.attempt(hit.attempt_id)
            spelled = self.holders.spelling(hit.attempt_id, paths[hit.index])
            if holds(attempt) and not self.spec.sets[name].allows_twins(paths[hit.index], spelled):
                yield hit.index, Overlapping(index, hit.relation, attempt, spelled=spelled)

    def made_anew(self, destination: str, questions: Questions) -> Iterator[tuple[int, Overlapping]]:
        """At a profile that is gone, and whose place this one may have taken."""
        for before in self.former.get(destination, ()):
            paths = self._paths(questions)
            exact = self.ledger.find_objects(self.scope, before.profile_id, paths)
            for hit in exact + self.ledger.find_twins(self.scope, before.profile_id, paths):
                attempt = self.holders.attempt(hit.attempt_id)
                if holds(attempt):
                    index = questions[hit.index][1]
                    yield hit.index, Overlapping(index, hit.relation, attempt, former=before)

    def elsewhere(self, destination: str, questions: Questions) -> Iterator[tuple[int, Overlapping]]:
        """Recorded for another API or account."""
        for hit in self.ledger.find_elsewhere(self.scope, destination, self._paths(questions)):
            attempt = self.holders.attempt(hit.attempt_id)
            if holds(attempt):
                where = self.holders.scope_name(hit.attempt_id)
                yield hit.index, Overlapping(questions[hit.index][1], hit.relation, attempt, where)

    def _paths(self, questions: Questions) -> list[str]:
        return [self.spec.sets[name].objects.paths[index] for name, index in questions]


class _Holders:
    """The attempts that were hit, each read once however many objects it holds."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._attempts: dict[str, Attempt] = {}
        self._scopes: dict[str, str] = {}
        self._spellings: dict[str, dict[str, str]] = {}

    def attempt(self, ident: str) -> Attempt:
        if ident not in self._attempts:
            self._attempts[ident] = self._ledger.attempt(ident)
        return self._attempts[ident]

    def spelling(self, ident: str, path: str) -> str:
        """How an attempt spells an object, or the folder or content of it that it holds, of which the case differs."""
        if ident not in self._spellings:
            listed, _ = self._ledger.listing(ident)
            self._spellings[ident] = {folded(each): each for each in reversed(listed)}
        form = folded(path)
        known = self._spellings[ident]
        around = next((known[each] for each in (form, *folders_above(form)) if each in known), "")
        return around or next((spelled for each, spelled in known.items() if each.startswith(form)), path)

    def scope_name(self, ident: str) -> str:
        if ident not in self._scopes:
            self._scopes[ident] = self._ledger.scope_name(ident)
        return self._scopes[ident]


def _live(record: SubjectRecord) -> bool:
    return any(count and state not in RELEASED for state, count in record.states.items())
