"""Which job on the server, and which storage profiles, a declared name means. Pure look-ups, no decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, assert_never

from jetplan.core.attempts import Kind, SubjectKey
from jetplan.core.lookalikes import alike
from jetplan.core.observed import ObservedProfile
from jetplan.core.plan import BlockReason, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jetplan.core.observed import Observed, ObservedJob
    from jetplan.core.spec import JobSpec, ProfileRef, Spec


@dataclass(frozen=True, slots=True)
class Found:
    """One job of the name, with both profiles as declared (or not declared at all)."""

    job: ObservedJob


@dataclass(frozen=True, slots=True)
class Absent:
    """No job of the name; both profiles are known, so it can be created."""

    route: Route


@dataclass(frozen=True, slots=True)
class Drifted:
    """One job of the name, with other profiles. `differences`: (field, server, manifest)."""

    job: ObservedJob
    differences: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several jobs of the name."""

    candidates: Sequence[ObservedJob]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The name, a profile or a job id was not found."""

    reason: BlockReason
    message: str
    hint: str


Match = Found | Absent | Drifted | Ambiguous | Unresolved


def route_of(match: Match) -> Route | None:
    """The route of a match, where exactly one is known and usable."""
    match match:
        case Found(job):
            return Route(job.source, job.destination)
        case Absent(route):
            return route
        case Drifted() | Ambiguous() | Unresolved():
            return None
        case _:
            assert_never(match)


def job_subject(name: str, route: Route) -> SubjectKey:
    """What is claimed to create a job."""
    return SubjectKey(Kind.JOB, name, route.source.profile_id, route.destination.profile_id)


def set_subject(name: str, route: Route) -> SubjectKey:
    """What is claimed to submit objects of a delivery set."""
    return SubjectKey(Kind.DELIVERY, name, route.source.profile_id, route.destination.profile_id)


def match_jobs(spec: Spec, observed: Observed) -> dict[str, Match]:
    """Every job the manifests declare or a set names, matched against the server; declared ones first."""
    observed = _with_alike_names(observed)
    by_name: dict[str, list[ObservedJob]] = {}
    for job in observed.jobs:
        by_name.setdefault(job.name, []).append(job)
    by_id = {job.job_id: job for job in observed.jobs}
    profiles = _Profiles(observed)
    matches: dict[str, Match] = {}
    for name, declared in spec.jobs.items():
        matches[name] = _understood(_match_declared(declared, by_name.get(name, ()), by_id, profiles))
    for wanted in spec.sets.values():
        if wanted.job not in matches:
            matches[wanted.job] = _understood(_match_undeclared(wanted.job, by_name, spec.jobs))
    return matches


def _understood(match: Match) -> Match:
    """A job with several actions sends to several places, and jetplan would plan and show only one of them."""
    if not isinstance(match, Found) or match.job.actions == 1:
        return match
    message = (
        f"job {match.job.name!r} ({match.job.job_id}) has {match.job.actions} actions, and jetplan knows jobs of one"
    )
    return Unresolved(BlockReason.JOB_DRIFTED, message, "give each action a job of its own, and name that")


def _with_alike_names(observed: Observed) -> Observed:
    """The same, with the profiles marked whose name another profile has too, or one that looks like it."""
    ids: dict[str, set[str]] = {}
    for profile in (*observed.profiles, *(side for job in observed.jobs for side in (job.source, job.destination))):
        ids.setdefault(profile.name, set()).add(profile.profile_id)
    shared = {name for name, found in ids.items() if name and len(found) > 1}
    alike_names = alike(name for name in ids if name)
    if not shared and not alike_names:
        return observed

    def marked(profile: ObservedProfile) -> ObservedProfile:
        return replace(profile, name_shared=profile.name in shared, looks_alike=profile.name in alike_names)

    jobs = (replace(job, source=marked(job.source), destination=marked(job.destination)) for job in observed.jobs)
    return replace(observed, jobs=tuple(jobs), profiles=tuple(map(marked, observed.profiles)))


class _Profiles:
    """Storage profiles by id and by name: those listed, and those learnt from jobs."""

    def __init__(self, observed: Observed) -> None:
        self.listed = observed.profiles_listed
        self.by_id: dict[str, ObservedProfile] = {}
        for job in observed.jobs:
            for profile in (job.source, job.destination):
                if profile.profile_id:
                    self.by_id.setdefault(profile.profile_id, profile)
        self.by_id.update({profile.profile_id: profile for profile in observed.profiles})
        self.by_name: dict[str, list[ObservedProfile]] = {}
        for profile in self.by_id.values():
            if profile.name:
                self.by_name.setdefault(profile.name, []).append(profile)

    def find(self, ref: ProfileRef) -> ObservedProfile | Unresolved:
        if ref.profile_id is not None:
            known = self.by_id.get(ref.profile_id)
            if known is not None or not self.listed:
                return known or ObservedProfile(ref.profile_id)
            return Unresolved(
                BlockReason.PROFILE_MISSING,
                f"no storage profile has the id {ref.profile_id}",
                "correct `storageProfileId`, or create the profile in Jet",
            )
        found = self.by_name.get(ref.name or "", [])
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(sorted(profile.profile_id for profile in found))
            return Unresolved(
                BlockReason.PROFILE_AMBIGUOUS,
                f"{len(found)} storage profiles are named {ref.name!r}: {ids}",
                "name the one that is meant by its id: {storageProfileId: …}",
            )
        near = nearest(ref.name or "", self.by_name)
        hint = f"did you mean {near!r}?" if near else "correct the name, or create the profile in Jet"
        if not self.listed:
            hint += " (these credentials may not list storage profiles: only those used by a job are known)"
        return Unresolved(BlockReason.PROFILE_MISSING, f"no storage profile is named {ref.name!r}", hint)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name closest to a word, if any is close."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), None)


def _match_declared(
    wanted: JobSpec,
    named: Sequence[ObservedJob],
    by_id: Mapping[str, ObservedJob],
    profiles: _Profiles,
) -> Match:
    source, destination = profiles.find(wanted.source), profiles.find(wanted.destination)
    if isinstance(source, Unresolved):
        return source
    if isinstance(destination, Unresolved):
        return destination
    if wanted.job_id is not None:
        chosen = by_id.get(wanted.job_id)
        if chosen is None:
            hint = "correct `jobId`, or take it out to find the job by its name"
            return Unresolved(BlockReason.JOB_MISSING, f"no job has the id {wanted.job_id}", hint)
        return _compare(chosen, wanted.name, Route(source, destination))
    match named:
        case []:
            return Absent(Route(source, destination))
        case [one]:
            return _compare(one, wanted.name, Route(source, destination))
        case _:
            return Ambiguous(tuple(sorted(named, key=lambda job: job.job_id)))


def _compare(job: ObservedJob, name: str, route: Route) -> Found | Drifted:
    differences = [
        (field, str(there), str(here))
        for field, there, here in (
            ("source", job.source, route.source),
            ("destination", job.destination, route.destination),
        )
        if there.profile_id != here.profile_id
    ]
    if job.name != name:
        differences.insert(0, ("name", job.name, name))
    return Drifted(job, tuple(differences)) if differences else Found(job)


def _match_undeclared(
    name: str, by_name: Mapping[str, Sequence[ObservedJob]], declared: Mapping[str, JobSpec]
) -> Match:
    match by_name.get(name, ()):
        case [one]:
            if one.source.profile_id and one.destination.profile_id:
                return Found(one)
            message = f"job {name!r} is on the server, but its storage profiles cannot be read"
            return Unresolved(BlockReason.PROFILE_MISSING, message, "declare the job in a manifest")
        case [] | ():
            near = nearest(name, [*declared, *by_name])
            hint = f"did you mean {near!r}?" if near else "declare the job, or correct the set's `job`"
            message = f"no job is named {name!r}, neither in the manifests nor on the server"
            return Unresolved(BlockReason.JOB_MISSING, message, hint)
        case several:
            return Ambiguous(tuple(sorted(several, key=lambda job: job.job_id)))
