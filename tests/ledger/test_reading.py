"""Reading: what was written comes back, narrowed as asked."""

from __future__ import annotations

import pytest
from desks import Desk, delivery, job

from jetplan.core.attempts import State
from jetplan.core.objects import object_keys, pack_keys
from jetplan.errors import UsageError
from jetplan.ledger.reads import versions
from jetplan.ledger.records import SubjectRecord


def test_subjects_are_counted_by_state(desk: Desk) -> None:
    """One record a subject: version, digests, and its attempts by state; versions as claims compare them."""
    desk.claim(delivery(), 0, "/a", ident="x")
    desk.claim(delivery(), 1, "/b", ident="y")
    desk.ledger.transition("x", State.NOT_SENT, run_id=desk.run)
    desk.claim(job(), 0)
    assert desk.ledger.record_complete_set(desk.scope, delivery(), b"d" * 32, b"s" * 32, expected_version=3)
    desk.ledger.adopt(desk.scope, job(destination="elsewhere"), "j")
    found = desk.ledger.subjects(desk.scope)
    counted = {State.NOT_SENT: 1, State.INTENDED: 1}
    assert found[delivery()] == SubjectRecord(3, "", b"d" * 32, b"s" * 32, counted)
    assert found[job()] == SubjectRecord(1, states={State.INTENDED: 1})
    version = versions(found)
    for subject in (delivery(), delivery("none"), job(), job(destination="elsewhere"), job("none")):
        assert version(subject) == desk.ledger.version_of(desk.scope, subject)
    assert version(job(destination="elsewhere")) == 1


def test_settling_is_refused_where_the_subject_moved(desk: Desk) -> None:
    """A digest found with an older version, or of a subject nobody claimed, is not noted."""
    desk.claim(delivery(), 0, "/a")
    assert not desk.ledger.record_complete_set(desk.scope, delivery(), b"d", expected_version=0)
    assert not desk.ledger.record_complete_set(desk.scope, delivery("none"), b"d")
    assert desk.ledger.subjects(desk.scope)[delivery()].complete_digest is None


def test_attempts_are_narrowed_by_subject_and_state(desk: Desk) -> None:
    """By subject, by state, with keys only when asked for, oldest first."""
    desk.claim(delivery("a"), 0, "/a", "/b", ident="x")
    desk.claim(delivery("b"), 0, "/c", ident="y")
    desk.ledger.transition("y", State.NOT_SENT, run_id=desk.run)
    scope, ledger = desk.scope, desk.ledger
    assert [found.attempt_id for found in ledger.attempts(scope)] == ["x", "y"]
    assert [found.attempt_id for found in ledger.attempts(scope, [delivery("b"), delivery("c")])] == ["y"]
    assert [found.attempt_id for found in ledger.attempts(scope, states={State.INTENDED})] == ["x"]
    assert ledger.attempts(scope, []) == []
    (with_keys,) = ledger.attempts(scope, [delivery("a")], with_keys=True)
    assert with_keys.keys == pack_keys(object_keys(["/a", "/b"]))
    assert ledger.attempts(scope, [delivery("a")])[0].keys is None


def test_many_keys_come_back_sorted_and_whole(desk: Desk) -> None:
    """More objects than a page holds are one packed string again."""
    paths = [f"/folder-{number % 7}/{number}.mxf" for number in range(1000)]
    desk.claim(delivery(), 0, *paths, ident="x")
    (found,) = desk.ledger.attempts(desk.scope, with_keys=True)
    assert found.keys == pack_keys(object_keys(paths))
    assert desk.ledger.listing("x")[0] == paths
    assert found.first_paths == tuple(paths[:5])


def test_an_attempt_is_found_by_the_beginning_of_its_id(desk: Desk) -> None:
    """A unique beginning is enough; none, several, or nothing at all is told."""
    desk.claim(delivery("a"), 0, "/a", ident="abc1")
    desk.claim(delivery("b"), 0, "/a", ident="abc2")
    desk.claim(delivery("c"), 0, "/a", ident="abc")
    assert desk.ledger.attempt("abc2").attempt_id == "abc2"
    assert desk.ledger.attempt("abc").attempt_id == "abc", "a whole id beats a beginning"
    for beginning, told in (("ab", "3 attempts begin"), ("x", "no attempt x"), ("", "no attempt"), ("%", "no attempt")):
        with pytest.raises(UsageError, match=told):
            desk.ledger.attempt(beginning)


def test_nothing_is_found_of_an_attempt_that_is_not_there(desk: Desk) -> None:
    """History and listing of nobody are empty."""
    assert desk.ledger.history("nobody") == []
    assert desk.ledger.listing("nobody")[0] == []
