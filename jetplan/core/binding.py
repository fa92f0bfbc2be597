"""Fingerprints of everything a plan depends on, by name. They tell later what has changed since. Pure.

A fingerprint covers what a plan depends on and nothing else: order, comments and places in manifests do not count,
and neither do jobs on the server that no manifest names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, assert_never

from jetplan.core.attempts import UNFINISHED
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.core.observed import SourceFiles
from jetplan.core.routes import Absent, Ambiguous, Drifted, Found, Unresolved, match_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jetplan.core.observed import Observed, ObservedJob, SetRecord
    from jetplan.core.plan import Route
    from jetplan.core.routes import Match
    from jetplan.core.spec import DeliverySetSpec, JobSpec, Spec


@dataclass(frozen=True, slots=True)
class Binding:
    """Fingerprints of the manifests, of the server and of the ledger; keys read `job NAME` and `set NAME`."""

    manifests: Mapping[str, str] = field(default_factory=dict)
    server: Mapping[str, str] = field(default_factory=dict)
    ledger: Mapping[str, str] = field(default_factory=dict)


def bind(spec: Spec, observed: Observed) -> Binding:
    """The fingerprints of a plan made from these inputs."""
    matches = match_jobs(spec, observed)
    return Binding(
        {f"job {name}": _job(job) for name, job in spec.jobs.items()}
        | {f"set {name}": _set(wanted, spec.digests.get(name)) for name, wanted in spec.sets.items()},
        {f"job {name}": _match(match) for name, match in matches.items()},
        {
            f"job {name}": _hash(observed.job_versions.get(name, 0), *_creations(observed, name))
            for name in matches
            if name in observed.job_versions or name in observed.job_attempts
        }
        | {f"set {name}": _record(record) for name, record in observed.sets.items() if record.version},
    )


def moved(before: Binding, now: Binding) -> list[str]:
    """The differences, one short sentence each: manifests first, then server, then ledger."""
    return [
        *_moved("manifests", before.manifests, now.manifests, ("was added", "was taken out", "was changed")),
        *_moved("server", before.server, now.server, ("came up", "is gone", "is not as it was")),
        *_moved("ledger", before.ledger, now.ledger, ("was recorded", "is gone", "was acted on by another run")),
    ]


def _moved(where: str, before: Mapping[str, str], now: Mapping[str, str], verbs: tuple[str, str, str]) -> Iterator[str]:
    added, gone, changed = verbs
    for name in sorted(before.keys() | now.keys()):
        if name not in before:
            yield f"{where}: {name} {added}"
        elif name not in now:
            yield f"{where}: {name} {gone}"
        elif before[name] != now[name]:
            yield f"{where}: {name} {changed}"


def _hash(*parts: object) -> str:
    return blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()


def _job(job: JobSpec) -> str:
    source, destination = job.source, job.destination
    return _hash(
        source.name, source.profile_id, destination.name, destination.profile_id, job.paused, job.job_id,
        *([job.timing] if job.timing is not None else ()),
    )  # fmt: skip


def _set(wanted: DeliverySetSpec, digest: bytes | None) -> str:
    table = wanted.objects
    sizes = (table.known_bytes(), table.sizes.count(UNKNOWN_SIZE))
    rest = (*([wanted.retries] if wanted.retries else ()), *([wanted.timing] if wanted.timing is not None else ()))
    return _hash(wanted.job, wanted.overlap.value, wanted.renamed_from, digest or table.digest(), *sizes, *rest)


def _match(match: Match) -> str:
    match match:
        case Found(job):
            return _hash("found", *_observed(job))
        case Absent(route):
            return _hash("absent", *_ids(route))
        case Drifted(job, differences):
            return _hash("drifted", *_observed(job), tuple(differences))
        case Ambiguous(candidates):
            return _hash("ambiguous", *(_observed(job) for job in candidates))
        case Unresolved(reason, message):
            return _hash("unresolved", reason.value, message)
        case _:
            assert_never(match)


def _observed(job: ObservedJob) -> tuple[object, ...]:
    after = () if job.source_files is SourceFiles.KEPT else (job.source_files.value,)
    return (job.job_id, job.name, *_ids(job), job.paused, job.manual, *after)


def _ids(of: Route | ObservedJob) -> tuple[str, str]:
    return of.source.profile_id, of.destination.profile_id


def _creations(observed: Observed, name: str) -> Iterator[tuple[str, str]]:
    for attempt in observed.job_attempts.get(name, ()):
        yield attempt.attempt_id, attempt.state.value


def _record(record: SetRecord) -> str:
    held = sorted((each.attempt_id, each.state.value) for each in record.attempts if each.state in UNFINISHED)
    return _hash(record.version, held)
