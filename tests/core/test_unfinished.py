"""What is unfinished and what a command ends with: one answer for all commands."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from jetplan.core.arrival import Arrival, NotMoved
from jetplan.core.attempts import Attempt, Kind, RunInfo, State, SubjectKey
from jetplan.core.objects import object_keys, pack_keys
from jetplan.core.unfinished import Unfinished, exit_code_for, is_in_doubt, open_failures, unfinished_of

SET = SubjectKey(Kind.DELIVERY, "masters", "nyc", "lax")
FORMER = SubjectKey(Kind.DELIVERY, "old-masters", "nyc", "lax")


def attempt(ident: str, *paths: str, state: State = State.FAILED, subject: SubjectKey = SET, **more: Any) -> Attempt:
    keys = pack_keys(object_keys(paths))
    return Attempt(ident, subject, state, RunInfo("r"), "", "", keys=keys, **more)


def left(*failed: Attempt, others: tuple[Attempt, ...] = (), **renames: Any) -> list[str]:
    return [each.attempt_id for each in open_failures(failed, (*failed, *others), renames.get("renames", {}))]


def test_the_gravest_code_is_told() -> None:
    """3 beats 7 beats 6 beats 8 beats 1 beats 2 beats 0, in every combination."""
    for doubt, refused, wrong, failed, done, pending in product([False, True], repeat=6):
        found = Unfinished((attempt("d"),) if doubt else (), (attempt("f"),) if failed else ())
        code = exit_code_for(found, refused=refused, wrong_ledger=wrong, done=done, pending=pending)
        ladder = ((doubt, 3), (refused, 7), (wrong, 6), (failed and done, 8), (failed, 1), (pending, 2))
        assert code == next((number for holds, number in ladder if holds), 0)


@pytest.mark.parametrize(
    ("state", "live", "doubtful"),
    [
        (State.IN_DOUBT, False, True),
        (State.SENDING, False, True),
        (State.SENDING, True, False),
        (State.ACCEPTED, False, False),
    ],
)
def test_a_dead_request_is_in_doubt(state: State, live: bool, doubtful: bool) -> None:
    """A request whose run is dead is as doubtful before anybody has written it down as after."""
    one = replace(attempt("x", state=state), live=live)
    assert is_in_doubt(one) is doubtful
    assert bool(unfinished_of([one], []).in_doubt) is doubtful


def test_a_later_revision_supersedes_whole_or_not_at_all() -> None:
    """Each object that failed must have been accepted again; an attempt that was not accepted, or earlier, is none."""
    failed = attempt("f", "/a", "/b")
    assert left(failed) == ["f"]
    for later in (
        attempt("l", "/a", revision=2, state=State.ACCEPTED),
        attempt("l", "/a", "/b", revision=2, state=State.IN_DOUBT),
        attempt("l", "/a", "/b", revision=2, state=State.REJECTED),
        attempt("l", "/a", "/b", state=State.ACCEPTED),
    ):
        assert left(failed, others=(later,)) == ["f"]
    assert left(failed, others=(attempt("l", "/a", "/b", revision=2, state=State.ACCEPTED),)) == []
    halves = tuple(attempt(path, path, revision=2, state=State.DELIVERED) for path in ("/a", "/b"))
    assert left(failed, others=halves) == []


def test_what_arrived_need_not_be_sent_again() -> None:
    """Only files that are not seen complete count; where some are not named, every object does."""
    later = attempt("l", "/a", revision=2, state=State.ACCEPTED)
    seen = Arrival("FAILED", 2, moved=1, failed=(NotMoved("/a"),))
    assert left(attempt("f", "/a", "/b", arrival=seen), others=(later,)) == []
    for more in (replace(seen, unnamed=1), replace(seen, moving=1), replace(seen, missing=(NotMoved("/b"),))):
        assert left(attempt("f", "/a", "/b", arrival=more), others=(later,)) == ["f"]
    inside = attempt("f", "/d/", arrival=Arrival("FAILED", 2, failed=(NotMoved("/d/e/x"),)))
    assert left(inside, others=(attempt("l", "/d/", revision=2, state=State.ACCEPTED),)) == []


def test_a_retry_supersedes_what_it_retries() -> None:
    """Of its own attempt only, also where it failed itself: then the failure is the retry's."""
    failed = attempt("f", "/a", arrival=Arrival("FAILED", 1, failed=(NotMoved("/a"),)))
    again = attempt("r", "/a", state=State.FAILED, retry_of="f")
    assert left(failed, again) == ["r"]
    assert left(failed, others=(replace(again, retry_of="other"),)) == ["f"]


def test_a_set_that_was_renamed_supersedes() -> None:
    """What failed under the former name is superseded under the new one, and by no other set."""
    failed = attempt("f", "/a", subject=FORMER)
    later = attempt("l", "/a", revision=2, state=State.ACCEPTED)
    assert left(failed, others=(later,)) == ["f"]
    assert left(failed, others=(later,), renames={FORMER: {SET}}) == []
