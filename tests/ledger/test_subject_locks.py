"""Which names a write holds: two writers of one set or job, on whatever route, wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import Desk, delivery, job

from jetplan.core.attempts import Kind, NewAttempt, RunInfo, State
from jetplan.ledger.postgres import PostgresTransaction
from jetplan.ledger.sqlite import SqliteTransaction
from jetplan.ledger.words import lock_name

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name that is locked, as often as it is; the locks are taken as always."""
    names: list[str] = []
    for kind in (SqliteTransaction, PostgresTransaction):

        def lock(
            self: SqliteTransaction, wanted: Iterable[str], take: object = kind.lock, names: list[str] = names
        ) -> None:
            found = list(wanted)
            names.extend(found)
            assert callable(take)
            take(self, found)

        monkeypatch.setattr(kind, "lock", lock)
    return names


def test_each_write_holds_the_names_that_it_changes(desk: Desk, held: list[str]) -> None:
    """The set or job by kind and name; a claim also what its set was renamed from or to."""
    masters, former, nightly = (lock_name(desk.scope, Kind.DELIVERY, name) for name in ("masters", "old", "nightly"))
    a_job = lock_name(desk.scope, Kind.JOB, "nyc-to-lax")

    def took(*names: str) -> None:
        assert sorted(held) == sorted(names)
        held.clear()

    new = NewAttempt("x", paths=["/a"])
    desk.ledger.claim(desk.scope, delivery(), 0, [new], desk.run, also=[delivery("old")])
    took(masters, former)
    desk.claim(delivery("old"), 1, "/b", ident="y")
    took(masters, former)
    desk.claim(job(), 0, ident="z")
    took(a_job)
    desk.ledger.transition("x", State.SENDING, run_id=desk.run)
    took(masters)
    desk.ledger.record_complete_set(desk.scope, delivery("nightly"), b"d" * 32, b"s" * 32)
    took(nightly)
    desk.ledger.record_complete_sets(desk.scope, [(delivery(), b"d", None), (delivery("nightly"), b"d", None)])
    took(masters, nightly)
    desk.ledger.adopt_all(desk.scope, [(job(), "j"), (job(source="arc"), "k")])
    took(a_job)
    baseline = NewAttempt("w", paths=["/w"])
    desk.ledger.record_baseline(desk.scope, delivery("nightly"), baseline, desk.run, who="ada", reason="by hand")
    took(nightly)


def test_taking_over_holds_the_names_of_what_was_left(desk: Desk, held: list[str]) -> None:
    """Not those of runs that are alive."""
    desk.claim(delivery("alive"), 0, "/a")
    dead = desk.another_run("dead")
    dead.claim(delivery("left"), 0, "/b", ident="left")
    dead.claim(job(), 0, ident="made")
    desk.ledger.begin_run(RunInfo("next"))
    desk.ledger.end_run("dead", "killed")
    held.clear()
    assert {each.attempt_id for each in desk.ledger.recover(desk.scope, "next")} == {"left", "made"}
    assert set(held) == {lock_name(desk.scope, Kind.DELIVERY, "left"), lock_name(desk.scope, Kind.JOB, "nyc-to-lax")}
