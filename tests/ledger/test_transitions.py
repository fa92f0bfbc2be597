"""Transitions: only the allowed ones, once, with their history."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from desks import Desk, delivery, desk_at, job

from jetplan.core.attempts import RELEASED, TRANSITIONS, State
from jetplan.errors import JetplanError
from jetplan.ledger import Ledger, transitions
from jetplan.ledger.records import Transitioned

if TYPE_CHECKING:
    from collections.abc import Callable

WAYS: dict[State, tuple[State, ...]] = {
    State.INTENDED: (),
    State.SENDING: (State.SENDING,),
    State.NOT_SENT: (State.NOT_SENT,),
    State.ACCEPTED: (State.SENDING, State.ACCEPTED),
    State.REJECTED: (State.SENDING, State.REJECTED),
    State.IN_DOUBT: (State.SENDING, State.IN_DOUBT),
    State.EVIDENCED: (State.SENDING, State.IN_DOUBT, State.EVIDENCED),
    State.RESOLVED_ACCEPTED: (State.SENDING, State.IN_DOUBT, State.RESOLVED_ACCEPTED),
    State.RESOLVED_NOT_ACCEPTED: (State.SENDING, State.IN_DOUBT, State.RESOLVED_NOT_ACCEPTED),
    State.DELIVERED: (State.SENDING, State.ACCEPTED, State.DELIVERED),
    State.FAILED: (State.SENDING, State.ACCEPTED, State.FAILED),
    State.ABANDONED: (State.SENDING, State.ACCEPTED, State.FAILED, State.ABANDONED),
}


def test_exactly_the_transitions_of_the_machine_are_made(desk: Desk) -> None:
    """From every state, every other: done where TRANSITIONS says so, else refused without a trace."""
    for number, (start, way) in enumerate(WAYS.items()):
        for to in State:
            ident = f"{number}-{to.value}"
            desk.claim(delivery(ident), 0, "/a", ident=ident)
            for state in way:
                assert desk.ledger.transition(ident, state, run_id=desk.run)
            version = desk.ledger.version_of(desk.scope, delivery(ident))
            marked = desk.ledger.transition(ident, to, {"n": 1}, run_id=desk.run)
            assert bool(marked) == (to in TRANSITIONS[start])
            assert marked.state == desk.ledger.attempt(ident).state == (to if marked else start)
            steps = [entry.to_state for entry in desk.ledger.history(ident)]
            assert steps == [State.INTENDED, *way, *([to] if marked else [])]
            moved = desk.ledger.version_of(desk.scope, delivery(ident)) - version
            assert moved == int(bool(marked) and to in RELEASED)
    assert desk.ledger.check() == []


def test_the_history_tells_who_when_and_why(desk: Desk) -> None:
    """Each entry has its run, moment and detail; the attempt shows those of the last, and ids and baseline stay."""
    desk.claim(delivery(), 0, "/a", ident="x")
    desk.ledger.transition("x", State.SENDING, run_id=desk.run, job_id="j", baseline={"files": ["/old"]})
    desk.ledger.transition("x", State.IN_DOUBT, {"reason": "no answer"}, run_id=desk.run)
    other = desk.another_run("run-2")
    other.ledger.transition("x", State.ACCEPTED, {"status": 200}, run_id=other.run, delivery_id="d")
    claim, sending, doubt, accepted = desk.ledger.history("x")
    assert (claim.from_state, claim.to_state, claim.seq) == (None, State.INTENDED, 0)
    assert (sending.from_state, sending.run_id) == (State.INTENDED, "run-1")
    assert doubt.detail == {"reason": "no answer"}
    assert (accepted.from_state, accepted.run_id, accepted.detail) == (State.IN_DOUBT, "run-2", {"status": 200})
    assert claim.on <= sending.on <= doubt.on <= accepted.on
    found = desk.ledger.attempt("x")
    assert (found.job_id, found.delivery_id, found.baseline) == ("j", "d", {"files": ["/old"]})
    assert (found.detail, found.changed_on, found.run.run_id) == ({"status": 200}, accepted.on, "run-1")


def test_only_its_own_run_may_send(desk: Desk) -> None:
    """SENDING by a run that did not claim is refused."""
    desk.claim(delivery(), 0, "/a", ident="x")
    other = desk.another_run("run-2")
    assert not other.ledger.transition("x", State.SENDING, run_id=other.run)
    assert desk.ledger.transition("x", State.SENDING, run_id=desk.run)


def test_only_from_narrows(desk: Desk) -> None:
    """`only_from` refuses a transition that the machine would allow from another state."""
    desk.claim(delivery(), 0, "/a", ident="x")
    desk.ledger.transition("x", State.SENDING, run_id=desk.run)
    assert not desk.ledger.transition("x", State.NOT_SENT, run_id=desk.run, only_from=frozenset({State.INTENDED}))
    assert desk.ledger.attempt("x").state is State.SENDING


def test_an_unknown_attempt_is_an_error(desk: Desk) -> None:
    """A mark on nothing says so and leaves nothing."""
    with pytest.raises(JetplanError, match="no attempt nobody"):
        desk.ledger.transition("nobody", State.SENDING, run_id=desk.run)


def sending(desk: Desk, *idents: str) -> None:
    """Attempts of sets of their own, on their way."""
    for ident in idents:
        desk.claim(delivery(ident), 0, "/a", ident=ident)
        desk.ledger.transition(ident, State.SENDING, run_id=desk.run)


def test_a_delivery_id_that_another_attempt_has_leaves_it_in_doubt(desk: Desk) -> None:
    """The second and every later one waits for evidence or a word; the id stays the first one's."""
    sending(desk, "x", "y", "z")
    assert desk.ledger.transition("x", State.ACCEPTED, run_id=desk.run, delivery_id="d").same_delivery == ()
    for ident in ("y", "z"):
        marked = desk.ledger.transition(ident, State.ACCEPTED, {"status": 200}, run_id=desk.run, delivery_id="d")
        assert not marked
        assert (marked.state, marked.same_delivery) == (State.IN_DOUBT, ("x",))
        found = desk.ledger.attempt(ident)
        assert (found.state, found.delivery_id) == (State.IN_DOUBT, "")
        assert (found.detail["sameDeliveryAs"], found.detail["deliveryId"]) == (["x"], "d")
        assert "delivery id d, which attempt x has" in found.detail["reason"]
        assert desk.ledger.history(ident)[-1].detail == found.detail
    assert desk.ledger.attempt("x").state is State.ACCEPTED
    assert desk.ledger.check() == []


