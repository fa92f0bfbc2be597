"""Runs, leases and recovery: dead runs' attempts are taken over, live ones' never, and no verdict can send twice."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import Desk, delivery, desk_at

from jetplan.core.attempts import RunInfo, State
from jetplan.errors import JetplanError
from jetplan.ledger import Ledger, Liveness, open_ledger, recovery, transitions
from jetplan.ledger.runs import process_alive, this_host, this_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.core.attempts import Attempt
    from jetplan.ledger.driver import Transaction


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(tmp_path: Path, clock: Clock) -> Desk:
    """A desk at a ledger whose clock is ours."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True, clock=clock, group=False)
    return desk_at(ledger)


def test_a_lease_lives_as_long_as_it_says(timed: Desk, clock: Clock) -> None:
    """Live to its last second, dead after it, live again by a heartbeat, dead once ended."""
    timed.ledger.begin_run(RunInfo("r"), lease_seconds=30)
    clock.move(seconds=30)
    assert timed.ledger.run_is_live("r") is Liveness.LIVE
    clock.move(seconds=1)
    assert timed.ledger.run_is_live("r") is Liveness.DEAD
    assert timed.ledger.heartbeat("r")
    assert timed.ledger.run_is_live("r") is Liveness.LIVE
    timed.ledger.end_run("r", "done")
    assert timed.ledger.run_is_live("r") is Liveness.DEAD
    assert not timed.ledger.heartbeat("r")
    record = timed.ledger.run("r")
    assert record is not None
    assert (record.heartbeats, record.outcome) == (1, "done")


def test_a_heartbeat_from_the_future_is_flagged(timed: Desk, clock: Clock) -> None:
    """A run whose clock is a day ahead is taken for live, and said to be skewed."""
    clock.move(days=1)
    timed.ledger.begin_run(RunInfo("ahead"))
    clock.move(days=-1)
    assert timed.ledger.run_is_live("ahead") is Liveness.SKEWED


def test_an_unknown_run_is_dead(desk: Desk) -> None:
    """Nothing speaks for a run that nobody recorded."""
    assert desk.ledger.run_is_live("nobody") is Liveness.DEAD
    assert not desk.ledger.heartbeat("nobody")
    assert desk.ledger.run("nobody") is None


def test_a_run_id_serves_one_process(desk: Desk) -> None:
    """The same process may say twice that it began; another one may not take its id."""
    desk.ledger.begin_run(RunInfo("r", host="h", process="1:1"))
    desk.ledger.begin_run(RunInfo("r", host="h", process="1:1"))
    with pytest.raises(JetplanError, match="already has a run r"):
        desk.ledger.begin_run(RunInfo("r", host="h", process="2:2"))


def test_a_run_keeps_all_it_is_told(desk: Desk) -> None:
    """Commit, CI, person, machine and program come back with each of its attempts."""
    run = RunInfo("r", "c0ffee", "https://ci.example/1", "Zoë\udcff", "h", "1:1", "jetplan 1")
    other = desk.another_run("r", **{name: getattr(run, name) for name in RunInfo.__slots__ if name != "run_id"})
    other.claim(delivery(), 0, "/a", ident="x")
    assert desk.ledger.attempt("x").run == RunInfo(
        "r", "c0ffee", "https://ci.example/1", "Zoë?", "h", "1:1", "jetplan 1"
    )


def test_recovery_moves_what_dead_runs_left_and_nothing_else(desk: Desk) -> None:
    """INTENDED was not sent, SENDING is in doubt; live runs, the caller's own and finished attempts stay."""
    dead, live = desk.another_run("dead"), desk.another_run("live")
    dead.claim(delivery("a"), 0, "/a", ident="intended")
    dead.claim(delivery("b"), 0, "/a", ident="sending")
    dead.claim(delivery("c"), 0, "/a", ident="accepted")
    for ident in ("sending", "accepted"):
        assert desk.ledger.transition(ident, State.SENDING, run_id="dead")
    assert desk.ledger.transition("accepted", State.ACCEPTED, run_id="dead")
    live.claim(delivery("d"), 0, "/a", ident="theirs")
    desk.claim(delivery("e"), 0, "/a", ident="mine")
    desk.ledger.end_run("dead", "killed")
    moved = {found.attempt_id: found.state for found in desk.ledger.recover(desk.scope, desk.run)}
    assert moved == {"intended": State.NOT_SENT, "sending": State.IN_DOUBT}
    assert desk.ledger.recover(desk.scope, desk.run) == []
    states = {found.attempt_id: found.state for found in desk.ledger.attempts(desk.scope)}
    assert states == moved | {"accepted": State.ACCEPTED, "theirs": State.INTENDED, "mine": State.INTENDED}
    assert desk.ledger.history("sending")[-1].detail["owner"] == "dead"
    assert desk.ledger.version_of(desk.scope, delivery("a")) == 2
    assert {found.attempt_id for found in desk.ledger.unfinished(desk.scope)} == {"sending", "theirs", "mine"}


