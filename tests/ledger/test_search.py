"""Finding objects: same, inside a folder sent, containing what was sent; by steps or by reading all, alike."""

from __future__ import annotations

from typing import Any

import pytest
from desks import Desk, delivery, job
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jetplan.core.attempts import NewAttempt, RunInfo, State
from jetplan.core.objects import folders_above, is_folder
from jetplan.core.observed import Relation
from jetplan.ledger import Hit, open_ledger, search


@pytest.fixture(params=["steps", "looking", "taking apart"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Force each way of searching in turn."""
    monkeypatch.setattr(search, "STEP_COST", 0 if request.param == "steps" else 10**9)
    monkeypatch.setattr(search, "_FEW", -1 if request.param == "taking apart" else 10**9)
    monkeypatch.setattr(search, "AT_ONCE", 3)


def found(desk: Desk, *paths: str, destination: str = "lax") -> set[tuple[str, Relation, str]]:
    hits = desk.ledger.find_objects(desk.scope, destination, paths)
    assert [hit.index for hit in hits] == sorted(hit.index for hit in hits)
    return {(paths[hit.index], hit.relation, hit.attempt_id) for hit in hits}


def test_relations_are_told(desk: Desk, way: None) -> None:
    """An object sent before, one in a folder sent before, and a folder of which a part was sent before."""
    desk.claim(delivery("a"), 0, "/ep/a.mxf", "/other", ident="x")
    desk.claim(delivery("b"), 0, "/ep/audio/", ident="y")
    assert found(desk, "/ep/a.mxf", "/none", "/ep", "/ep/a.mxf/") == {("/ep/a.mxf", Relation.SAME, "x")}
    assert found(desk, "/ep/audio/deep/1.wav") == {("/ep/audio/deep/1.wav", Relation.INSIDE, "y")}
    assert found(desk, "/ep/") == {("/ep/", Relation.CONTAINS, "x"), ("/ep/", Relation.CONTAINS, "y")}
    assert found(desk, "/ep/audio/") == {("/ep/audio/", Relation.SAME, "y")}


def test_the_whole_profile_contains_and_is_met_by_everything(desk: Desk, way: None) -> None:
    """`/` holds every object, and every object lies inside it."""
    desk.claim(delivery("a"), 0, "/", ident="all")
    desk.claim(delivery("b"), 0, "/x/y", ident="one")
    assert found(desk, "/q") == {("/q", Relation.INSIDE, "all")}
    assert found(desk, "/") == {("/", Relation.SAME, "all"), ("/", Relation.CONTAINS, "one")}


def test_only_live_attempts_at_the_destination_count(desk: Desk, way: None) -> None:
    """Released ones, other destinations and subjects left out are not met; jobs hold no objects."""
    desk.claim(delivery("a"), 0, "/a", ident="x")
    desk.claim(delivery("b"), 0, "/a", ident="y")
    desk.claim(job(), 0)
    desk.ledger.transition("y", State.NOT_SENT, run_id=desk.run)
    assert found(desk, "/a") == {("/a", Relation.SAME, "x")}
    assert found(desk, "/a", destination="elsewhere") == set()
    assert desk.ledger.find_objects(desk.scope, "lax", ["/a"], excluding=[delivery("a")]) == []
    assert desk.ledger.find_objects(desk.scope, "lax", []) == []


def test_the_history_of_an_object_has_every_time(desk: Desk, way: None) -> None:
    """Released attempts too, and every destination, with the size as it was then."""
    desk.claim(delivery("a"), 0, "/ep/a", ident="x", sizes=(5,))
    desk.ledger.transition("x", State.NOT_SENT, run_id=desk.run)
    desk.claim(delivery("a"), 2, "/ep/a", "/b", ident="y", sizes=(6,))
    desk.claim(delivery("b", destination="elsewhere"), 0, "/ep/", ident="z")
    events = desk.ledger.object_history(desk.scope, "/ep/a")
    assert [(event.attempt.attempt_id, event.relation, event.size) for event in events] == [
        ("x", Relation.SAME, 5),
        ("y", Relation.SAME, 6),
        ("z", Relation.INSIDE, None),
    ]
    assert desk.ledger.object_history(desk.scope, "/none") == []


def expected(sent: list[list[str]], asked: list[str]) -> list[Hit]:
    """The same answer without keys, pages or thought."""
    hits = []
    for index, path in enumerate(asked):
        relations = {relation: set() for relation in Relation}  # type: dict[Relation, set[str]]
        for number, paths in enumerate(sent):
            if path in paths:
                relations[Relation.SAME].add(f"x{number}")
            if set(folders_above(path)) & set(paths):
                relations[Relation.INSIDE].add(f"x{number}")
            if is_folder(path) and any(path in folders_above(other) for other in paths):
                relations[Relation.CONTAINS].add(f"x{number}")
        for relation in (Relation.SAME, Relation.INSIDE, Relation.CONTAINS):
            hits += [Hit(index, relation, ident) for ident in sorted(relations[relation])]
    return hits


PATHS = st.lists(
    st.builds(
        lambda parts, end: "/" + "/".join(parts) + (end if parts else ""),
        st.lists(st.sampled_from("abc"), max_size=3),
        st.sampled_from(["", "/"]),
    ),
    unique=True,
    max_size=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(PATHS, max_size=4), asked=PATHS)
def test_searching_agrees_with_looking(way: None, sent: list[list[str]], asked: list[str]) -> None:
    """For any small trees, the hits are those that comparing path with path gives."""
    with open_ledger("sqlite:///:memory:", group=False) as ledger:
        scope = ledger.ensure_scope("https://a.example", [])
        ledger.begin_run(RunInfo("r"))
        for number, paths in enumerate(sent):
            ledger.claim(scope, delivery(f"s{number}"), 0, [NewAttempt(f"x{number}", paths=paths)], "r")
        assert ledger.find_objects(scope, "lax", asked) == expected(sent, asked)


NFC, NFD = "/\u00e9.mxf", "/e\u0301.mxf"


@pytest.mark.parametrize(
    ("recorded", "asked", "relation"),
    [
        ("/ep/a.mxf", "/EP/A.mxf", Relation.SAME),
        ("/EP/A.mxf", "/ep/a.mxf", Relation.SAME),
        ("/EP/A.mxf", "/Ep/a.mxf", Relation.SAME),
        (NFC, NFD, Relation.SAME),
        (NFD, NFC, Relation.SAME),
        ("/Ep/", "/ep/a.mxf", Relation.INSIDE),
        ("/ep/", "/Ep/a.mxf", Relation.INSIDE),
        ("/Ep/a.mxf", "/ep/", Relation.CONTAINS),
        ("/ep/x/a.mxf", "/EP/", Relation.CONTAINS),
        ("/Ep/", "/eP/", Relation.SAME),
        ("/ep/a.mxf", "/ep/a.mxf", None),
        ("/EP/A.mxf", "/EP/A.mxf", None),
        ("/ep/a.mxf", "/ep/b.mxf", None),
        ("/Ep", "/ep/", None),
    ],
)
def test_another_spelling_is_met(desk: Desk, recorded: str, asked: str, relation: Relation | None) -> None:
    """Case and the encoding of accents hide nothing; the very spelling is the ordinary search's matter."""
    desk.claim(delivery(), 0, "/other.mxf", recorded, ident="x")
    hits = desk.ledger.find_twins(desk.scope, "lax", ["/new.mxf", asked])
    assert [(hit.index, hit.relation) for hit in hits] == ([] if relation is None else [(1, relation)])


def test_other_spellings_are_named_in_the_order_asked(desk: Desk) -> None:
    """Whichever attempt holds them, and whether by the folded form or as they are."""
    desk.claim(delivery("one"), 0, "/c", "/B", ident="y")
    desk.claim(delivery("two"), 0, "/A", "/D/", ident="x")
    for asked in (["/a", "/b", "/C", "/d/e"], ["/d/e", "/C", "/b", "/a"]):
        hits = desk.ledger.find_twins(desk.scope, "lax", asked)
        assert [hit.index for hit in hits] == [0, 1, 2, 3]


def test_other_spellings_recorded_by_an_older_version_are_met(desk: Desk, opener: Any) -> None:
    """The migration writes what was not kept before, from the lists of paths."""
    desk.claim(delivery(), 0, "/EP/A.mxf", "/Ep/x/", ident="x")
    desk.ledger._driver.write(lambda tx: tx.run("DELETE FROM jetplan_pages WHERE part LIKE 'folded%'"))
    desk.ledger._driver.write(lambda tx: tx.run("DELETE FROM jetplan_migrations WHERE version >= 4"))
    for newer in (
        "DROP INDEX jetplan_attempts_job",
        "DROP TABLE jetplan_notifications",
        "DROP TABLE jetplan_arrivals",
        "DROP INDEX jetplan_attempts_retry",
        "ALTER TABLE jetplan_attempts DROP COLUMN retry_of",
    ):
        desk.ledger._driver.write(lambda tx, newer=newer: tx.run(newer))  # type: ignore[misc]
    assert desk.ledger.find_twins(desk.scope, "lax", ["/ep/a.mxf"]) == []
    opener().close()
    assert [hit.attempt_id for hit in desk.ledger.find_twins(desk.scope, "lax", ["/ep/a.mxf"])] == ["x"]
    assert desk.ledger.check() == []