def test_two_answers_that_share_a_commit_see_each_other(desk: Desk) -> None:
    """Two threads of one run are given one id at the same moment, and their marks are written together."""
    sending(desk, "x", "y")
    asked = [transitions.TransitionRequest(ident, State.ACCEPTED, {}, desk.run, "d") for ident in ("x", "y")]
    first, second = desk.ledger._driver.write(lambda tx: transitions.apply(tx, asked))
    assert isinstance(first, Transitioned)
    assert isinstance(second, Transitioned)
    assert (first.state, second.state) == (State.ACCEPTED, State.IN_DOUBT)
    assert second.same_delivery == ("x",)


def test_the_same_yes_twice_is_one_yes(desk: Desk) -> None:
    """A mark that is repeated because its commit's answer was lost does not meet itself."""
    sending(desk, "x")
    for _ in range(2):
        marked = desk.ledger.transition("x", State.ACCEPTED, run_id=desk.run, delivery_id="d")
        assert (marked.state, marked.same_delivery) == (State.ACCEPTED, ())


def test_a_late_yes_under_a_known_id_stays_in_doubt(desk: Desk) -> None:
    """The attempt was taken over meanwhile: its late answer does not settle it, if its id is another's."""
    sending(desk, "x", "y")
    desk.ledger.transition("x", State.ACCEPTED, run_id=desk.run, delivery_id="d")
    desk.ledger.transition("y", State.IN_DOUBT, run_id=desk.run)
    assert not desk.ledger.transition("y", State.ACCEPTED, run_id=desk.run, delivery_id="d")
    assert desk.ledger.attempt("y").state is State.IN_DOUBT
    assert desk.ledger.transition("y", State.RESOLVED_ACCEPTED, run_id=desk.run)


