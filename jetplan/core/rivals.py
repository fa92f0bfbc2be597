"""Objects that two sets of the same manifests would both send to one destination. The ledger cannot know of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING

from jetplan.core.clashes import are_folded, folded
from jetplan.core.objects import folders_above, is_folder
from jetplan.core.routes import route_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jetplan.core.delta import Delta
    from jetplan.core.objects import ObjectTable
    from jetplan.core.observed import SetRecord
    from jetplan.core.plan import Route
    from jetplan.core.routes import Match
    from jetplan.core.spec import DeliverySetSpec, Spec


@dataclass(slots=True)
class _Destination:
    owners: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    """Folded path -> how it is spelled."""

    def spelling(self, form: str) -> str:
        """The known spelling of an object with this folded form, of a folder above it, or of something below it."""
        around = next((self.spelled[each] for each in (form, *folders_above(form)) if each in self.spelled), "")
        return around or next((path for each, path in self.spelled.items() if each.startswith(form)), form)


class Rivals:
    """What earlier sets of the plan will send, by destination. The first set in manifest order has the objects."""

    def __init__(self, spec: Spec, matches: Mapping[str, Match], records: Mapping[str, SetRecord]) -> None:
        self._tables: dict[str, list[ObjectTable]] = {}
        for wanted in spec.sets.values():
            route = route_of(matches[wanted.job])
            record = records.get(wanted.name)
            if route and not (record and record.complete):  # a complete set sends nothing
                self._tables.setdefault(route.destination.profile_id, []).append(wanted.objects)
        self._apart: dict[str, bool] = {}
        self._destinations: dict[str, _Destination] = {}
        self._folded: dict[str, _Destination] = {}

    def meet(self, wanted: DeliverySetSpec, delta: Delta, route: Route) -> dict[int, str]:
        """The new objects of a set that an earlier one already sends there: index -> that set's name.

        The rest is remembered as this set's.
        """
        destination = route.destination.profile_id
        if self._are_apart(destination):
            return {}
        there = self._destinations.setdefault(destination, _Destination())
        paths = {wanted.objects.paths[index]: index for index in delta.new_indexes()}
        met = _meeting(there, paths)
        for path in met:
            del paths[path]
        twins = self._meet_twins(wanted, paths, destination)
        for path in twins:
            del paths[path]
        _remember(there, paths, wanted.name)
        return dict(met.values()) | dict(twins.values())

    def _meet_twins(
        self, wanted: DeliverySetSpec, paths: Mapping[str, int], destination: str
    ) -> dict[str, tuple[int, str]]:
        """Those of the paths that an earlier set spells otherwise, unless this set says that they are other files."""
        there = self._folded.setdefault(destination, _Destination())
        spelled = {folded(path): path for path in paths}
        found = _meeting(there, {form: paths[path] for form, path in spelled.items()})
        met = {
            spelled[form]: meeting
            for form, meeting in found.items()
            if not wanted.allows_twins(spelled[form], there.spelling(form))
        }
        left = {form: paths[path] for form, path in spelled.items() if path not in met}
        _remember(there, left, wanted.name)
        there.spelled.update((form, spelled[form]) for form in left)
        return met

    def _are_apart(self, destination: str) -> bool:
        """Whether certainly no two sets share an object at a destination: the usual case."""
        if destination not in self._apart:
            self._apart[destination] = _have_nothing_in_common(self._tables.get(destination, ()))
        return self._apart[destination]


def _have_nothing_in_common(tables: Sequence[ObjectTable]) -> bool:
    """Whether sets are files only, and each path is in one of them. False may also mean that this was not checked."""
    if len(tables) < 2:
        return True
    seen: set[str] = set()
    total = 0
    for table in tables:
        seen.update(table.paths if are_folded(table.paths) else map(folded, table.paths))
        total += len(table)
        if len(seen) != total or any(map(str.endswith, table.paths, repeat("/"))):
            return False
    return True


def _parents(paths: Iterable[str]) -> set[str]:
    return {path[: path.rfind("/", 0, len(path) - 1) + 1] for path in paths} - {""}


def _meeting(there: _Destination, paths: Mapping[str, int]) -> dict[str, tuple[int, str]]:
    met: dict[str, tuple[int, str]] = {}
    if not there.owners:
        return met
    for path in there.owners.keys() & paths.keys():
        met[path] = (paths[path], there.owners[path])
    if there.folders:
        inside = {
            parent: owner
            for parent in _parents(paths)
            if (
                owner := next((there.folders[up] for up in (parent, *folders_above(parent)) if up in there.folders), "")
            )
        }
        if inside:
            for path, index in paths.items():
                inside_owner = inside.get(path[: path.rfind("/", 0, len(path) - 1) + 1])
                if inside_owner:
                    met.setdefault(path, (index, inside_owner))
    for path, index in paths.items():
        if path[-1] == "/" and path in there.above:
            met.setdefault(path, (index, there.above[path]))
    return met


def _remember(there: _Destination, paths: Mapping[str, int], name: str) -> None:
    there.owners.update(dict.fromkeys(paths, name))
    there.folders.update((path, name) for path in paths if is_folder(path))
    for parent in _parents(paths):
        for folder in (parent, *folders_above(parent)):
            if folder in there.above:
                break
            there.above[folder] = name
