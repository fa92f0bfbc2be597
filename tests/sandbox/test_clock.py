"""A virtual clock: it stands still until it is moved, and everything that has a time goes by it."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.sandbox.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from caller import Caller


@pytest.fixture
def still(start: Callable[..., Caller]) -> Caller:
    return start(clock=Clock(virtual=True))


def move(sandbox: Caller, **how: Any) -> Any:
    return sandbox.send("POST", "/_sandbox/clock", how)


def test_it_stands_still_until_it_is_moved(still: Caller) -> None:
    """Two looks see one time, an advance is exact, and the Date header and new records go by it."""
    first, second = (still.backstage("clock") for _ in range(2))
    assert first == second
    assert first["virtual"]
    before = parsedate_to_datetime(still.send("GET", "/_sandbox/clock").headers["date"])
    assert move(still, advance=3600).status == 200
    after = parsedate_to_datetime(still.send("GET", "/_sandbox/clock").headers["date"])
    assert (after - before).total_seconds() == 3600
    assert move(still, to="2077-05-02T20:00:00Z").status == 200
    job_id = still.make_job()
    assert still.get(f"/v1/jobs/{job_id}")["createdOn"].startswith("2077-05-02T20:00:00")


def test_a_token_expires_by_it(still: Caller) -> None:
    """An hour passes in no time, and the token is refused."""
    still.make_job()
    assert still.call("GET", "/v1/jobs").status == 200
    move(still, advance=3601)
    assert still.call("GET", "/v1/jobs").status == 401


@pytest.mark.parametrize(
    "how", [{}, {"advance": -1}, {"advance": 1e12}, {"to": "tomorrow"}, {"to": "1999-01-01"}, {"advance": 1, "to": "x"}]
)
def test_it_never_goes_back(how: dict[str, Any], still: Caller) -> None:
    """Back, nowhere, or both at once: refused in words, and nothing moved."""
    now = still.backstage("clock")
    answer = move(still, **how)
    assert answer.status == 400
    assert still.backstage("clock") == now


def test_a_real_clock_is_not_moved(sandbox: Caller) -> None:
    """Whoever did not ask for a virtual clock lives in the machine's time."""
    answer = move(sandbox, advance=1)
    assert answer.status == 400
    assert "--clock virtual" in answer.document["message"]
