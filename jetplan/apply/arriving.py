"""Looks at the files of deliveries: one look a job, each transfer given to the delivery that can have caused it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from jetplan.api.arrivals import look_at_files, transfer_sums
from jetplan.core.arrival import arrival_of, own_files
from jetplan.core.attempts import SENT
from jetplan.core.objects import is_folder
from jetplan.core.unaccounted import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jetplan.api.arrivals import JobLook
    from jetplan.api.client import JetClient
    from jetplan.core.arrival import Arrival, Listed
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger

AT_ONCE = 200_000
"""Objects that are looked for in one look at a job."""
_MOST_SUMS = 200
"""Transfers that are asked for their own count at most, one call each, for one delivery of folders and look."""


def look_at_arrivals(
    client: JetClient,
    ledger: Ledger,
    scope: str,
    attempts: Sequence[Attempt],
    states: Mapping[str, str],
    roots: Mapping[str, str],
) -> dict[str, Arrival]:
    """What arrived of some accepted attempts, by attempt id; those that cannot be looked at now are left out.

    `states`: the server's word on each. `roots`: the url of each job's source, by job id. An attempt that was not
    looked at before it was sent cannot be told from earlier ones, and is left out.
    """
    found: dict[str, Arrival] = {}
    for job_id, declared, owned in listed_files(client, ledger, scope, attempts, roots):
        for attempt_id, files in owned.items():
            wanted, sums = declared[attempt_id], {}
            if any(map(is_folder, wanted)):
                transfers = sorted({each.file.transfer_id for each in files})
                sums = transfer_sums(client, job_id, transfers[:_MOST_SUMS])
            found[attempt_id] = arrival_of(wanted, files, sums, roots[job_id], states[attempt_id])
    return found


def listed_files(
    client: JetClient,
    ledger: Ledger,
    scope: str,
    attempts: Sequence[Attempt],
    roots: Mapping[str, str],
) -> Iterator[tuple[str, Mapping[str, Mapping[str, int]], Mapping[str, Sequence[Listed]]]]:
    """The files that the server lists of some accepted attempts, one look at a job after the other.

    Yields a job's id, what attempts declared (path to size), and the listed files of each of `attempts`, both by
    attempt id. Attempts that cannot be looked at now, or that no look preceded, are left out. `roots` as above.
    """
    by_job: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.job_id in roots and attempt.baseline is not None:
            by_job[attempt.job_id].append(attempt)
    for job_id, mine in by_job.items():
        for some in _portions(mine):
            look = _of_job(client, ledger, scope, job_id, some, roots[job_id])
            if look is not None:
                yield job_id, *look


def _portions(attempts: Sequence[Attempt]) -> Iterator[list[Attempt]]:
    """Attempts that are looked at together: the names of all their files are in memory at once."""
    some: list[Attempt] = []
    objects = 0
    for attempt in attempts:
        if some and objects + attempt.objects > AT_ONCE:
            yield some
            some, objects = [], 0
        some.append(attempt)
        objects += attempt.objects
    if some:
        yield some


def _of_job(
    client: JetClient,
    ledger: Ledger,
    scope: str,
    job_id: str,
    mine: Sequence[Attempt],
    root: str,
) -> tuple[Mapping[str, Mapping[str, int]], Mapping[str, Sequence[Listed]]] | None:
    later = _later(ledger, scope, mine)
    declared = {each.attempt_id: dict(zip(*ledger.listing(each.attempt_id), strict=True)) for each in (*mine, *later)}
    look = look_at_files(client, job_id, Wanted((path for paths in declared.values() for path in paths), root))
    return None if look is None else (declared, _owned(look, mine, declared, later, root))


def _later(ledger: Ledger, scope: str, mine: Sequence[Attempt]) -> list[Attempt]:
    """Other attempts of the same sets that may have moved the same objects after one of these."""
    known, job_ids = {each.attempt_id for each in mine}, {each.job_id for each in mine}
    subjects = {each.subject for each in mine}
    sent = ledger.attempts(scope, subjects.union(*ledger.renames_of(scope, subjects).values()), states=SENT)
    lowest = min(each.revision for each in mine)
    return [
        each
        for each in sent
        if (each.revision > lowest or each.retry_of)
        and each.attempt_id not in known
        and each.job_id in job_ids
        and each.baseline is not None
    ]


def _owned(
    look: JobLook,
    mine: Sequence[Attempt],
    declared: Mapping[str, Mapping[str, int]],
    later: Sequence[Attempt],
    root: str,
) -> dict[str, list[Listed]]:
    """Which listed files are each attempt's. Of several that can have caused a transfer, the latest did.

    The latest is the one of the highest revision, and of these the last retry.
    """
    every = {each.attempt_id: each for each in (*mine, *later)}
    owned: dict[str, list[Listed]] = {each.attempt_id: [] for each in mine}
    taken: set[str] = set()
    for attempt in sorted(every.values(), key=lambda each: (-each.revision, -_depth(each, every), each.attempt_id)):
        # Where Jet says how the delivery stands, its files may share a transfer with others.
        shared = frozenset() if attempt.delivery_id else look.foreign
        before = _before(attempt) | taken | shared
        can = own_files(look.files, before, declared[attempt.attempt_id], root, alone=not attempt.delivery_id)
        if attempt.attempt_id in owned:
            owned[attempt.attempt_id] = can
        taken |= {each.file.transfer_id for each in can}
    return owned


def _depth(attempt: Attempt, every: Mapping[str, Attempt]) -> int:
    """How many retries led to an attempt."""
    depth = 0
    while attempt.retry_of in every and depth < len(every):
        attempt, depth = every[attempt.retry_of], depth + 1
    return depth


def _before(attempt: Attempt) -> frozenset[str]:
    return frozenset((attempt.baseline or {}).get("transfers", ()))
