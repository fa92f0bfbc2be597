"""Claims of retries, on both databases: only of what failed, one for each attempt, never beside what may still come."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from desks import Desk, delivery

from jetplan.core.arrival import Arrival, NotMoved
from jetplan.core.attempts import Claimed, NewAttempt, State, Taken
from jetplan.core.plan import UNSEEN
from jetplan.errors import JetplanError
from jetplan.ledger.failures import failures

LOST = Arrival(
    "FAILED", 3, 15, 1, 5, failed=(NotMoved("/a", 5), NotMoved("/b", 5), NotMoved("/c%20d", 5, "", sure=False))
)
SENT = (State.SENDING, State.ACCEPTED)


@pytest.fixture
def failed(desk: Desk) -> Desk:
    """A delivery of which two files failed, one failed under a name with two readings, and one arrived."""
    desk.claim(delivery(), 0, "/a", "/b", "/c d", "/z", ident="first")
    move(desk, "first", *SENT, State.FAILED)
    desk.ledger.record_arrivals({"first": LOST})
    return desk


def move(desk: Desk, ident: str, *states: State) -> None:
    for state in states:
        assert desk.ledger.transition(ident, state, run_id=desk.run)


def retry(desk: Desk, ident: str, *paths: str, of: str = "first", revision: int = 1, name: str = "masters") -> Any:
    """Claim a retry; the error where the claim was answered with one."""
    new = NewAttempt(ident, revision=revision, paths=paths, retry_of=of)
    version = desk.ledger.version_of(desk.scope, delivery())
    try:
        return desk.ledger.claim(desk.scope, delivery(name), version, [new], desk.run)
    except JetplanError as error:
        return error


def test_of_what_failed_and_nothing_else(failed: Desk) -> None:
    """Files that arrived, that are not named, or that are named in two readings are not claimed."""
    for paths in (("/z",), ("/a", "/z"), ("/c d",), ("/c%20d",), ("/other",)):
        assert "not known to have failed" in str(retry(failed, "x", *paths)), paths
    assert isinstance(retry(failed, "again", "/a", "/b"), Claimed)
    assert failed.ledger.attempt("again").retry_of == "first"
    assert failed.ledger.check() == []


def test_used_once(failed: Desk) -> None:
    """While one retry of an attempt holds its claim there is no other, not even of other files; released, there is."""
    assert isinstance(retry(failed, "one", "/a"), Claimed)
    for state in (None, *SENT):
        if state is not None:
            move(failed, "one", state)
        taken = retry(failed, "two", "/b")
        assert isinstance(taken, Taken)
        assert [each.attempt_id for each in taken.by] == ["one"]
    move(failed, "one", State.FAILED)
    assert isinstance(retry(failed, "two", "/b"), Taken)


@pytest.mark.parametrize("end", [(State.NOT_SENT,), (State.SENDING, State.REJECTED)])
def test_what_never_went_may_be_retried_again(end: tuple[State, ...], failed: Desk) -> None:
    """A retry that was provably not sent, or refused, leaves the word to the next one."""
    retry(failed, "one", "/a")
    move(failed, "one", *end)
    assert isinstance(retry(failed, "two", "/a"), Claimed)


@pytest.mark.parametrize("state", [State.DELIVERED, State.ABANDONED])
def test_what_is_over_is_not_retried(state: State, failed: Desk) -> None:
    """What arrived after all, and what a person put aside."""
    move(failed, "first", state)
    assert "nothing of it is known to have failed" in str(retry(failed, "x", "/a"))


@pytest.mark.parametrize("way", [(), (State.SENDING,), (State.SENDING, State.IN_DOUBT)])
def test_what_is_in_doubt_or_under_way_is_not_retried(way: tuple[State, ...], desk: Desk) -> None:
    """Whatever is said of its files: nothing is known of an attempt before the server has it."""
    desk.claim(delivery(), 0, "/a", ident="first")
    move(desk, "first", *way)
    desk.ledger.record_arrivals({"first": LOST})
    assert isinstance(retry(desk, "x", "/a"), JetplanError)


@pytest.mark.parametrize("paths", [("/a",), ("/",)])
@pytest.mark.parametrize("way", [(), (State.SENDING, State.IN_DOUBT), SENT])
def test_beside_a_later_revision(paths: tuple[str, ...], way: tuple[State, ...], failed: Desk) -> None:
    """An attempt at a later revision that holds the file, or a folder above it, keeps it from being retried."""
    failed.claim(delivery(), UNSEEN, *paths, ident="later", revision=2)
    move(failed, "later", *way)
    taken = retry(failed, "x", "/a", "/b")
    assert isinstance(taken, Taken)
    assert [each.attempt_id for each in taken.by] == ["later"]


def test_a_retry_that_failed_is_retried_in_its_turn(failed: Desk) -> None:
    """Chains of retries hold, and a healthy ledger has them."""
    for of, ident in (("first", "one"), ("one", "two"), ("two", "three")):
        assert isinstance(retry(failed, ident, "/a", of=of), Claimed)
        move(failed, ident, *SENT, State.FAILED)
        failed.ledger.record_arrivals({ident: Arrival("FAILED", 1, 5, failed=(NotMoved("/a", 5),))})
    assert isinstance(retry(failed, "x", "/a", of="one"), Taken)
    assert failed.ledger.check() == []


def test_of_another_set_revision_or_ledger(failed: Desk) -> None:
    """A retry is of an attempt of its own set, route and revision."""
    for wrong in ({"name": "others"}, {"revision": 2}, {"of": "unknown"}):
        assert "is none of this set" in str(retry(failed, "x", "/a", **wrong))


def test_an_ordinary_claim_still_finds_a_retry_in_its_way(failed: Desk) -> None:
    """What a retry holds is not claimed by a run whose plan had not seen it."""
    retry(failed, "one", "/a")
    assert isinstance(failed.claim(delivery(), 0, "/a"), Taken)


def test_many_at_once(failed: Desk) -> None:
    """Of runners who retry at the same moment one is granted."""
    desks = [failed.another_run(f"run-{number}") for number in range(2, 8)]
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda desk=each: answers.append(retry(desk, f"by-{desk.run}", "/a"))) for each in desks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, Claimed) for each in answers) == 1
    assert sum(isinstance(each, Taken) for each in answers) == len(desks) - 1


def test_what_cannot_be_retried_says_where_to_look(desk: Desk) -> None:
    """An attempt that did not fail, one that is not there, one of another revision."""
    desk.claim(delivery(), 0, "/a", ident="first")
    move(desk, "first", *SENT)
    refused = retry(desk, "x", "/a")
    assert refused.hint == "`jetplan ledger show first` tells how it stands"
    assert retry(desk, "x", "/a", of="nobody").message == "attempt nobody is none of this set, route and revision"
    assert retry(desk, "x", "/a", revision=2).message == "attempt first is none of this set, route and revision"


def test_retries_are_counted_through_the_chain(failed: Desk) -> None:
    """The first failure has none before it, the retry of a retry two."""
    for ident, of in (("second", "first"), ("third", "second")):
        assert isinstance(retry(failed, ident, "/a", "/b", of=of), Claimed)
        move(failed, ident, *SENT, State.FAILED)
        seen = Arrival("FAILED", 2, 10, 0, 0, failed=(NotMoved("/a", 5), NotMoved("/b", 5)))
        failed.ledger.record_arrivals({ident: seen})
        [last] = [each for each in failures(failed.ledger, failed.scope) if each.attempt_id == ident]
        assert last.retries_before == {"second": 1, "third": 2}[ident]
