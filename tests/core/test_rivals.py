"""Sets of one plan that would send the same objects to one destination; see `jetplan.core.rivals`."""

from __future__ import annotations

from builders import LAX, NYC, declared, job, observed, spec, wanted
from hypothesis import given
from hypothesis import strategies as st

from jetplan.core import rivals
from jetplan.core.delta import difference
from jetplan.core.objects import folders_above
from jetplan.core.observed import SetRecord
from jetplan.core.plan import Route
from jetplan.core.rivals import Rivals
from jetplan.core.routes import match_jobs, set_subject

ROUTE = Route(NYC, LAX)
PATHS = st.sampled_from(["/a", "/b", "/a/", "/a/b", "/a/b/", "/a/b/c", "/c/d", "/"])
SETS = st.lists(st.lists(PATHS, unique=True, max_size=4), min_size=1, max_size=4)


def met(sets: list[list[str]], settled: frozenset[str] = frozenset()) -> dict[str, dict[int, str]]:
    """What each set meets, all of its objects being new, but for settled sets, which send nothing."""
    declarations = [wanted(f"s{at}", *paths) for at, paths in enumerate(sets)]
    wants = spec(declared(), *declarations)
    seen = observed(job())
    records = {name: SetRecord(set_subject(name, ROUTE), complete=True) for name in settled}
    meeting = Rivals(wants, match_jobs(wants, seen), records)
    return {
        each.name: meeting.meet(each, difference(each.objects, ()), ROUTE)
        for each in declarations
        if each.name not in settled
    }


def touch(one: str, other: str) -> bool:
    """Whether two objects are one, or one lies in the other."""
    return one == other or one in folders_above(other) or other in folders_above(one)


@given(SETS)
def test_the_glance_finds_whatever_the_exact_look_finds(sets: list[list[str]]) -> None:
    """Seeing at a glance that sets are apart never hides that two of them meet."""
    quick = met(sets)
    glance = rivals._have_nothing_in_common
    try:
        rivals._have_nothing_in_common = lambda tables: False
        assert met(sets) == quick
    finally:
        rivals._have_nothing_in_common = glance


@given(SETS)
def test_a_set_meets_what_an_earlier_one_will_send(sets: list[list[str]]) -> None:
    """An object meets another set exactly if one that was left to an earlier set is the same, above or below."""
    left: list[str] = []
    for at, (name, found) in enumerate(met(sets).items()):
        paths = sets[at]
        assert {paths[index] for index in found} == {
            path for path in paths if any(touch(path, other) for other in left)
        }, name
        left += [path for index, path in enumerate(paths) if index not in found]


def test_a_settled_set_is_in_nobodys_way() -> None:
    """What a settled set has sent is the ledger's matter, not the plan's."""
    assert met([["/a"], ["/a"]], frozenset({"s0"})) == {"s1": {}}
