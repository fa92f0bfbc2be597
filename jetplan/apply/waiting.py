"""Following accepted deliveries until they have ended. Shows nothing itself."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan.apply.following import follow
from jetplan.apply.progress import ProgressMeter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.apply.following import Followed
    from jetplan.core.attempts import Attempt
    from jetplan.core.progress import Progress
    from jetplan.ledger.store import Ledger

PATIENCE = 10
"""How many looks in a row may tell nothing of a delivery before it is given up: it may have been deleted."""


LAG = 3
"""How many looks in a row Jet may call a delivery completed whose files it does not list as complete."""


@dataclass(frozen=True, slots=True)
class Wait:
    """`last`: every delivery by attempt id, as last seen. `timed_out`: some had not ended when the time was up.

    `lost`: how many the server has told nothing of for long, though their ids are known.
    """

    last: Mapping[str, Followed]
    timed_out: bool
    lost: int = 0


def wait_for_ends(
    client: JetClient,
    ledger: Ledger,
    scope: str,
    run_id: str,
    roots: Mapping[str, str],
    show: Callable[[Progress], None],
    *,
    takes: Callable[[Attempt], bool] = lambda _: True,
    interval: float = 5.0,
    timeout: float | None = None,
    sleep: Callable[[float], object] = time.sleep,
    on_end: Callable[[Attempt], None] = lambda _: None,
) -> Wait:
    """Look again and again until every accepted delivery that `takes` wants has ended.

    `roots`: the url of each job's source, by job id. Seconds throughout.
    `on_end` is told of each that has ended, in its new state; of one that Jet calls completed and that arrived in part,
    in the state it had.
    `show` is told of them, again and again while something is under way, and once when nothing is.
    Deliveries without an id cannot be followed, and are not waited for.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    meter = ProgressMeter(client, ledger, scope, roots)
    last: dict[str, Followed] = {}
    began = False
    told: set[str] = set()
    silent: Counter[str] = Counter()
    while True:
        found = follow(client, ledger, scope, run_id, roots)
        last |= {each.attempt.attempt_id: each for each in found if takes(each.attempt)}
        for attempt in _ended(ledger, last, told):
            on_end(attempt)
        open_ = [each for each in last.values() if each.end is None and each.attempt.delivery_id]
        for each in open_:
            heard = bool(each.state) and not each.unseen
            silent[each.attempt.attempt_id] = 0 if heard else silent[each.attempt.attempt_id] + 1
        going = [each for each in open_ if silent[each.attempt.attempt_id] < (LAG if each.unseen else PATIENCE)]
        if not going:
            if began:
                show(meter.measure(list(last.values())))
            for attempt in _in_part(ledger, [each for each in open_ if each.unseen]):
                on_end(attempt)
            return Wait(last, timed_out=False, lost=sum(not each.state for each in open_))
        began = True
        show(meter.measure(list(last.values())))
        left = interval if deadline is None else min(interval, deadline - time.monotonic())
        if left <= 0:
            return Wait(last, timed_out=True)
        sleep(left)


def _ended(ledger: Ledger, last: Mapping[str, Followed], told: set[str]) -> list[Attempt]:
    """The deliveries that have ended and were not told yet, in their new state and with what arrived."""
    news = {ident: each for ident, each in last.items() if each.end is not None and ident not in told}
    told.update(news)
    arrivals = ledger.arrivals(news) if news else {}
    return [
        replace(each.attempt, state=each.end or each.attempt.state, arrival=arrivals.get(ident))
        for ident, each in news.items()
    ]


def _in_part(ledger: Ledger, unseen: Sequence[Followed]) -> list[Attempt]:
    """The deliveries that Jet calls completed and of which a file is not listed, with what arrived."""
    arrivals = ledger.arrivals(each.attempt.attempt_id for each in unseen)
    return [replace(each.attempt, arrival=arrivals.get(each.attempt.attempt_id)) for each in unseen]
