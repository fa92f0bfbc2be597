"""Small makers of the core's data for tests: plain values in, frozen data out."""

from __future__ import annotations

from dataclasses import replace

from jetplan.core.attempts import Attempt, Kind, RunInfo, State, SubjectKey
from jetplan.core.objects import object_keys, pack_keys, table_of
from jetplan.core.observed import Observed, ObservedJob, ObservedProfile
from jetplan.core.spec import DeliverySetSpec, JobSpec, Overlap, ProfileRef, Spec

NYC = ObservedProfile("p-nyc", "NYC Dailies", "ON_PREMISE_FILE_STORAGE", "file:///nyc")
LAX = ObservedProfile("p-lax", "LAX Ingest", "ON_PREMISE_FILE_STORAGE", "file:///lax")
RUN = RunInfo("run-1", commit="abc")


def job(job_id: str = "j-1", name: str = "nyc-to-lax", **more: object) -> ObservedJob:
    """A job on the server."""
    return replace(ObservedJob(job_id, name, NYC, LAX), **more)  # type: ignore[arg-type]  # test convenience


def declared(name: str = "nyc-to-lax", **more: object) -> JobSpec:
    """A job in a manifest."""
    spec = JobSpec(name, ProfileRef("NYC Dailies"), ProfileRef("LAX Ingest"))
    return replace(spec, **more)  # type: ignore[arg-type]  # test convenience


def wanted(name: str, *paths: str, job_name: str = "nyc-to-lax", revision: int = 1, **more: object) -> DeliverySetSpec:
    """A delivery set in a manifest."""
    spec = DeliverySetSpec(name, job_name, table_of(paths, revision=revision))
    return replace(spec, **more)  # type: ignore[arg-type]  # test convenience


def spec(*parts: JobSpec | DeliverySetSpec) -> Spec:
    """Manifests that declare these, in this order."""
    jobs = {part.name: part for part in parts if isinstance(part, JobSpec)}
    sets = {part.name: part for part in parts if isinstance(part, DeliverySetSpec)}
    return Spec(jobs, sets, {name: each.objects.digest() for name, each in sets.items()})


def observed(*jobs: ObservedJob, **more: object) -> Observed:
    """A server with the two profiles and these jobs, all of them known to the ledger."""
    known = frozenset(each.job_id for each in jobs)
    seen = Observed(jobs=jobs, profiles=(NYC, LAX), known_jobs=known)
    return replace(seen, **more)  # type: ignore[arg-type]  # test convenience


def subject(name: str) -> SubjectKey:
    """A delivery set on the route of the tests."""
    return SubjectKey(Kind.DELIVERY, name, NYC.profile_id, LAX.profile_id)


def attempt(
    set_name: str, *paths: str, state: State = State.ACCEPTED, revision: int = 1, ident: str = "a-1", live: bool = False
) -> Attempt:
    """A recorded attempt with its keys."""
    return Attempt(
        ident,
        subject(set_name),
        state,
        RUN,
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:01Z",
        revision=revision,
        job_id="j-1",
        job_name="nyc-to-lax",
        objects=len(paths),
        baseline={"transfers": []},
        keys=pack_keys(object_keys(paths)),
        live=live,
    )


__all__ = ["LAX", "NYC", "Overlap", "attempt", "declared", "job", "observed", "spec", "subject", "wanted"]
