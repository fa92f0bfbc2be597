"""Claims: an object of one revision belongs to at most one live attempt, whoever asks and when."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from desks import Desk, delivery, desk_at, job

from jetplan.core.attempts import Claimed, NewAttempt, NewClaim, State, Taken
from jetplan.core.objects import object_keys, pack_keys
from jetplan.core.plan import UNSEEN
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.ledger import Ledger

SENT_ON = (State.SENDING, State.ACCEPTED)


def move(desk: Desk, ident: str, *states: State) -> None:
    for state in states:
        assert desk.ledger.transition(ident, state, run_id=desk.run)


def test_a_first_claim_is_granted_and_counts(desk: Desk) -> None:
    """The first claim expects version 0 and makes it 1; the attempt stands at INTENDED with all it carries."""
    fields = {"sizes": (7,), "job_id": "j", "job_name": "n", "batch": 2, "batches": 3, "revision": 4}
    assert desk.claim(delivery(), 0, "/a", "/b/", ident="x", **fields) == Claimed(1)
    found = desk.ledger.attempt("x")
    assert (found.state, found.subject, found.run.run_id) == (State.INTENDED, delivery(), "run-1")
    assert (found.objects, found.known_bytes, found.unknown_sizes) == (2, 7, 1)
    assert (found.batch, found.batches, found.revision, found.job_id, found.job_name) == (2, 3, 4, "j", "n")
    assert found.first_paths == ("/a", "/b/")
    assert found.live
    assert desk.ledger.listing("x")[0] == ["/a", "/b/"]
    assert list(desk.ledger.listing("x")[1]) == [7, -1]


def test_a_stale_claim_of_a_held_object_is_taken(desk: Desk) -> None:
    """Whoever planned before somebody else claimed gets nothing that the other holds, and learns who it is."""
    desk.claim(delivery(), 0, "/a", ident="first")
    result = desk.claim(delivery(), 0, "/b", "/a")
    assert isinstance(result, Taken)
    assert [held.attempt_id for held in result.by] == ["first"]
    assert [found.attempt_id for found in desk.ledger.attempts(desk.scope)] == ["first"]


def test_a_stale_claim_of_other_objects_is_granted(desk: Desk) -> None:
    """A version that moved refuses nothing by itself: disjoint objects may be claimed."""
    desk.claim(delivery(), 0, "/a")
    assert desk.claim(delivery(), 0, "/b") == Claimed(2)


def test_a_claim_is_all_or_nothing(desk: Desk) -> None:
    """One held object refuses all attempts of a claim, and the version stays."""
    desk.claim(delivery(), 0, "/a")
    batches = [NewAttempt("x", paths=["/b"]), NewAttempt("y", paths=["/a"])]
    assert isinstance(desk.ledger.claim(desk.scope, delivery(), 0, batches, desk.run), Taken)
    assert desk.ledger.version_of(desk.scope, delivery()) == 1
    assert len(desk.ledger.attempts(desk.scope)) == 1


@pytest.mark.parametrize("count", [1, 47, 48, 130])
def test_however_many_are_claimed_each_is_there_once_with_what_it_carries(desk: Desk, count: int) -> None:
    """Rows go to the database many at a time: none is lost between two portions, and none is in both."""
    batches = [NewAttempt(f"x{at:03d}", at + 1, count, paths=[f"/{at}", f"/{at}/b"], sizes=[at]) for at in range(count)]
    large = NewAttempt("large", paths=[f"/large/{at}" for at in range(150_000 if count == 130 else 1)])
    assert desk.ledger.claim(desk.scope, delivery(), 0, [*batches, large], desk.run) == Claimed(1)
    found = {each.attempt_id: each for each in desk.ledger.attempts(desk.scope, with_keys=True)}
    assert sorted(found) == ["large", *(each.attempt_id for each in batches)]
    for new in [*batches, large]:
        assert found[new.attempt_id].keys == pack_keys(object_keys(new.paths))
        assert desk.ledger.listing(new.attempt_id)[0] == list(new.paths)
        assert [step.to_state for step in desk.ledger.history(new.attempt_id)] == [State.INTENDED]


def test_claims_made_together_stand_or_fall_alone(desk: Desk) -> None:
    """Of several claims in one commit, what refuses one refuses no other, and each gets its own answer."""
    desk.claim(delivery("held"), 0, "/a", ident="first")
    twice = NewClaim(delivery("twice"), 0, [NewAttempt("t-1", paths=["/x"]), NewAttempt("t-2", paths=["/x"])])
    wanted = [
        NewClaim(delivery("one"), 0, [NewAttempt("one-1", paths=["/a"])]),
        NewClaim(delivery("held"), 0, [NewAttempt("held-2", paths=["/a"])]),
        twice,
        NewClaim(delivery("reused"), 0, [NewAttempt("first", paths=["/b"])]),
        NewClaim(job("two"), 0, [NewAttempt("two-1", job_name="two")]),
    ]
    one, held, named_twice, reused, two = desk.ledger.claim_all(desk.scope, wanted, desk.run)
    assert (one, two) == (Claimed(1), Claimed(1))
    assert isinstance(held, Taken)
    assert isinstance(named_twice, JetplanError)
    assert isinstance(reused, JetplanError)
    assert {found.attempt_id for found in desk.ledger.attempts(desk.scope)} == {"first", "one-1", "two-1"}


def test_another_revision_is_another_object(desk: Desk) -> None:
    """Raising the revision is how a person says: send this again."""
    desk.claim(delivery(), 0, "/a")
    assert desk.claim(delivery(), 0, "/a", revision=2) == Claimed(2)


def test_another_route_or_set_or_scope_is_another_object(desk: Desk) -> None:
    """The key of an object holds set, source and destination; scopes know nothing of each other."""
    desk.claim(delivery(), 0, "/a")
    assert desk.claim(delivery("other"), 0, "/a") == Claimed(1)
    assert desk.claim(delivery(source="elsewhere"), 0, "/a") == Claimed(1)
    assert desk.claim(delivery(destination="elsewhere"), 0, "/a") == Claimed(1)
    desk.scope = desk.ledger.ensure_scope("https://other.example", [])
    assert desk.claim(delivery(), 0, "/a") == Claimed(1)


@pytest.mark.parametrize("released", [State.REJECTED, State.NOT_SENT])
def test_a_release_frees_the_objects_and_moves_the_version(desk: Desk, released: State) -> None:
    """What provably did not happen may be attempted anew, and plans made before notice."""
    desk.claim(delivery(), 0, "/a", ident="x")
    move(desk, "x", State.SENDING, released)
    assert desk.ledger.version_of(desk.scope, delivery()) == 2
    assert desk.claim(delivery(), 0, "/a") == Claimed(3)


@pytest.mark.parametrize(
    "held", [(), (State.SENDING,), (State.SENDING, State.IN_DOUBT), SENT_ON, (*SENT_ON, State.FAILED)]
)
def test_every_state_but_the_released_ones_holds(desk: Desk, held: tuple[State, ...]) -> None:
    """In doubt, sent or failed at the server: the objects are not given out again."""
    desk.claim(delivery(), 0, "/a", ident="x")
    move(desk, "x", *held)
    assert isinstance(desk.claim(delivery(), 0, "/a"), Taken)


def test_a_path_named_twice_is_refused(desk: Desk) -> None:
    """One attempt, or two of one claim, that name an object twice would send it twice."""
    with pytest.raises(JetplanError, match="twice"):
        desk.claim(delivery(), 0, "/a", "/b", "/a")
    batches = [NewAttempt("x", paths=["/a"]), NewAttempt("y", paths=["/a"])]
    with pytest.raises(JetplanError, match="twice"):
        desk.ledger.claim(desk.scope, delivery(), 0, batches, desk.run)
    assert desk.ledger.attempts(desk.scope) == []


def test_an_attempt_id_serves_once(desk: Desk) -> None:
    """A second claim under a used id is an error, and changes nothing."""
    desk.claim(delivery(), 0, "/a", ident="x")
    with pytest.raises(JetplanError):
        desk.claim(delivery("other"), 0, "/b", ident="x")
    assert desk.ledger.version_of(desk.scope, delivery("other")) == 0


def test_a_run_that_did_not_begin_claims_nothing(desk: Desk) -> None:
    """Every attempt belongs to a run that is on record."""
    with pytest.raises(JetplanError):
        desk.ledger.claim(desk.scope, delivery(), 0, [NewAttempt("x", paths=["/a"])], "unknown")
    assert desk.ledger.attempts(desk.scope) == []


def test_a_renamed_set_counts_what_the_old_name_sent(desk: Desk) -> None:
    """`renamedFrom`: the old name's objects are held even where the new name has no record and the version fits."""
    desk.claim(delivery("old"), 0, "/a", ident="x")
    new = NewAttempt("y", paths=["/a", "/b"])
    result = desk.ledger.claim(desk.scope, delivery("new"), 0, [new], desk.run, also=[delivery("old")])
    assert isinstance(result, Taken)
    rest = NewAttempt("y", paths=["/b"])
    assert desk.ledger.claim(desk.scope, delivery("new"), 0, [rest], desk.run, also=[delivery("old")]) == Claimed(1)


