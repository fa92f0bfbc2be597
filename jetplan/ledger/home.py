"""Whether a ledger is still the one that was written last: not moved away, not restored, not copied back.

A ledger that was moved refuses every write. A ledger that is behind what was known of it is not used before a person
has accepted it: what was sent in between is missing from it, and would be sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from jetplan.errors import JetplanError, LedgerMismatch
from jetplan.ledger import leases
from jetplan.ledger.driver import WHAT_FOLLOWS
from jetplan.ledger.records import Liveness
from jetplan.ledger.times import stamp
from jetplan.ledger.words import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jetplan.ledger.driver import Driver, Transaction

T = TypeVar("T")
_RETIRED = "retired"
_HOME = "home"
_ACCEPTED = "accepted"


class GuardedDriver:
    """A driver whose every write first looks whether the ledger was moved away. See `driver.Driver`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.kind = driver.kind

    def write(self, work: Callable[[Transaction], T], *, once: bool = False) -> T:
        """Raises LedgerMismatch where the ledger was moved; nothing is written then."""

        def guarded(tx: Transaction) -> T:
            refuse_if_retired(tx)
            return work(tx)

        return self._driver.write(guarded, once=once)

    def read(self, work: Callable[[Transaction], T], *, once: bool = False) -> T:
        return self._driver.read(work, once=once)

    def home(self) -> Mapping[str, str]:
        return self._driver.home()

    def verify(self) -> None:
        self._driver.verify()

    def accept(self) -> None:
        self._driver.accept()

    def integrity(self) -> list[str]:
        return self._driver.integrity()

    def close(self) -> None:
        self._driver.close()


def refuse_if_retired(tx: Transaction) -> None:
    """Raise LedgerMismatch where the ledger was moved to another place."""
    moved = _read(tx, _RETIRED)
    if moved:
        raise LedgerMismatch(
            f"this ledger was moved to {moved['to']} on {moved['on'][:16].replace('T', ' ')} UTC by {moved['who']}",
            hint=f"point JETPLAN_LEDGER, or `ledger` in jetplan.yaml, at {moved['to']}",
        )


def moved_to(tx: Transaction) -> str:
    """Where the ledger goes on; empty where it was not moved."""
    return str(_read(tx, _RETIRED).get("to", ""))


def retire(tx: Transaction, alive: Callable[[str, str], bool | None], to: str, who: str, reason: str) -> None:
    """Close a ledger for good, because it goes on at `to`. Saying it twice of one place changes nothing.

    Raises JetplanError while a run is at work, and LedgerMismatch where it was moved elsewhere.
    """
    moved = _read(tx, _RETIRED)
    if moved and moved["to"] == to:
        return
    refuse_if_retired(tx)
    working = {
        run
        for (run,) in tx.rows("SELECT DISTINCT run_id FROM jetplan_runs WHERE end_number = 0")
        if leases.liveness(tx, run, alive) is not Liveness.DEAD
    }
    if working:
        raise JetplanError(
            f"run {min(working)} is at work on this ledger; nothing was moved", hint="wait until it has ended"
        )
    _write(tx, _RETIRED, {"to": to, "who": who, "reason": reason, "on": stamp(tx.now)})


def reopen(tx: Transaction) -> bool:
    """Undo `retire`; whether there was anything to undo."""
    return bool(tx.run("DELETE FROM jetplan_meta WHERE name = ?", (_RETIRED,)))


def remember(tx: Transaction, home: Mapping[str, str]) -> None:
    """Note where the ledger lives, as far as it is not noted yet."""
    known = _read(tx, _HOME)
    if home.keys() - known.keys():
        _write(tx, _HOME, {**home, **known})


def check(tx: Transaction, home: Mapping[str, str]) -> None:
    """Raise LedgerMismatch where the ledger lives in another place than the one that was noted."""
    known = _read(tx, _HOME)
    differing = [name for name in home if known.get(name, home[name]) != home[name]]
    if differing:
        what = ", ".join(f"{name} {known[name]} before, {home[name]} now" for name in differing)
        raise LedgerMismatch(
            f"the server of this ledger is not the one that wrote it last ({what}): a replica was promoted, "
            "or a backup was restored, and what was recorded since may be missing",
            hint=WHAT_FOLLOWS,
        )


def accept(tx: Transaction, home: Mapping[str, str], who: str, reason: str) -> None:
    """A person's word that the ledger is the right one as it stands. Every word is kept."""
    words = _read(tx, _ACCEPTED).get("words", [])
    said = {"who": who, "reason": reason, "on": stamp(tx.now), "before": _read(tx, _HOME), "now": dict(home)}
    _write(tx, _ACCEPTED, {"words": [*words, said]})
    _write(tx, _HOME, dict(home))


def transitions(tx: Transaction) -> int:
    """How many transitions were ever recorded; it only grows."""
    ((count,),) = tx.rows("SELECT COUNT(*) FROM jetplan_transitions")
    return int(count)


def _read(tx: Transaction, name: str) -> dict[str, Any]:
    rows = tx.rows("SELECT value FROM jetplan_meta WHERE name = ?", (name,))
    return from_json(rows[0][0]) if rows else {}


def _write(tx: Transaction, name: str, value: Mapping[str, Any]) -> None:
    tx.run("DELETE FROM jetplan_meta WHERE name = ?", (name,))
    tx.insert("jetplan_meta", ("name", "value"), [(name, to_json(value))])
