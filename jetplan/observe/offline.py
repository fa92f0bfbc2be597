"""What would be observed if one revision of the manifests were entirely applied: no network, no ledger but in memory.

The server is made up from the names that the manifests say, and what that revision declares is recorded as sent. So
an offline plan comes from the same planner, with the same words for overlaps, renames and re-sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.attempts import NewAttempt, RunInfo
from jetplan.core.observed import NAME_AS_ID, Observed, ObservedJob, ObservedProfile
from jetplan.core.routes import job_subject, match_jobs, route_of, set_subject
from jetplan.ledger.address import in_memory
from jetplan.observe.records import observe, size_digest
from jetplan.observe.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.core.plan import Route
    from jetplan.core.spec import DeliverySetSpec, JobSpec, ProfileRef, Spec
    from jetplan.ledger.store import Ledger

_RUN = RunInfo("offline")


def observe_offline(spec: Spec, base: Spec) -> Observed:
    """What planning `spec` would see on a server and in a ledger where `base` was applied, all of it."""
    server = _server(spec, base)
    with in_memory() as ledger:
        scope = ledger.ensure_scope("offline:", ())
        ledger.begin_run(_RUN)
        _remember(ledger, scope, base, _routes(base, server))
        return observe(spec, server, ledger, scope)


def _server(spec: Spec, base: Spec) -> Server:
    """The jobs of `base` and those that only a server can have; every profile that is named."""
    jobs = {name: _job(declared) for name, declared in base.jobs.items()}
    for name, declared in spec.jobs.items():
        if declared.job_id is not None:
            jobs.setdefault(name, _job(declared))
    for wanted in (*base.sets.values(), *spec.sets.values()):
        if wanted.job not in jobs and (wanted.job not in spec.jobs or wanted.name in base.sets):
            declared_now = spec.jobs.get(wanted.job)
            jobs[wanted.job] = _job(declared_now) if declared_now else _unknown_job(wanted.job)
    refs = [ref for job in (*base.jobs.values(), *spec.jobs.values()) for ref in (job.source, job.destination)]
    profiles = {profile.profile_id: profile for profile in map(_profile, refs)}
    return Server(tuple(jobs.values()), tuple(profiles.values()), ())


def _profile(ref: ProfileRef) -> ObservedProfile:
    return ObservedProfile(ref.profile_id or f"{NAME_AS_ID}{ref.name}", ref.name or "")


def _job(declared: JobSpec) -> ObservedJob:
    return ObservedJob(
        declared.job_id or f"job:{declared.name}",
        declared.name,
        _profile(declared.source),
        _profile(declared.destination),
        paused=declared.paused is True,
    )


def _unknown_job(name: str) -> ObservedJob:
    """A job that only the server knows: where it moves files cannot be told here."""
    source, destination = (ObservedProfile(f"{side}:{name}", f"{side} of {name}") for side in ("source", "destination"))
    return ObservedJob(f"job:{name}", name, source, destination)


def _routes(base: Spec, server: Server) -> Mapping[str, Route]:
    matches = match_jobs(base, Observed(jobs=server.jobs, profiles=server.profiles or ()))
    return {name: route for name, match in matches.items() if (route := route_of(match))}


def _remember(ledger: Ledger, scope: str, base: Spec, routes: Mapping[str, Route]) -> None:
    """Record every job of `base` as known, and every object as sent."""
    known = [
        (job_subject(name, routes[name]), job.job_id or f"job:{name}")
        for name, job in base.jobs.items()
        if name in routes
    ]
    if known:
        ledger.adopt_all(scope, known)
    for wanted in base.sets.values():
        if wanted.job in routes:
            _remember_set(ledger, scope, base, wanted, routes[wanted.job])


def _remember_set(ledger: Ledger, scope: str, base: Spec, wanted: DeliverySetSpec, route: Route) -> None:
    subject, table = set_subject(wanted.name, route), wanted.objects
    groups = table.by_revision()
    for number, (revision, indexes) in enumerate(groups.items(), start=1):
        whole = len(indexes) == len(table)
        attempt = NewAttempt(
            f"{wanted.name}:{number}",
            number,
            len(groups),
            revision,
            job_name=wanted.job,
            paths=table.paths if whole else [table.paths[index] for index in indexes],
            sizes=table.sizes if whole else [table.sizes[index] for index in indexes],
        )
        ledger.record_baseline(scope, subject, attempt, _RUN.run_id, who="", reason="offline")
    digest = base.digests.get(wanted.name) or table.digest()
    ledger.record_complete_set(scope, subject, digest, size_digest(table))
