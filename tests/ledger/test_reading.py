"""Reading: what was written comes back, narrowed as asked."""

from __future__ import annotations

import pytest
from desks import Desk, delivery, job

from jetplan.core.attempts import NewAttempt, State
from jetplan.core.objects import object_keys, pack_keys
from jetplan.core.pathsearch import Past
from jetplan.errors import LedgerMismatch, UsageError
from jetplan.ledger import open_ledger
from jetplan.ledger.failures import what_is_unfinished
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


def test_jobs_are_found_by_name(desk: Desk) -> None:
    """With their routes and ids: those that were made, of these names, in this account."""
    for number, (name, source) in enumerate((("one", "nyc"), ("one", "ldn"), ("two", "nyc"), ("three", "nyc"))):
        subject = job(name, source)
        desk.claim(subject, desk.ledger.version_of(desk.scope, subject), ident=f"j{number}")
        desk.ledger.transition(f"j{number}", State.SENDING, run_id=desk.run)
        if name != "three":
            desk.ledger.transition(f"j{number}", State.ACCEPTED, run_id=desk.run, job_id=f"id-{number}")
    found = desk.ledger.jobs_named(desk.scope, ["one", "three", "four"])
    assert found.keys() == {"one"}
    assert sorted(found["one"], key=str) == sorted([(job("one", "nyc"), "id-0"), (job("one", "ldn"), "id-1")], key=str)
    assert desk.ledger.jobs_named("elsewhere", ["one"]) == {}


def test_the_past_of_a_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """All objects that it accepted; of a long past the first paths of the latest deliveries, the newest first."""
    for number, state in enumerate((State.ACCEPTED, State.ACCEPTED, State.REJECTED)):
        paths = [f"/{number}/a", f"/{number}/b"]
        desk.claim(delivery(f"s{number}"), 0, *paths, ident=f"a{number}", job_id="j")
        for each in (State.SENDING, state):
            desk.ledger.transition(f"a{number}", each, run_id=desk.run)
    assert desk.ledger.pasts_of_jobs(desk.scope, ["j", "other"]) == {"j": Past(4)}
    monkeypatch.setattr("jetplan.ledger.reads.LONG", 3)
    assert desk.ledger.pasts_of_jobs(desk.scope, ["j"]) == {"j": Past(4, ["/1/a", "/1/b", "/0/a", "/0/b"])}
    assert desk.ledger.pasts_of_jobs("elsewhere", ["j"]) == {}


def test_whether_its_run_is_alive(desk: Desk) -> None:
    """An attempt says whether the run that owns it is still at work."""
    desk.claim(delivery(), 0, "/a", ident="x")
    for live in (True, False):
        assert [each.live for each in desk.ledger.attempts(desk.scope)] == [live]
        assert [each.live for each in desk.ledger.unfinished(desk.scope)] == [live]
        assert desk.ledger.attempt("x").live is live
        assert [each.attempt.live for each in desk.ledger.object_history(desk.scope, "/a")] == [live]
        desk.ledger.end_run(desk.run, "done")


def test_keys_are_read_only_where_they_are_asked_for(desk: Desk) -> None:
    """A job's attempt has none."""
    desk.claim(delivery(), 0, "/a")
    desk.claim(job(), 0)
    keys = {each.subject: each.keys for each in desk.ledger.attempts(desk.scope, with_keys=True)}
    assert keys == {delivery(): pack_keys(object_keys(["/a"])), job(): b""}
    assert {each.keys for each in desk.ledger.attempts(desk.scope)} == {None}


def test_whether_its_process_is_alive(desk: Desk) -> None:
    """A process that is known to be gone makes its run dead before the lease is over, in every reading."""
    desk.claim(delivery(), 0, "/a", ident="x")
    for alive in (None, False):
        desk.ledger._alive = lambda _host, _process, alive=alive: alive  # type: ignore[misc]
        for found in (
            desk.ledger.attempts(desk.scope),
            desk.ledger.unfinished(desk.scope),
            [desk.ledger.attempt("x")],
            [each.attempt for each in desk.ledger.object_history(desk.scope, "/a")],
        ):
            assert [each.live for each in found] == [alive is None]


def test_what_is_unfinished(desk: Desk) -> None:
    """What is in doubt and what failed, of this scope alone."""
    other = Desk(desk.ledger, desk.ledger.ensure_scope("https://other.example", []), desk.run, made=100)
    for at, held in (("here", desk), ("there", other)):
        for end in ("doubt", "failed", "taken"):
            ident = f"{at}-{end}"
            held.claim(delivery(end), 0, "/a", ident=ident)
            desk.ledger.transition(ident, State.SENDING, run_id=desk.run)
            desk.ledger.transition(
                ident, State.IN_DOUBT if end == "doubt" else State.ACCEPTED, run_id=desk.run, delivery_id=ident
            )
        desk.ledger.transition(f"{at}-failed", State.FAILED, run_id=desk.run)
    for at, held in (("here", desk), ("there", other)):
        left = what_is_unfinished(desk.ledger, held.scope)
        assert [each.attempt_id for each in left.in_doubt] == [f"{at}-doubt"]
        assert [each.attempt_id for each in left.failed] == [f"{at}-failed"]


def test_jobs_of_one_name_share_a_version(desk: Desk) -> None:
    """A claim of a job is checked by its name, on whatever route; a set's by its route as well."""
    for source in ("nyc", "arc"):
        desk.claim(job(source=source), desk.ledger.version_of(desk.scope, job()), ident=source)
        desk.ledger.transition(source, State.NOT_SENT, run_id=desk.run)
    desk.claim(delivery(), 0, "/a")
    version = versions(desk.ledger.subjects(desk.scope))
    for subject in (job(), job(source="arc"), job(source="new"), delivery(), delivery(source="new"), job("other")):
        assert version(subject) == desk.ledger.version_of(desk.scope, subject)
    assert (version(job(source="new")), version(delivery()), version(job("other"))) == (4, 1, 0)


def test_renames_are_read_from_both_ends(desk: Desk) -> None:
    """A set and all that it was ever renamed from or to; one without any is left out."""
    old, mid, new = delivery("old"), delivery("mid"), delivery("new")
    desk.claim(old, 0, "/a")
    for subject, former, path in ((mid, [old], "/b"), (new, [mid, old], "/c")):
        attempt = NewAttempt(f"of-{subject.name}", paths=[path])
        desk.ledger.claim(desk.scope, subject, 0, [attempt], desk.run, also=former)
    found = desk.ledger.renames_of(desk.scope, [old, mid, new, delivery("other")])
    assert found == {old: {mid, new}, mid: {old, new}, new: {mid, old}}
    assert desk.ledger.renames_of(desk.scope, [mid]) == {mid: {old, new}}
    assert desk.ledger.renames_of("another scope", [mid]) == {}


def test_a_database_without_the_tables_is_said(postgres_url: str) -> None:
    """With the setting that names it."""
    with open_ledger(postgres_url, create=True) as ledger, pytest.raises(LedgerMismatch) as refused:
        ledger._driver.read(lambda tx: tx.rows("SELECT 1 FROM jetplan_nothing"))
    assert refused.value.message == "the database holds no whole ledger"
    assert refused.value.hint == "check JETPLAN_LEDGER"
