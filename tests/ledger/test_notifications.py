"""What people were told, kept in the ledger. On both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desks import delivery

from jetplan.core.attempts import State

if TYPE_CHECKING:
    from desks import Desk

BEGAN = "2000-01-01T00:00:00.000000Z"


def test_told_once(desk: Desk) -> None:
    """What was told is not untold any more; what was not, stays with the moment it was first seen."""
    first = desk.ledger.notice(desk.scope, "A", ["failed x", "failed y"], (), BEGAN)
    assert first.keys() == {"failed x", "failed y"}
    desk.ledger.told(desk.scope, "A", ["failed x"])
    assert desk.ledger.notice(desk.scope, "A", ["failed x", "failed y"], (), BEGAN) == {"failed y": first["failed y"]}
    assert desk.ledger.notice(desk.scope, "B", ["failed x"], (), BEGAN).keys() == {"failed x"}
    assert desk.ledger.check() == []


def test_what_lasts_is_forgotten_when_it_is_over(desk: Desk) -> None:
    """Only of the kinds that last, and only where somebody looked."""
    desk.ledger.notice(desk.scope, "A", ["blocked x", "failed x"], (), BEGAN)
    desk.ledger.told(desk.scope, "A", ["blocked x", "failed x"])
    assert desk.ledger.notice(desk.scope, "A", [], (), BEGAN) == {}
    assert desk.ledger.notice(desk.scope, "A", ["blocked x", "failed x"], ("blocked",), BEGAN) == {}
    assert desk.ledger.notice(desk.scope, "A", ["failed x"], ("blocked",), BEGAN) == {}
    assert desk.ledger.notice(desk.scope, "A", ["blocked x"], ("blocked",), BEGAN).keys() == {"blocked x"}


def test_what_arrived_long_ago_is_no_news_and_not_kept(desk: Desk) -> None:
    """A channel holds what was told in the last 30 days, whatever was delivered before."""
    for ident in ("x", "y"):
        desk.claim(delivery(), desk.ledger.version_of(desk.scope, delivery()), f"/{ident}", ident=ident)
        for state in (State.SENDING, State.ACCEPTED, State.DELIVERED):
            assert desk.ledger.transition(ident, state, run_id=desk.run)
    desk.ledger.notice(desk.scope, "A", ["delivered x", "delivered y", "failed x"], (), BEGAN)
    desk.ledger.told(desk.scope, "A", ["delivered x", "delivered y", "failed x"])
    long_ago = "2000-01-02T00:00:00.000000Z"
    change = desk.ledger._driver.write
    change(
        lambda tx: tx.run("UPDATE jetplan_notifications SET told_on = ? WHERE thing <> ?", (long_ago, "delivered y"))
    )
    change(lambda tx: tx.run("UPDATE jetplan_attempts SET changed_on = ? WHERE attempt_id = ?", (long_ago, "x")))
    assert desk.ledger.notice(desk.scope, "A", [], (), BEGAN) == {}
    rows = desk.ledger._driver.read(
        lambda tx: tx.rows("SELECT thing FROM jetplan_notifications WHERE channel = ?", ("A",))
    )
    assert {row[0] for row in rows} == {"since", "delivered y", "failed x"}
    assert desk.ledger.delivered_since(desk.scope, "A", BEGAN) == []


def test_since_when_a_channel_is_used(desk: Desk) -> None:
    """The first use counts, and stays."""
    assert desk.ledger.noticed_since(desk.scope, "A") == ""
    desk.ledger.notice(desk.scope, "A", [], (), BEGAN)
    desk.ledger.notice(desk.scope, "A", [], (), "2001-01-01T00:00:00.000000Z")
    assert desk.ledger.noticed_since(desk.scope, "A") == BEGAN
    assert desk.ledger.noticed_since(desk.scope, "B") == ""


def test_what_arrived_and_was_not_told(desk: Desk) -> None:
    """Of those that arrived since a moment; others, and those that were told, are left out."""
    for ident in ("x", "y", "z"):
        desk.claim(delivery(), desk.ledger.version_of(desk.scope, delivery()), f"/{ident}", ident=ident)
        for state in (State.SENDING, State.ACCEPTED, *([State.DELIVERED] if ident != "z" else [])):
            assert desk.ledger.transition(ident, state, run_id=desk.run)
    desk.ledger.notice(desk.scope, "A", ["delivered x", "delivered y"], (), BEGAN)
    desk.ledger.told(desk.scope, "A", ["delivered x"])
    assert [each.attempt_id for each in desk.ledger.delivered_since(desk.scope, "A", BEGAN)] == ["y"]
    assert len(desk.ledger.delivered_since(desk.scope, "B", BEGAN)) == 2
    assert desk.ledger.delivered_since(desk.scope, "B", "2999-01-01T00:00:00.000000Z") == []