def test_an_old_commit_cannot_send_again_under_the_old_name(desk: Desk) -> None:
    """After a rename, a runner that still plans with the old name is refused what the new name holds."""
    desk.claim(delivery("old"), 0, "/a")
    new = NewAttempt("y", paths=["/b"])
    desk.ledger.claim(desk.scope, delivery("new"), 0, [new], desk.run, also=[delivery("old")])
    result = desk.claim(delivery("old"), 1, "/b")
    assert isinstance(result, Taken)
    assert [held.attempt_id for held in result.by] == ["y"]
    assert isinstance(desk.claim(delivery("old"), desk.ledger.version_of(desk.scope, delivery("old")), "/b"), Taken)


class TestJobs:
    """A job is claimed by its name, whatever its route."""

    def test_an_unfinished_creation_refuses_every_other(self, desk: Desk) -> None:
        """Even who has seen it may not create beside it; nor on another route."""
        desk.claim(job(), 0, ident="x")
        assert isinstance(desk.claim(job(), 1), Taken)
        assert isinstance(desk.claim(job(destination="elsewhere"), 1), Taken)

    def test_a_created_job_refuses_who_did_not_see_it(self, desk: Desk) -> None:
        """Two commits with one job name and two routes create one job."""
        desk.claim(job(), 0, ident="x")
        move(desk, "x", *SENT_ON)
        assert isinstance(desk.claim(job(destination="elsewhere"), 0), Taken)

    def test_a_job_deleted_on_the_server_can_be_created_again(self, desk: Desk) -> None:
        """The planner saw the attempt, saw that the job is gone, and decided: its version fits."""
        desk.claim(job(), 0, ident="x")
        move(desk, "x", *SENT_ON)
        version = desk.ledger.version_of(desk.scope, job())
        assert desk.claim(job(), version, ident="y") == Claimed(2)
        move(desk, "y", *SENT_ON)
        elsewhere = job(destination="elsewhere")
        assert desk.claim(elsewhere, desk.ledger.version_of(desk.scope, elsewhere)) == Claimed(3)

    def test_another_job_is_free(self, desk: Desk) -> None:
        """Names do not stand in each other's way."""
        desk.claim(job(), 0)
        assert desk.claim(job("other"), 0) == Claimed(1)