def test_a_run_wrongly_taken_for_dead_does_not_send(timed: Desk, clock: Clock) -> None:
    """Its INTENDED is gone when it wakes, so SENDING is refused; an answer it still gets is proof and counts."""
    timed.claim(delivery("a"), 0, "/a", ident="intended")
    timed.claim(delivery("b"), 0, "/a", ident="sending")
    timed.ledger.transition("sending", State.SENDING, run_id=timed.run)
    clock.move(days=1)
    other = timed.another_run("run-2")
    assert len(other.ledger.recover(other.scope, other.run)) == 2
    clock.move(days=-1)
    assert not timed.ledger.transition("intended", State.SENDING, run_id=timed.run)
    assert timed.ledger.transition("sending", State.ACCEPTED, run_id=timed.run)


def test_a_dead_process_on_this_host_is_dead_at_once(opener: Callable[..., Ledger]) -> None:
    """No lease is waited for where the machine itself can say that the process is gone."""
    child = subprocess.Popen(
        [sys.executable, "-c", "from jetplan.ledger.runs import this_process as p; print(p(), flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert child.stdout is not None
    process = child.stdout.readline().strip()
    ledger: Ledger = opener()
    ledger.begin_run(RunInfo("r", host=this_host(), process=process), lease_seconds=3600)
    assert ledger.run_is_live("r") is Liveness.LIVE
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert ledger.run_is_live("r") is Liveness.DEAD, "a zombie is no longer running"
    child.communicate()
    assert ledger.run_is_live("r") is Liveness.DEAD


def test_processes_are_told_apart_by_start_time_and_host() -> None:
    """A pid used again is another process; of another host nothing is known."""
    pid, _, started = this_process().partition(":")
    assert process_alive(this_host(), this_process()) is True
    assert process_alive(this_host(), f"{pid}:{int(started) + 1}") is False
    assert process_alive("elsewhere", this_process()) is None
    assert process_alive("", "") is None
    assert process_alive(this_host(), "nonsense") is None


def test_a_run_that_nobody_began_may_have_company(desk: Desk) -> None:
    """Of a run without a record nothing is known, so it has to look."""
    assert desk.ledger.has_concurrent_runs("never-began")


def test_a_run_beside_this_one_is_concurrent(desk: Desk) -> None:
    """A run that has not ended may claim at any moment, whether it began before this one or after."""
    assert not desk.ledger.has_concurrent_runs(desk.run)
    later = desk.another_run("later")
    assert desk.ledger.has_concurrent_runs(desk.run)
    assert desk.ledger.has_concurrent_runs(later.run)


def test_a_run_that_ended_since_is_concurrent(desk: Desk) -> None:
    """What it claimed is in no plan that was made before; a run that begins later has it in its plan."""
    desk.another_run("other")
    desk.ledger.end_run("other", "ended")
    assert desk.ledger.has_concurrent_runs(desk.run)
    desk.ledger.end_run(desk.run, "ended")
    assert not desk.ledger.has_concurrent_runs(desk.another_run("next").run)


def test_a_killed_run_is_no_company_for_ever(timed: Desk) -> None:
    """Recovery ends a run whose process is gone for sure; one whose lease ran out may wake up, and stays concurrent."""
    gone = {"gone"}
    timed.ledger._alive = lambda _, process: False if process in gone else None
    timed.ledger.begin_run(RunInfo("killed", host="h", process="gone"), lease_seconds=1)
    timed.ledger.begin_run(RunInfo("suspended", host="h", process="unknown"), lease_seconds=1)
    timed.ledger.recover(timed.scope, timed.run)
    killed, suspended = timed.ledger.run("killed"), timed.ledger.run("suspended")
    assert killed is not None
    assert suspended is not None
    assert (killed.outcome, suspended.outcome) == ("killed", "")
    timed.ledger.end_run(timed.run, "ended")
    timed.ledger.end_run("suspended", "ended")
    assert not timed.ledger.has_concurrent_runs(timed.another_run("next").run)


@pytest.mark.parametrize("hours", [-30, -0.025, 0.025, 30])
def test_no_clock_says_who_is_concurrent(timed: Desk, clock: Clock, hours: float) -> None:
    """Another run's clock, fast or slow, hides neither a run that works nor one that has ended since."""
    clock.move(hours=hours)
    timed.another_run("other")
    clock.move(hours=-hours)
    assert timed.ledger.has_concurrent_runs(timed.run)
    clock.move(hours=hours)
    timed.ledger.end_run("other", "ended")
    clock.move(hours=-hours)
    assert timed.ledger.has_concurrent_runs(timed.run)


def test_a_run_that_has_ended_claims_nothing(desk: Desk) -> None:
    """Other runs rest on that: a claim that comes after the end is refused, and leaves nothing."""
    desk.ledger.end_run(desk.run, "ended")
    with pytest.raises(JetplanError, match="has ended"):
        desk.claim(delivery(), 0, "/a", ident="late")
    assert desk.ledger.attempts(desk.scope) == []


def test_runs_that_end_one_after_the_other_are_counted_apart(desk: Desk) -> None:
    """A run that begins between two ends has the first one in its plan, and the second one beside it."""
    first, second = desk.another_run("first"), desk.another_run("second")
    desk.ledger.end_run(desk.run, "ended")
    desk.ledger.end_run(first.run, "ended")
    between = desk.another_run("between")
    desk.ledger.end_run(second.run, "ended")
    assert desk.ledger.has_concurrent_runs(between.run)


@pytest.mark.parametrize(
    ("ahead", "verdict"), [(30, Liveness.LIVE), (31, Liveness.SKEWED), (-30, Liveness.LIVE), (-31, Liveness.DEAD)]
)
def test_a_clock_may_be_off_by_a_lease_either_way(timed: Desk, clock: Clock, ahead: float, verdict: Liveness) -> None:
    """Within its lease a run is live; beyond it a fast clock is told from a run that has stopped."""
    clock.move(seconds=ahead)
    timed.ledger.begin_run(RunInfo("other"), lease_seconds=30)
    clock.move(seconds=-ahead)
    assert timed.ledger.run_is_live("other") is verdict


def test_recovery_moves_an_attempt_only_from_the_state_it_read(desk: Desk) -> None:
    """Taken for dead, a run commits SENDING after recovery has read INTENDED: that attempt is not called unsent."""
    desk.ledger.begin_run(RunInfo("slow", host="h", process="p"))
    Desk(desk.ledger, desk.scope, "slow").claim(delivery(), 0, "/a", ident="theirs")
    asked: list[str] = []

    def take_over(tx: Transaction) -> list[Attempt]:
        def alive(_: str, process: str) -> bool | None:
            asked.append(process)
            if asked.count("p") == 1:  # before the attempts are read
                return None
            request = transitions.TransitionRequest("theirs", State.SENDING, {}, "slow")
            assert transitions.apply(tx, [request])[0]
            return False

        return recovery.recover(tx, desk.scope, desk.run, alive)

    assert desk.ledger._driver.write(take_over) == []
    assert asked.count("p") == 2
    assert desk.ledger.attempt("theirs").state is State.SENDING


def test_a_run_is_kept_as_it_was_told(desk: Desk) -> None:
    """Who, where and with what, for the people who read it later."""
    run = RunInfo("r", "c0ffee", "https://ci.example/1", "ada", "host", "7:22", "jetplan 1")
    desk.ledger.begin_run(run, lease_seconds=7.5)
    record = desk.ledger.run("r")
    assert record is not None
    assert record.run == run
    assert (record.lease_seconds, record.heartbeats, record.finished_on, record.outcome) == (7.5, 0, "", "")
    assert record.started_on == record.heartbeat_on
    desk.ledger.heartbeat("r")
    desk.ledger.end_run("r", "done")
    record = desk.ledger.run("r")
    assert record is not None
    assert (record.heartbeats, record.outcome) == (1, "done")
    assert record.started_on <= record.heartbeat_on <= record.finished_on
    assert desk.ledger.run("other") is None