def test_of_many_threads_that_are_given_one_delivery_id_one_is_believed(opener: Callable[..., Ledger]) -> None:
    """Runs on connections of their own, each with sets of its own: whoever is first has the id."""
    desks = [desk_at(opener(), f"run-{number}") for number in range(6)]
    for round_ in range(10):
        for number, each in enumerate(desks):
            sending(each, f"x{round_}-{number}")
        barrier = threading.Barrier(len(desks))

        def race(number: int, round_: int = round_, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            ident = f"x{round_}-{number}"
            desks[number].ledger.transition(ident, State.ACCEPTED, run_id=desks[number].run, delivery_id=f"d{round_}")

        threads = [threading.Thread(target=race, args=(number,)) for number in range(len(desks))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        states = [desks[0].ledger.attempt(f"x{round_}-{number}").state for number in range(len(desks))]
        assert sorted(state.value for state in states) == ["accepted", *["in_doubt"] * 5]


def test_a_created_job_leaves_its_id_with_the_subject(desk: Desk) -> None:
    """The id of a job that was made is known from then on; an adopted one's is noted without an attempt."""
    desk.claim(job(), 0, ident="x")
    desk.ledger.transition("x", State.SENDING, run_id=desk.run)
    desk.ledger.transition("x", State.ACCEPTED, run_id=desk.run, job_id="j-1")
    desk.ledger.adopt(desk.scope, job("other"), "j-2")
    subjects = desk.ledger.subjects(desk.scope)
    assert subjects[job()].job_id == "j-1"
    assert subjects[job("other")].job_id == "j-2"
    assert subjects[job("other")].version == 0


def test_what_a_server_may_say_is_kept_without_harm(desk: Desk) -> None:
    """NUL, half surrogates and things JSON has no form for do not break a transition."""
    desk.claim(delivery(), 0, "/a", ident="x")
    desk.ledger.transition("x", State.SENDING, run_id=desk.run)
    detail = {"message": "a\0b\ud800", "when": {1}}
    assert desk.ledger.transition("x", State.ACCEPTED, detail, run_id=desk.run, delivery_id="d\0\udfff")
    assert desk.ledger.attempt("x").detail["message"] == "a\0b\ud800"
    assert desk.ledger.attempt("x").delivery_id == "d\ufffd?"


def test_one_of_many_racers_makes_the_transition(opener: Callable[..., Ledger]) -> None:
    """Eight connections mark fifty attempts in doubt as resolved, each its own way: one wins each."""
    desks = [desk_at(opener(), f"run-{number}") for number in range(8)]
    idents = [f"x{number}" for number in range(50)]
    for ident in idents:
        desks[0].claim(delivery(ident), 0, "/a", ident=ident)
        desks[0].ledger.transition(ident, State.SENDING, run_id=desks[0].run)
        desks[0].ledger.transition(ident, State.IN_DOUBT, run_id=desks[0].run)
    won: list[str] = []
    barrier = threading.Barrier(len(desks))

    def race(number: int, desk: Desk) -> None:
        to = State.RESOLVED_ACCEPTED if number % 2 else State.RESOLVED_NOT_ACCEPTED
        barrier.wait()
        order = idents if number % 3 else idents[::-1]
        won.extend(ident for ident in order if desk.ledger.transition(ident, to, run_id=desk.run))

    threads = [threading.Thread(target=race, args=pair) for pair in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == sorted(idents)
    assert desks[0].ledger.check() == []


def test_closing_leaves_no_caller_without_an_answer(opener: Callable[..., Ledger]) -> None:
    """Whoever marks while the ledger is being closed learns what became of it: committed, or refused and not done."""
    desk = desk_at(opener())
    idents = [f"x{number}" for number in range(24)]
    for ident in idents:
        desk.claim(delivery(ident), 0, "/a", ident=ident)
    answers: dict[str, bool] = {}
    barrier = threading.Barrier(len(idents) + 1)

    def mark(ident: str) -> None:
        barrier.wait()
        try:
            answers[ident] = bool(desk.ledger.transition(ident, State.SENDING, run_id=desk.run))
        except JetplanError:
            answers[ident] = False

    threads = [threading.Thread(target=mark, args=(ident,)) for ident in idents]
    for thread in threads:
        thread.start()
    barrier.wait()
    desk.ledger.close()
    for thread in threads:
        thread.join(30)
    later = desk_at(opener(), "run-2").ledger
    assert answers == {ident: later.attempt(ident).state is State.SENDING for ident in idents}
