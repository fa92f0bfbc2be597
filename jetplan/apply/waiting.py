"""Following accepted deliveries until they have ended, with how far they are and how fast. Shows nothing itself."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.apply.following import follow
from jetplan.core.arrival import ENDED
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.apply.following import Followed
    from jetplan.ledger.store import Ledger

JOBS_ASKED = 20
"""How many jobs' transfers are asked for at each look: beyond, the rate is that of some."""
PATIENCE = 10
"""How many looks in a row may tell nothing of a delivery before it is given up: it may have been deleted."""


LAG = 3
"""How many looks in a row Jet may call a delivery completed whose files it does not list as complete."""


@dataclass(frozen=True, slots=True)
class Headway:
    """How far the deliveries are, all together.

    `states`: deliveries by state, ended ones too. Bytes are of known sizes; `moved` and `rate` (bits per second) are
    what the server reports of transfers under way and of what has ended.
    """

    states: Mapping[str, int]
    total_bytes: int
    moved: int
    rate: float

    @property
    def left(self) -> int:
        """Deliveries that have not ended."""
        return sum(count for state, count in self.states.items() if state not in ENDED)

    @property
    def seconds_left(self) -> int | None:
        """At the present rate; None where it cannot be told."""
        remaining = self.total_bytes - self.moved
        return None if self.rate <= 0 or remaining <= 0 else int(-(-remaining * 8 // self.rate))


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
    show: Callable[[Headway], None],
    *,
    sets: Collection[str] | None = None,
    interval: float = 5.0,
    timeout: float | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> Wait:
    """Look again and again until every accepted delivery (or those of some sets) has ended.

    `roots`: the url of each job's source, by job id. Seconds throughout.
    Deliveries without an id cannot be followed, and are not waited for.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    last: dict[str, Followed] = {}
    silent: Counter[str] = Counter()
    while True:
        found = follow(client, ledger, scope, run_id, roots)
        last |= {each.attempt.attempt_id: each for each in found if sets is None or each.attempt.subject.name in sets}
        open_ = [each for each in last.values() if each.end is None and each.attempt.delivery_id]
        for each in open_:
            told = bool(each.state) and not each.unseen
            silent[each.attempt.attempt_id] = 0 if told else silent[each.attempt.attempt_id] + 1
        going = [each for each in open_ if silent[each.attempt.attempt_id] < (LAG if each.unseen else PATIENCE)]
        if not going:
            return Wait(last, timed_out=False, lost=sum(not each.state for each in open_))
        show(_headway(client, list(last.values()), going))
        left = interval if deadline is None else min(interval, deadline - time.monotonic())
        if left <= 0:
            return Wait(last, timed_out=True)
        sleep(left)


def _headway(client: JetClient, followed: Sequence[Followed], going: Sequence[Followed]) -> Headway:
    moved = sum(each.attempt.known_bytes for each in followed if each.state in ENDED)
    rate = 0.0
    for job_id in sorted({each.attempt.job_id for each in going})[:JOBS_ASKED]:
        try:
            transfers = client.list_transfers(job_id)
        except ApiError:
            continue
        for transfer in transfers:
            rate += transfer.current_rate_bits_per_second or 0
            progress = transfer.transfer_progress
            moved += progress.transferred.bytes if progress and progress.transferred else 0
    total = sum(each.attempt.known_bytes for each in followed)
    return Headway(Counter(each.state or "UNKNOWN" for each in followed), total, min(moved, total), rate)
