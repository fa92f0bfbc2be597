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
    from pathlib import Path

    from jetplan.ledger.driver import Transaction

ATTEMPTS, TRANSITIONS, PAGES = "jetplan_attempts", "jetplan_transitions", "jetplan_pages"
LISTING_OF_Z = "(SELECT listing FROM jetplan_listings WHERE attempt_id = 'z')"
OTHER_SCOPE = "INSERT INTO jetplan_scopes (scope_id, api_url, account) VALUES ('s-2', 'https://other.example', 'a-2')"
DAMAGE: dict[str, tuple[tuple[str, ...], list[tuple[str, str]]]] = {
    "a state changed": (
        (f"UPDATE {ATTEMPTS} SET state = 'accepted' WHERE attempt_id = 'x'",),
        [("it stands at accepted, its history ends at intended", "x")],
    ),
    "an entry gone": (
        (f"DELETE FROM {TRANSITIONS} WHERE attempt_id = 'y' AND seq = 1",),
        [("its history has a gap before entry 2", "y")],
    ),
    "no beginning": (
        (f"DELETE FROM {TRANSITIONS} WHERE attempt_id = 'y' AND seq = 0",),
        [("its history does not begin with the claim", "y")],
    ),
    "a beginning from a state": (
        (f"UPDATE {TRANSITIONS} SET from_state = 'sending' WHERE attempt_id = 'x' AND seq = 0",),
        [("its history does not begin with the claim", "x")],
    ),
    "a beginning by another number": (
        (
            f"UPDATE {TRANSITIONS} SET seq = 1 WHERE attempt_id = 'x' AND seq = 0",
            f"UPDATE {ATTEMPTS} SET seq = 1 WHERE attempt_id = 'x'",
        ),
        [("its history does not begin with the claim", "x")],
    ),
    "a gap that its states bridge": (
        (
            f"UPDATE {TRANSITIONS} SET seq = 5 WHERE attempt_id = 'y' AND seq = 2",
            f"UPDATE {ATTEMPTS} SET seq = 5 WHERE attempt_id = 'y'",
        ),
        [("its history has a gap before entry 5", "y")],
    ),
    "no history": ((f"DELETE FROM {TRANSITIONS} WHERE attempt_id = 'x'",), [("it has no history", "x")]),
    "no such way": (
        (f"UPDATE {TRANSITIONS} SET to_state = 'delivered' WHERE attempt_id = 'y' AND seq = 1",),
        [
            ("its history goes from intended to delivered, which cannot happen", "y"),
            ("its history has a gap before entry 2", "y"),
        ],
    ),
    "no such state": (
        (f"UPDATE {TRANSITIONS} SET to_state = 'lost' WHERE attempt_id = 'y' AND seq = 2",),
        [
            ("its history goes from 'sending' to 'lost': one of them is no state", "y"),
            ("it stands at in_doubt, its history ends at lost", "y"),
        ],
    ),
    "keys gone": (
        (f"DELETE FROM {PAGES} WHERE attempt_id = 'x' AND part = 'objects'",),
        [("it says that it has 2 objects and has 0 keys", "x")],
    ),
    "count changed": (
        (f"UPDATE {ATTEMPTS} SET objects = 3 WHERE attempt_id = 'x'",),
        [("it says that it has 3 objects and has 2 keys", "x")],
    ),
    "paths of another": (
        (f"UPDATE jetplan_listings SET listing = {LISTING_OF_Z} WHERE attempt_id = 'x'",),
        [("its list of paths does not fit its keys", "x")],
    ),
    "one id for two": (
        (f"UPDATE {ATTEMPTS} SET delivery_id = 'd' WHERE attempt_id <> 'z'",),
        [("it is recorded under delivery id d, which is x's", "y")],
    ),
    "held twice": (
        (f"UPDATE {ATTEMPTS} SET revision = 1 WHERE attempt_id = 'z'",),
        [("it holds an object that x holds at the same revision", "z")],
    ),
    "another scope": (
        (OTHER_SCOPE, f"UPDATE {ATTEMPTS} SET scope_id = 's-2' WHERE attempt_id = 'x'"),
        [("it is recorded in another scope than its delivery set or job", "x")],
    ),
    "a retry of nothing": (
        (f"UPDATE {ATTEMPTS} SET retry_of = 'w' WHERE attempt_id = 'x'",),
        [("it retries w, which is no attempt of this set and revision", "x")],
    ),
    "a retry of another revision": (
        (f"UPDATE {ATTEMPTS} SET retry_of = 'x' WHERE attempt_id = 'z'",),
        [("it retries x, which is no attempt of this set and revision", "z")],
    ),
    "files that cannot be read": (
        ("INSERT INTO jetplan_arrivals (attempt_id, seen_on, state, lacking, arrival) VALUES ('y', '', '', 0, '[]')",),
        [("what it says of its files cannot be read", "y")],
    ),
}  # fmt: skip


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
    """Each invariant that is broken behind the ledger's back is told, with the attempt, and nothing else is."""
    statements, told = DAMAGE[how]

    def breaking(tx: Transaction) -> None:
        for statement in statements:
            tx.run(statement)

    busy.ledger._driver.write(breaking)
    assert [(finding.what, finding.attempt_id) for finding in busy.ledger.check()] == told


def test_a_subject_under_a_wrong_id(busy: Desk) -> None:
    """An id that does not follow from name and route would let a set be claimed twice."""
    busy.ledger._driver.write(lambda tx: tx.run("UPDATE jetplan_subjects SET name = 'other' WHERE name = 'q'"))
    [finding] = busy.ledger.check()
    assert finding.what.endswith("of delivery 'other' is not the one that follows from its name and route")
    assert finding.attempt_id == ""


def test_keys_out_of_order(busy: Desk) -> None:
    """The claim looks keys up by halving: an order that is wrong would hide one."""
    ((keys,),) = busy.ledger._driver.read(
        lambda tx: tx.rows("SELECT keys FROM jetplan_pages WHERE attempt_id = 'x' AND part = 'objects'")
    )
    turned = bytes(keys)[16:] + bytes(keys)[:16]
    busy.ledger._driver.write(
        lambda tx: tx.run_many(
            "UPDATE jetplan_pages SET keys = ? WHERE attempt_id = 'x' AND part = 'objects'", [(turned,)]
        )
    )
    [finding] = busy.ledger.check()
    assert (finding.what, finding.attempt_id) == ("its keys are not sorted, or one is there twice", "x")


def test_two_retries_of_one(desk: Desk) -> None:
    """Only one retry of an attempt may hold its objects."""
    desk.claim(delivery(), 0, "/a", ident="x")
    for state in (State.SENDING, State.ACCEPTED, State.FAILED):
        desk.ledger.transition("x", state, run_id=desk.run)
    for ident in ("y", "z"):
        desk.claim(delivery(ident), 0, "/a", ident=ident)
    subject = "(SELECT subject_id FROM jetplan_attempts WHERE attempt_id = 'x')"
    desk.ledger._driver.write(
        lambda tx: tx.run(f"UPDATE jetplan_attempts SET subject_id = {subject}, retry_of = 'x' WHERE attempt_id <> 'x'")
    )
    told = [(finding.what, finding.attempt_id) for finding in desk.ledger.check()]
    assert ("it retries x, which y retries already", "z") in told


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
