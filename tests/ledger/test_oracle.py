"""The ledger against an oracle that keeps everything in a dictionary: any sequence of steps, the same answers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desks import delivery
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jetplan.core.attempts import (
    RELEASED,
    TRANSITIONS,
    UNFINISHED,
    Claimed,
    NewAttempt,
    RunInfo,
    State,
    SubjectKey,
    Taken,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.ledger import Ledger

NAMES = ("old", "new", "other")
FILES = ("/a", "/b", "/c/", "/c/d")
numbers = itertools.count()


@dataclass
class Known:
    """One attempt, as the oracle has it."""

    subject: SubjectKey
    revision: int
    paths: frozenset[str]
    run: str
    state: State = State.INTENDED


@dataclass
class Oracle:
    """What must be true, in the plainest form."""

    attempts: dict[str, Known] = field(default_factory=dict)
    versions: dict[SubjectKey, int] = field(default_factory=dict)
    renames: set[frozenset[SubjectKey]] = field(default_factory=set)

    def holding(self, subjects: set[SubjectKey], revision: int, paths: frozenset[str]) -> set[str]:
        """The live attempts of these subjects that hold one of the objects."""
        return {
            ident
            for ident, known in self.attempts.items()
            if known.subject in subjects
            and known.revision == revision
            and known.state not in RELEASED
            and known.paths & paths
        }

    def renames_of(self, subject: SubjectKey) -> set[SubjectKey]:
        """The other names of a subject."""
        return set().union(*(pair for pair in self.renames if subject in pair)) - {subject}

    def count(self, subject: SubjectKey) -> None:
        """One more claim or release."""
        self.versions[subject] = self.versions.get(subject, 0) + 1


class Steps(RuleBasedStateMachine):
    """Claims, transitions, ends of runs and recoveries, in any order."""

    ledger: Ledger

    @initialize()
    def begin(self) -> None:
        self.number = next(numbers)
        self.oracle = Oracle()
        self.scope = self.ledger.ensure_scope(f"https://{self.number}.example", [])
        self.runs: list[str] = []
        self.ended: set[str] = set()
        self.next_run()

    def next_run(self) -> None:
        run_id = f"{self.number}-run-{len(self.runs)}"
        self.ledger.begin_run(RunInfo(run_id), lease_seconds=3600)
        self.runs.append(run_id)

    def live_run(self, choice: int) -> str:
        live = [run_id for run_id in self.runs if run_id not in self.ended]
        return live[choice % len(live)]

    @rule(
        name=st.sampled_from(NAMES),
        paths=st.frozensets(st.sampled_from(FILES), min_size=1),
        revision=st.integers(1, 2),
        behind=st.integers(0, 2),
        renamed=st.booleans(),
        run=st.integers(0, 2),
    )
    def claim(self, name: str, paths: frozenset[str], revision: int, behind: int, renamed: bool, run: int) -> None:
        subject, former = delivery(name), delivery("old")
        also = [former] if renamed and name != "old" else []
        version = self.oracle.versions.get(subject, 0)
        rivals = self.oracle.renames_of(subject) | set(also)
        expected = max(0, version - behind)
        if expected == version:  # who plans with the present version has seen what the subject holds
            held = set().union(
                *(known.paths for ident, known in self.oracle.attempts.items() if known.subject == subject
                  and known.revision == revision and known.state not in RELEASED)
            )  # fmt: skip
            paths -= held
        else:
            rivals |= {subject}
        ident = f"{self.number}-{len(self.oracle.attempts)}"
        run_id = self.live_run(run)
        new = NewAttempt(ident, revision=revision, paths=sorted(paths))
        result = self.ledger.claim(self.scope, subject, expected, [new], run_id, also=also)
        in_the_way = self.oracle.holding(rivals, revision, paths)
        if in_the_way:
            assert isinstance(result, Taken)
            assert {found.attempt_id for found in result.by} == in_the_way
            return
        for pair in (frozenset({subject, one}) for one in also):
            if pair not in self.oracle.renames:
                self.oracle.renames.add(pair)
                self.oracle.count(former)
        self.oracle.count(subject)
        assert result == Claimed(self.oracle.versions[subject])
        self.oracle.attempts[ident] = Known(subject, revision, paths, run_id)

    @precondition(lambda self: self.oracle.attempts)
    @rule(data=st.data(), to=st.sampled_from(State), run=st.integers(0, 2))
    def mark(self, data: st.DataObject, to: State, run: int) -> None:
        ident = data.draw(st.sampled_from(sorted(self.oracle.attempts)))
        known = self.oracle.attempts[ident]
        run_id = self.live_run(run)
        allowed = to in TRANSITIONS[known.state] and (to is not State.SENDING or run_id == known.run)
        assert bool(self.ledger.transition(ident, to, run_id=run_id)) == allowed
        if allowed:
            self.move(known, to)

    def move(self, known: Known, to: State) -> None:
        known.state = to
        if to in RELEASED:
            self.oracle.count(known.subject)

    @rule(run=st.integers(0, 2))
    def end(self, run: int) -> None:
        run_id = self.live_run(run)
        self.ledger.end_run(run_id, "ended")
        self.ended.add(run_id)
        self.next_run()

    @rule(run=st.integers(0, 2))
    def recover(self, run: int) -> None:
        run_id = self.live_run(run)
        left = {
            ident: State.NOT_SENT if known.state is State.INTENDED else State.IN_DOUBT
            for ident, known in self.oracle.attempts.items()
            if known.run in self.ended and known.state in (State.INTENDED, State.SENDING)
        }
        moved = self.ledger.recover(self.scope, run_id)
        assert {found.attempt_id: found.state for found in moved} == left
        for ident, state in left.items():
            self.move(self.oracle.attempts[ident], state)

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "scope"):
            return
        found = {each.attempt_id: each.state for each in self.ledger.attempts(self.scope)}
        assert found == {ident: known.state for ident, known in self.oracle.attempts.items()}
        subjects = self.ledger.subjects(self.scope)
        assert {key: record.version for key, record in subjects.items()} == self.oracle.versions
        unfinished = {ident for ident, known in self.oracle.attempts.items() if known.state in UNFINISHED}
        assert {each.attempt_id for each in self.ledger.unfinished(self.scope)} == unfinished

    def teardown(self) -> None:
        if hasattr(self, "scope"):
            assert self.ledger.check() == []


def test_any_sequence_of_steps_agrees_with_the_oracle(opener: Callable[..., Ledger], url: str) -> None:
    """Whatever runs do in whatever order: claims, states and versions are the oracle's, and nothing is held twice."""
    steps = type("StepsHere", (Steps,), {"ledger": opener(group=False)})
    run_state_machine_as_test(
        steps,
        settings=settings(
            max_examples=60 if url.startswith("sqlite") else 15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