def test_racing_runners_never_both_hold_an_object(opener: Callable[..., Ledger]) -> None:
    """Eight runners with a connection each claim the same forty sets at once: every set is granted exactly once."""
    desks = [desk_at(opener(), f"run-{number}") for number in range(8)]
    granted: list[str] = []
    barrier = threading.Barrier(len(desks))

    def race(desk: Desk) -> None:
        barrier.wait()
        for number in range(40):
            name = f"set-{number}"
            if isinstance(desk.claim(delivery(name), 0, "/a", f"/{desk.run}", ident=f"{desk.run}-{name}"), Claimed):
                granted.append(name)

    threads = [threading.Thread(target=race, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(granted) == sorted(f"set-{number}" for number in range(40))
    assert desks[0].ledger.check() == []


def test_racing_threads_share_commits_and_keep_their_own_answers(desk: Desk) -> None:
    """In one batch of claims, some granted, some taken, some faulty, each caller gets what is its own."""
    answers: dict[int, object] = {}
    barrier = threading.Barrier(24)

    def ask(number: int) -> None:
        barrier.wait()
        try:
            paths = (f"/{number}", "/shared") if number % 3 == 0 else (f"/{number}",)
            ident = "same" if number % 3 == 1 else f"a{number}"
            answers[number] = desk.claim(delivery(), 0, *paths, ident=ident)
        except JetplanError as error:
            answers[number] = error

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kinds = [[type(answers[number]) for number in range(24) if number % 3 == rest] for rest in range(3)]
    assert (kinds[0].count(Claimed), kinds[0].count(Taken)) == (1, 7)
    assert kinds[1].count(Claimed) == 1
    assert all(issubclass(kind, Claimed | JetplanError) for kind in kinds[1])
    assert kinds[2] == [Claimed] * 8
    assert len(desk.ledger.attempts(desk.scope)) == 10


def test_a_run_that_ended_says_what_to_do(desk: Desk) -> None:
    """The run itself is over: the command has to be run again."""
    desk.ledger.end_run(desk.run, "done")
    with pytest.raises(JetplanError, match="run run-1 has ended and can claim nothing more") as told:
        desk.claim(delivery(), 0, "/a")
    assert told.value.hint == "run the command again"


def test_a_renaming_counts_in_both_directions(desk: Desk) -> None:
    """Of three names in a row, each meets what the others hold."""
    for name, former, path in (("b", "a", "/1"), ("c", "b", "/2")):
        new = NewAttempt(f"of-{name}", paths=[path])
        claimed = desk.ledger.claim(desk.scope, delivery(name), UNSEEN, [new], desk.run, also=[delivery(former)])
        assert isinstance(claimed, Claimed)
    taken = desk.ledger.claim(desk.scope, delivery("b"), UNSEEN, [NewAttempt("x", paths=["/2"])], desk.run)
    assert isinstance(taken, Taken)
    assert [each.attempt_id for each in taken.by] == ["of-c"]
    taken = desk.ledger.claim(desk.scope, delivery("a"), UNSEEN, [NewAttempt("y", paths=["/1"])], desk.run)
    assert isinstance(taken, Taken)
    assert [each.attempt_id for each in taken.by] == ["of-b"]
