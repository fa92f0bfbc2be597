"""A creation whose answer was lost: found on the server, or believed absent only after looking for a while."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from builders import LAX, job

from jetplan.apply import ApplyOptions, Stop
from jetplan.apply.context import make_context
from jetplan.apply.jobs import settle_earlier_creations
from jetplan.core.attempts import Kind, NewAttempt, RunInfo, State, SubjectKey
from jetplan.ledger.address import in_memory

if TYPE_CHECKING:
    from jetplan.core.observed import ObservedJob

KEY = SubjectKey(Kind.JOB, "nyc-to-lax", "p-nyc", "p-lax")


class Waits(Stop):
    """A stop whose waits take no time, and are counted. It stops after so many seconds."""

    def __init__(self, stops_after: float = 1000.0) -> None:
        super().__init__()
        self.waited, self._stops_after = 0.0, stops_after

    def wait(self, seconds: float) -> bool:
        self.waited += seconds
        if self.waited >= self._stops_after:
            self.by_signal(15)
        return not self


def settled(shown_after: float, shown: ObservedJob, stop: Waits) -> State:
    """The state of the attempt after settling, where a list shows a job only after so many seconds."""
    ledger = in_memory()
    scope = ledger.ensure_scope("https://jet.example", [])
    for run in ("dead", "this"):
        ledger.begin_run(RunInfo(run))
    ledger.claim(scope, KEY, 0, [NewAttempt("lost", job_name="nyc-to-lax")], "dead")
    for state in (State.SENDING, State.IN_DOUBT):
        assert ledger.transition("lost", state, run_id="dead")
    client: Any = None  # settling looks through `list_jobs` alone
    context = make_context(
        client, ledger, scope, RunInfo("this"), stop,
        list_jobs=lambda: [shown] if stop.waited >= shown_after else [],
        look=dict, new_id=str, options=ApplyOptions(),
    )  # fmt: skip
    settle_earlier_creations(context)
    return ledger.attempt("lost").state


@pytest.mark.parametrize("shown_after", [0.0, 0.5, 3.0, 6.0, 9.0])
def test_a_job_that_a_list_shows_late_is_found(shown_after: float) -> None:
    """A list may lag behind: taken for absent too soon, the job would be created twice."""
    assert settled(shown_after, job("j-9"), Waits()) is State.EVIDENCED


def test_a_job_that_never_shows_up_is_believed_absent() -> None:
    """Creating it again moves no file."""
    assert settled(1000.0, job("j-9"), Waits()) is State.RESOLVED_NOT_ACCEPTED


def test_a_job_of_the_name_with_other_profiles_settles_nothing() -> None:
    """It is not the one that was asked for, and the name is taken: a person has to look."""
    other = replace(job("j-9"), destination=replace(LAX, profile_id="p-other"))
    assert settled(0.0, other, Waits()) is State.IN_DOUBT


def test_a_run_that_is_stopped_while_it_looks_believes_nothing() -> None:
    """It has not looked for long enough."""
    assert settled(1000.0, job("j-9"), Waits(stops_after=1.5)) is State.IN_DOUBT
