"""What arrived of deliveries, kept and read back, and which deliveries lack something. On both databases."""

from __future__ import annotations

from desks import Desk, delivery

from jetplan.core.arrival import Arrival, NotMoved
from jetplan.core.attempts import State
from jetplan.core.estimates import PastDelivery
from jetplan.ledger.failures import failures

LOST = Arrival("FAILED", 2, 10, 1, 5, failed=(NotMoved("/a", 5, "disk full"),))
PART = Arrival("COMPLETED", 2, 10, 1, 5, missing=(NotMoved("/b", 5, "Jet does not list it"),))
WHOLE = Arrival("COMPLETED", 2, 10, 2, 10)


def accepted(desk: Desk, ident: str, *paths: str, revision: int = 1, to: State = State.ACCEPTED) -> None:
    """An attempt that the server has."""
    version = desk.ledger.version_of(desk.scope, delivery())
    desk.claim(delivery(), version, *paths, ident=ident, revision=revision)
    for state in dict.fromkeys((State.SENDING, State.ACCEPTED, to)):
        assert desk.ledger.transition(ident, state, run_id=desk.run)


def test_kept_and_told(desk: Desk) -> None:
    """The newest look counts, and a look that shows nothing new changes nothing that a plan reads."""
    accepted(desk, "x", "/a", "/b")
    assert desk.ledger.arrivals(["x"]) == {}
    prints = [desk.ledger.fingerprint()]
    for seen in (PART, PART, LOST):
        desk.ledger.record_arrivals({"x": seen})
        prints.append(desk.ledger.fingerprint())
        assert desk.ledger.arrivals(["x", "unknown"]) == {"x": seen}
    assert prints[0] != prints[1] == prints[2] != prints[3]
    assert desk.ledger.check() == []


def test_what_lacks_something_is_a_failure(desk: Desk) -> None:
    """Failed, and completed in part; not what is whole, what is still moving, or what a person put aside."""
    for ident, to, seen in (
        ("failed", State.FAILED, LOST),
        ("part", State.ACCEPTED, PART),
        ("whole", State.DELIVERED, WHOLE),
        ("moving", State.ACCEPTED, Arrival("IN_PROGRESS", 2, 10, 1, 5, moving=1)),
        ("aside", State.ACCEPTED, PART),
    ):
        accepted(desk, ident, f"/{ident}", to=to)
        desk.ledger.record_arrivals({ident: seen})
    desk.ledger.transition("aside", State.ABANDONED, run_id=desk.run)
    found = failures(desk.ledger, desk.scope)
    assert {each.attempt_id: each.arrival for each in found} == {"failed": LOST, "part": PART}


def test_sent_again_is_superseded(desk: Desk) -> None:
    """What did not arrive is sent again at a later revision, alone or in a folder: then it is no failure any more."""
    accepted(desk, "old", "/a", "/b", to=State.FAILED)
    desk.ledger.record_arrivals({"old": LOST})
    accepted(desk, "other", "/b", revision=2)
    assert [each.attempt_id for each in failures(desk.ledger, desk.scope)] == ["old"]
    accepted(desk, "new", "/", revision=2)
    assert failures(desk.ledger, desk.scope) == ()


def test_how_long_deliveries_took(desk: Desk) -> None:
    """With their route; those of which the server's times cannot be read tell nothing."""
    told = {"bytes": 7, "beganOn": "1970-01-01T00:00:10Z", "endedOn": "1970-01-01T00:01:00.500Z"}
    for ident, detail in (
        ("first", told),
        ("second", told | {"bytes": 8}),
        ("odd", told | {"endedOn": "soon"}),
        ("silent", {}),
    ):
        accepted(desk, ident, f"/{ident}")
        assert desk.ledger.transition(ident, State.DELIVERED, detail, run_id=desk.run).done
    accepted(desk, "moving", "/moving")
    found = desk.ledger.past_deliveries(desk.scope)
    assert sorted(found, key=lambda each: each.size) == [
        PastDelivery(("nyc", "lax"), 7, 10.0, 60.5),
        PastDelivery(("nyc", "lax"), 8, 10.0, 60.5),
    ]
    assert desk.ledger.past_deliveries("elsewhere") == []
