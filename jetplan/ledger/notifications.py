"""What people were told, so that nothing is told twice on one channel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from jetplan.core.attempts import State
from jetplan.ledger.times import stamp
from jetplan.ledger.words import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jetplan.ledger.driver import Transaction

NOTIFICATION = ("scope_id", "channel", "thing", "first_seen_on", "told_on")
_KEPT = timedelta(days=30)
"""How long it is remembered that a delivery was told of; what arrived longer ago is no news."""
SINCE = "since"
"""The thing whose `first_seen_on` says when a channel was first used: what was delivered before is never told."""


def seen(
    tx: Transaction, scope_id: str, channel: str, things: Iterable[str], lasting: Collection[str], began: str
) -> None:
    """Note things when they are first seen. Those named by the beginnings in `lasting` and not seen now are forgotten.

    So what is blocked, was told, and comes back later is told again. `began`: when a first use of the channel began.
    Deliveries that were told of long ago are forgotten too, so that a channel does not grow for ever.
    """
    now, current = stamp(tx.now), set(things)
    tx.run(
        """DELETE FROM jetplan_notifications WHERE scope_id = ? AND channel = ? AND told_on <> '' AND told_on < ?
           AND thing LIKE ?""",
        (scope_id, channel, stamp(tx.now - _KEPT), f"{State.DELIVERED.value} %"),
    )
    rows = tx.rows("SELECT thing FROM jetplan_notifications WHERE scope_id = ? AND channel = ?", (scope_id, channel))
    known = {row[0] for row in rows}
    gone = [each for each in known - current if each.partition(" ")[0] in lasting]
    tx.run_many(
        "DELETE FROM jetplan_notifications WHERE scope_id = ? AND channel = ? AND thing = ?",
        [(scope_id, channel, each) for each in gone],
    )
    tx.run_many(
        """INSERT INTO jetplan_notifications (scope_id, channel, thing, first_seen_on, told_on) VALUES (?, ?, ?, ?, '')
           ON CONFLICT DO NOTHING""",
        [(scope_id, channel, storable(each), now) for each in sorted(current - known)]
        + ([] if SINCE in known else [(scope_id, channel, SINCE, began)]),
    )


def untold(tx: Transaction, scope_id: str, channel: str) -> dict[str, str]:
    """What was seen and not told yet: when it was first seen, by thing. Times are ISO 8601 UTC."""
    rows = tx.rows(
        "SELECT thing, first_seen_on FROM jetplan_notifications WHERE scope_id = ? AND channel = ? AND told_on = ''",
        (scope_id, channel),
    )
    return {thing: first for thing, first in rows if thing != SINCE}


def since(tx: Transaction, scope_id: str, channel: str) -> str:
    """When the channel was first used, ISO 8601 UTC; empty: never."""
    rows = tx.rows(
        "SELECT first_seen_on FROM jetplan_notifications WHERE scope_id = ? AND channel = ? AND thing = ?",
        (scope_id, channel, SINCE),
    )
    return rows[0][0] if rows else ""


def told(tx: Transaction, scope_id: str, channel: str, things: Iterable[str]) -> None:
    """Note that these were told."""
    now = stamp(tx.now)
    tx.run_many(
        "UPDATE jetplan_notifications SET told_on = ? WHERE scope_id = ? AND channel = ? AND thing = ?",
        [(now, scope_id, channel, storable(each)) for each in things],
    )


def delivered_since(tx: Transaction, scope_id: str, channel: str, moment: str) -> list[str]:
    """The attempts that were seen to have arrived from a moment on, and were not told, by id.

    What arrived longer ago than it is remembered what was told is left out.
    """
    moment = max(moment, stamp(tx.now - _KEPT))
    rows = tx.rows(
        """SELECT a.attempt_id FROM jetplan_attempts a WHERE a.scope_id = ? AND a.state = ? AND a.changed_on >= ?
           AND NOT EXISTS (SELECT 1 FROM jetplan_notifications n WHERE n.scope_id = a.scope_id AND n.channel = ?
                           AND n.thing = ? || a.attempt_id AND n.told_on <> '')""",
        (scope_id, State.DELIVERED.value, moment, channel, f"{State.DELIVERED.value} "),
    )
    return [row[0] for row in rows]
