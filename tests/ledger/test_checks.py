"""The check: a healthy ledger has no findings, and each kind of damage has one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from desks import Desk, delivery

from jetplan.core.attempts import Claimed, NewAttempt, State, Taken
from jetplan.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jetplan.ledger.driver import Transaction

DAMAGE: dict[str, tuple[str, str]] = {
    "a state changed": ("UPDATE jetplan_attempts SET state = 'accepted' WHERE attempt_id = 'x'", "history ends at"),
    "an entry gone": ("DELETE FROM jetplan_transitions WHERE attempt_id = 'y' AND seq = 1", "gap"),
    "no beginning": ("DELETE FROM jetplan_transitions WHERE attempt_id = 'y' AND seq = 0", "begin"),
    "no history": ("DELETE FROM jetplan_transitions WHERE attempt_id = 'x'", "no history"),
    "no such way": (
        "UPDATE jetplan_transitions SET to_state = 'delivered' WHERE attempt_id = 'y' AND seq = 1",
        "cannot",
    ),
    "keys gone": ("DELETE FROM jetplan_pages WHERE attempt_id = 'x' AND part = 'objects'", "0 keys"),
    "count changed": ("UPDATE jetplan_attempts SET objects = 3 WHERE attempt_id = 'x'", "3 objects"),
    "one id for two": ("UPDATE jetplan_attempts SET delivery_id = 'd' WHERE attempt_id <> 'z'", "delivery id d"),
    "held twice": ("UPDATE jetplan_attempts SET revision = 1 WHERE attempt_id = 'z'", "same revision"),
}


@pytest.fixture
def busy(desk: Desk) -> Desk:
    desk.claim(delivery(), 0, "/a", "/b", ident="x")
    desk.claim(delivery("q"), 0, "/a", ident="y")
    desk.ledger.transition("y", State.SENDING, run_id=desk.run)
    desk.ledger.transition("y", State.IN_DOUBT, run_id=desk.run)
    desk.claim(delivery(), 1, "/b", ident="z", revision=2)
    return desk


def test_a_healthy_ledger_has_no_findings(busy: Desk) -> None:
    """What the ledger writes by itself is right."""
    assert busy.ledger.check() == []


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_is_found(busy: Desk, how: str) -> None:
    """Each invariant that is broken behind the ledger's back is told, with the attempt."""
    statement, told = DAMAGE[how]
    breaking: Callable[[Transaction], int] = lambda tx: tx.run(statement)  # noqa: E731
    busy.ledger._driver.write(breaking)
    findings = busy.ledger.check()
    assert any(told in finding.what for finding in findings)
    assert all(finding.attempt_id for finding in findings)


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    """Bytes overwritten in the file are told by the database itself."""
    path = tmp_path / "l.db"
    with open_ledger(f"sqlite:///{path}", create=True):
        pass
    with closing(sqlite3.connect(path)) as connection:
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'jetplan_listings'")
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with open_ledger(f"sqlite:///{path}") as ledger:
        assert [finding for finding in ledger.check() if "the database reports" in finding.what]


def test_a_baseline_is_recorded_without_sending(busy: Desk) -> None:
    """Objects sent before jetplan came are held like sent ones, with who said so and why; never over a live claim."""
    new = NewAttempt("before", paths=["/old"], sizes=[3])
    ledger, scope = busy.ledger, busy.scope
    result = ledger.record_baseline(scope, delivery(), new, busy.run, who="Ana", reason="sent by hand")
    assert isinstance(result, Claimed)
    assert isinstance(busy.claim(delivery(), 0, "/old"), Taken)
    found = ledger.attempt("before")
    assert found.state is State.RESOLVED_ACCEPTED
    assert found.detail == {"baseline": True, "who": "Ana", "reason": "sent by hand"}
    taken = ledger.record_baseline(
        scope, delivery(), NewAttempt("again", paths=["/a"]), busy.run, who="Ana", reason="again"
    )
    assert isinstance(taken, Taken)
    assert ledger.check() == []
