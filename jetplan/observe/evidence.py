"""Looks for evidence of deliveries in doubt: one look a job, held against every doubtful attempt on it. Reads only."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from jetplan.api.sightings import look_back, with_sums
from jetplan.core.attempts import Kind, State
from jetplan.core.evidence import Silence, evidence_detail, judge, paths_in_question
from jetplan.core.pathsearch import Past
from jetplan.core.unaccounted import Wanted
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.api.client import JetClient
    from jetplan.core.attempts import Attempt
    from jetplan.core.evidence import Evidence
    from jetplan.core.observed import ObservedJob
    from jetplan.ledger.store import Ledger

_MOST_SUMS = 20
"""Transfers that are asked for their own count at most, one call each, for one attempt and look."""


def look_for_evidence(
    client: JetClient, ledger: Ledger, scope: str, list_jobs: Callable[[], Sequence[ObservedJob]]
) -> Mapping[str, Evidence | Silence]:
    """What is found of each delivery in doubt, by attempt id. A server that cannot be read is silence, not an error.

    `list_jobs` is asked only if something is in doubt.
    """
    doubtful = [attempt for attempt in ledger.unfinished(scope) if is_doubtful(attempt)]
    if not doubtful:
        return {}
    found: dict[str, Evidence | Silence] = {}
    known = {job.job_id: job for job in list_jobs()}
    for job_id in dict.fromkeys(attempt.job_id for attempt in doubtful):
        mine = [attempt for attempt in doubtful if attempt.job_id == job_id]
        found.update(_of_job(client, ledger, scope, known.get(job_id), job_id, mine))
    return found


def is_doubtful(attempt: Attempt) -> bool:
    """Whether an attempt is a delivery that nobody waits for any more and whose end is not known."""
    ended = attempt.state is State.IN_DOUBT or (attempt.state is State.SENDING and not attempt.live)
    return attempt.subject.kind is Kind.DELIVERY and ended


def _of_job(
    client: JetClient,
    ledger: Ledger,
    scope: str,
    job: ObservedJob | None,
    job_id: str,
    doubtful: Sequence[Attempt],
) -> Mapping[str, Evidence | Silence]:
    if job is None:
        return {each.attempt_id: Silence("the job is not on the server any more") for each in doubtful}
    declared = {each.attempt_id: dict(zip(*ledger.listing(each.attempt_id), strict=True)) for each in doubtful}
    root = job.source.url
    wanted = Wanted(chain.from_iterable(declared.values()), root)
    signs = {next(iter(paths)) for paths in declared.values() if paths}
    past = ledger.pasts_of_jobs(scope, [job_id]).get(job_id, Past())
    try:
        sighting = look_back(client, job_id, wanted, past, signs)
    except ApiError as error:
        return {each.attempt_id: Silence(error.message) for each in doubtful}
    in_question = paths_in_question(sighting, root) if sighting else ()
    others = ledger.holding_on_job(scope, job_id, in_question) if in_question else []
    findings: dict[str, Evidence | Silence] = {}
    for each in doubtful:
        paths = declared[each.attempt_id]
        finding = judge(each, paths, sighting, root, others)
        if sighting is not None and isinstance(finding, Silence) and finding.unsummed:
            sighting = with_sums(client, job_id, sighting, finding.unsummed[:_MOST_SUMS])
            finding = judge(each, paths, sighting, root, others)
        findings[each.attempt_id] = finding
    return findings


def with_findings(attempts: Sequence[Attempt], findings: Mapping[str, Evidence | Silence]) -> tuple[Attempt, ...]:
    """The attempts, with what was looked at for each put into its detail, for the people who read it."""
    return tuple(_told(attempt, findings.get(attempt.attempt_id)) for attempt in attempts)


def _told(attempt: Attempt, finding: Evidence | Silence | None) -> Attempt:
    match finding:
        case None:
            return attempt
        case Silence(why):
            return replace(attempt, detail={**attempt.detail, "evidence": why})
        case evidence:
            detail = dict(evidence_detail(evidence))
            detail["evidence"] += ": the next `jetplan apply` records it as accepted"
            detail["evidence"] += " and failed" if evidence.failed else ""
            return replace(attempt, detail={**attempt.detail, **detail})
