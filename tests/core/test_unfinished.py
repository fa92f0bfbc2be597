"""What is not finished, the exit code that follows, and when a failure is over."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from builders import attempt, subject

from jetplan.core.arrival import Arrival, NotMoved
from jetplan.core.attempts import State
from jetplan.core.unfinished import (
    Unfinished,
    end_of,
    exit_code_for,
    is_in_doubt,
    open_failures,
    unfinished_of,
)
from jetplan.errors import ExitCode

if TYPE_CHECKING:
    from jetplan.core.attempts import Attempt

DOUBT = attempt("s", "/a", state=State.IN_DOUBT)
FAILED = attempt("s", "/a", "/b", state=State.FAILED)


def test_what_is_in_doubt() -> None:
    """The state, and what a dead run was sending. A live run knows more than the ledger does."""
    found = {
        (state, live): is_in_doubt(attempt("s", "/a", state=state, live=live))
        for state, live in product(State, (False, True))
    }
    assert {key for key, doubtful in found.items() if doubtful} == {
        (State.IN_DOUBT, False),
        (State.IN_DOUBT, True),
        (State.SENDING, False),
    }
    attempts = [attempt("s", "/b"), DOUBT]
    assert unfinished_of(attempts, [FAILED]) == Unfinished((DOUBT,), (FAILED,))


@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("failed", [False, True])
def test_the_exit_code(in_doubt: bool, failed: bool) -> None:
    """The worst of all that holds: 3 beats 7 beats 6 beats 8 beats 1 beats 2 beats 0."""
    left = Unfinished((DOUBT,) if in_doubt else (), (FAILED,) if failed else ())
    for undone, done, refused, wrong, pending in product((False, True), repeat=5):
        expected = ExitCode.DONE
        if pending:
            expected = ExitCode.CHANGES_PENDING
        if undone or failed:
            expected = ExitCode.APPLIED_IN_PART if done else ExitCode.ERROR
        if wrong:
            expected = ExitCode.WRONG_LEDGER
        if refused:
            expected = ExitCode.REFUSED
        if in_doubt:
            expected = ExitCode.IN_DOUBT
        found = exit_code_for(left, undone=undone, done=done, refused=refused, wrong_ledger=wrong, pending=pending)
        assert found is expected, (undone, done, refused, wrong, pending)
    assert exit_code_for(Unfinished()) is ExitCode.DONE


@pytest.mark.parametrize(
    ("arrival", "state"),
    [
        (Arrival("COMPLETED", 2, moved=2), State.DELIVERED),
        (Arrival("COMPLETED", 2, moved=1, missing=(NotMoved("/b"),)), None),
        (Arrival("COMPLETED", 2, moved=1, moving=1), None),
        (Arrival("COMPLETED"), None),
        (Arrival("FAILED", 2, moved=2), State.DELIVERED),
        (Arrival("FAILED", 2, moved=1, failed=(NotMoved("/b"),)), State.FAILED),
        (Arrival("IN_PROGRESS", 2, moved=2), None),
        (Arrival("IN_PROGRESS", 2, moved=1, failed=(NotMoved("/b"),)), None),
        (Arrival("", 2, moved=2), State.DELIVERED),
        (Arrival("", 2, moved=1, failed=(NotMoved("/b"),)), State.FAILED),
        (Arrival("", 2, moved=1, failed=(NotMoved("/b"),), moving=1), None),
        (Arrival("", 2, moved=1, missing=(NotMoved("/b"),)), None),
    ],
)
def test_the_state_by_what_arrived(arrival: Arrival, state: State | None) -> None:
    """Delivered is what was seen whole; failed is what the server says, or what it lists where it says nothing."""
    assert end_of(arrival) is state


def still_open(failed: Attempt, *others: Attempt, renamed: bool = False) -> bool:
    """Whether the failure is told, beside these attempts; `renamed`: the set `s` was called `r`."""
    kin = {failed.subject: {subject("r")}} if renamed else {}
    found = open_failures([failed], others, kin)
    assert found in ((), (failed,))
    return found == (failed,)


def test_a_failure_is_open_until_all_of_it_was_accepted_again() -> None:
    """At a later revision; an earlier one, or the same, is no answer to it. One object is not the other."""
    assert still_open(FAILED)
    assert still_open(FAILED, FAILED)
    assert not still_open(FAILED, attempt("s", "/a", "/b", revision=2, ident="a-2"))
    assert still_open(FAILED, attempt("s", "/a", revision=2, ident="a-2"))
    both = [attempt("s", "/a", revision=2, ident="a-2"), attempt("s", "/b", revision=3, ident="a-3")]
    assert not still_open(FAILED, *both)
    assert still_open(replace(FAILED, revision=2), *both)
    assert open_failures([FAILED, replace(FAILED, attempt_id="a-9", revision=5)], both, {}) == (
        replace(FAILED, attempt_id="a-9", revision=5),
    )


@pytest.mark.parametrize("state", list(State))
def test_only_what_was_accepted_answers_a_failure(state: State) -> None:
    """What was rejected, released or is in doubt answers nothing. What failed in turn is a failure of its own."""
    again = attempt("s", "/a", "/b", revision=2, ident="a-2", state=state)
    sent = {State.ACCEPTED, State.DELIVERED, State.EVIDENCED, State.RESOLVED_ACCEPTED, State.FAILED, State.ABANDONED}
    assert still_open(FAILED, again) is (state not in sent)


def test_a_retry_answers_a_failure() -> None:
    """Of the attempt that it names, at the same revision."""
    again = attempt("s", "/a", "/b", ident="a-2")
    assert still_open(FAILED, again)
    assert not still_open(FAILED, replace(again, retry_of=FAILED.attempt_id))
    assert still_open(FAILED, replace(again, retry_of="a-7"))


def test_another_set_answers_no_failure() -> None:
    """Unless it is this one under another name."""
    other = attempt("r", "/a", "/b", revision=2, ident="a-2")
    assert still_open(FAILED, other)
    assert not still_open(FAILED, other, renamed=True)


def test_only_what_did_not_arrive_has_to_be_sent_again() -> None:
    """Where each file is named; a folder above it sends it too. Where files are unnamed, every object counts."""
    arrived = Arrival("FAILED", 2, moved=1, failed=(NotMoved("/b/c"),))
    half = replace(FAILED, arrival=arrived)
    assert still_open(half, attempt("s", "/a", revision=2, ident="a-2"))
    assert not still_open(half, attempt("s", "/b/c", revision=2, ident="a-2"))
    assert not still_open(half, attempt("s", "/b/", revision=2, ident="a-2"))
    for unclear in (replace(arrived, unnamed=1), replace(arrived, moving=1)):
        unsure = replace(FAILED, arrival=unclear)
        assert still_open(unsure, attempt("s", "/b/c", revision=2, ident="a-2"))
        assert not still_open(unsure, attempt("s", "/a", "/b", revision=2, ident="a-2"))
    lost = replace(FAILED, arrival=Arrival("COMPLETED", 2, moved=1, missing=(NotMoved("/a"),)))
    assert not still_open(lost, attempt("s", "/a", revision=2, ident="a-2"))
    assert still_open(lost, attempt("s", "/b", revision=2, ident="a-2"))
