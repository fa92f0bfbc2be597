"""What the driver does when the world went on without it: a paused run, a person's word, a ledger that fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.apply.driver import Channel, ProtocolDriver
from jetplan.apply.stop import Stop
from jetplan.apply.throttle import Throttle
from jetplan.core.answers import AcceptedAnswer, Answer, NotSentAnswer, RejectedAnswer
from jetplan.core.attempts import Kind, NewAttempt, RunInfo, State, SubjectKey
from jetplan.core.protocol import AcceptedEnd, End, Looked, NotSentEnd, Patience, send_once
from jetplan.errors import JetplanError
from jetplan.ledger.address import in_memory

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = SubjectKey(Kind.DELIVERY, "masters", "p-nyc", "p-lax")


@dataclass
class Scene:
    """One attempt on a ledger in memory; `during` is what happens while its request is on the way."""

    answers: list[Answer]
    during: Callable[[str], None] = lambda _: None
    seconds: list[float] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    look: Callable[[], Any] = lambda: None
    slow_commits: list[float] = field(default_factory=list)
    """Seconds that the next commits take on the driver's clock."""

    def __post_init__(self) -> None:
        self.since_begun = 0.0
        self.ledger = in_memory(clock=self._commit)
        self.scope = self.ledger.ensure_scope("http://127.0.0.1:1", [])
        self.ledger.begin_run(RunInfo("run-1"))
        self.ledger.begin_run(RunInfo("person"))
        self.driver = ProtocolDriver(self.ledger, "run-1", Stop(), clock=self._clock)
        self.names = iter(f"a-{number}" for number in range(2, 9))

    def _clock(self) -> float:
        return self.seconds.pop(0) if self.seconds else self.since_begun

    def _commit(self) -> datetime:
        """The ledger asks for the time once in each transaction."""
        if self.slow_commits:
            self.since_begun += self.slow_commits.pop(0)
        return datetime(2031, 5, 1, tzinfo=UTC) + timedelta(seconds=self.since_begun)

    def play(self) -> End:
        patience = Patience(attempts=3, first_delay=0.0, longest_delay=0.0)
        protocol = send_once(NewAttempt("a-1", job_id="j", paths=["/a"]), lambda: next(self.names), patience)
        return self.driver.drive(protocol, Channel(self._claim, self._send, lambda _: Looked(self.look())))

    def _claim(self, attempts: Any) -> Any:
        return self.ledger.claim(self.scope, KEY, self.ledger.version_of(self.scope, KEY), attempts, "run-1")

    def _send(self, attempt: NewAttempt) -> Answer:
        self.sent.append(attempt.attempt_id)
        self.during(attempt.attempt_id)
        return self.answers.pop(0)

    def say(self, word: State) -> Callable[[str], None]:
        """The run is thought dead, and a person says how its attempt ended."""

        def speak(ident: str) -> None:
            self.ledger.transition(ident, State.IN_DOUBT, run_id="person")
            assert self.ledger.transition(ident, word, run_id="person")

        return speak

    def state(self, ident: str = "a-1") -> State:
        return self.ledger.attempt(ident).state


def test_a_permission_that_is_out_of_date_is_not_used() -> None:
    """Stopped between the commit and the first byte for longer than a lease: it asks anew instead of sending."""
    scene = Scene([AcceptedAnswer("d-1")], seconds=[0.0, 61.0])
    assert scene.play() == AcceptedEnd("a-2", "d-1")
    assert scene.sent == ["a-2"]
    assert scene.state("a-1") is State.NOT_SENT


def test_a_permission_ages_from_before_its_commit() -> None:
    """The commit itself took longer than a lease: others may have decided meanwhile, so it asks anew."""
    scene = Scene([AcceptedAnswer("d-1")])

    def look() -> None:
        if scene.state("a-1") is State.INTENDED:
            scene.slow_commits = [61.0]

    scene.look = look
    assert scene.play() == AcceptedEnd("a-2", "d-1")
    assert scene.sent == ["a-2"]
    assert scene.state("a-1") is State.NOT_SENT


def test_the_server_is_looked_at_before_the_permission_and_the_look_is_kept() -> None:
    """What shows up after SENDING may be this very request: only what was there before it is the baseline."""
    scene = Scene([AcceptedAnswer("d-1")])
    states: list[State] = []

    def look() -> dict[str, list[str]]:
        states.append(scene.state())
        return {"transfers": ["t-before"]}

    scene.look = look
    scene.play()
    assert states == [State.INTENDED]
    assert scene.ledger.attempt("a-1").baseline == {"transfers": ["t-before"]}


@pytest.mark.parametrize("word", [State.RESOLVED_ACCEPTED, State.RESOLVED_NOT_ACCEPTED])
def test_a_word_said_while_it_was_stopped_is_not_overruled(word: State) -> None:
    """A person decided meanwhile: nothing is sent, and no new attempt is made over that word."""
    scene = Scene([AcceptedAnswer("d-1")])
    speak, ticks = scene.say(word), iter([0.0, 61.0])

    def clock() -> float:
        at = next(ticks)
        if at:
            speak("a-1")
        return at

    scene.driver._clock = clock
    assert isinstance(scene.play(), NotSentEnd)
    assert not scene.sent
    assert scene.state() is word


@pytest.mark.parametrize("answer", [RejectedAnswer(429, "slow down"), NotSentAnswer("no connection")])
def test_a_no_after_somebody_said_accepted(answer: Answer) -> None:
    """The word holds, no new attempt is made, and an alarm says that the objects never arrived."""
    scene = Scene([answer])
    scene.during = scene.say(State.RESOLVED_ACCEPTED)
    scene.play()
    assert scene.sent == ["a-1"]
    assert "never took it" in scene.driver.alarms[0]


def test_a_yes_after_somebody_said_not_accepted() -> None:
    """The objects would be sent again by the next apply: an alarm says so before that."""
    scene = Scene([AcceptedAnswer("d-1")])
    scene.during = scene.say(State.RESOLVED_NOT_ACCEPTED)
    assert isinstance(scene.play(), AcceptedEnd)
    assert "send these objects again" in scene.driver.alarms[0]


def test_a_ledger_that_fails_at_the_second_claim_leaves_no_doubt() -> None:
    """The first attempt was refused and recorded so: a failure after that is no doubt about it."""
    scene = Scene([RejectedAnswer(429, "slow down")])
    claim = scene._claim

    def failing(attempts: Any) -> Any:
        if scene.sent:
            raise JetplanError("the disk is full")
        return claim(attempts)

    scene._claim = failing  # type: ignore[method-assign]
    assert isinstance(scene.play(), NotSentEnd)
    assert scene.state() is State.REJECTED


def test_a_stop_between_the_two_gates_is_no_doubt() -> None:
    """Stopped after the permission was written down and before a place on the wire was free: provably not sent."""
    scene = Scene([])
    stop = Stop()

    class Full(Throttle):
        """Every place on the wire is taken, and while it waits the run is stopped."""

        def acquire(self, stopped: Callable[[], bool]) -> bool:
            assert scene.state() is State.SENDING
            stop.by_signal(15)
            return super().acquire(stopped)

    scene.driver = ProtocolDriver(scene.ledger, "run-1", stop, Full(1), clock=lambda: 0.0)
    assert isinstance(scene.play(), NotSentEnd)
    assert not scene.sent
    assert scene.state() is State.NOT_SENT
