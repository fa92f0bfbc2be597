"""A manifest for jobs that are on the server, as text."""

from __future__ import annotations

import json
from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jetplan.core.characters import first_unprintable, visible
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jetplan.core.observed import ObservedJob, ObservedProfile
    from jetplan.observe import Server


def manifest_of(server: Server, names: Sequence[str] = ()) -> str:
    """The manifest of the jobs of these names, else of all manual jobs. Raises UsageError for an unknown name."""
    return "\n".join(_lines(choose(server.jobs, names), server)) + "\n"


def choose(jobs: Sequence[ObservedJob], names: Sequence[str]) -> list[ObservedJob]:
    """The jobs of these names, else all manual jobs, by name. Raises UsageError for an unknown name."""
    known = {job.name for job in jobs}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageError(f"no job is named {name!r}", hint=f"did you mean {near[0]!r}?" if near else "")
    chosen = [job for job in jobs if (job.name in names if names else job.manual)]
    return sorted(chosen, key=lambda job: (job.name, job.job_id))


def _lines(jobs: Sequence[ObservedJob], server: Server) -> Iterator[str]:
    named = Counter(profile.name for profile in server.profiles or ())
    yield "apiVersion: jetplan/v1"
    yield ""
    if not jobs:
        yield "# no manual job is on the server"
        return
    times = Counter(job.name for job in jobs)
    commented = {job.job_id for job in jobs if times[job.name] > 1 or _is_refused(job, named)}
    yield "jobs:" if len(commented) < len(jobs) else "jobs: {}"
    for job in jobs:
        if times[job.name] > 1:
            yield f"  # {times[job.name]} jobs have this name: keep one, with its jobId"
        if _is_refused(job, named):
            yield "  # A manifest refuses characters of these names: rename them in Jet"
        indent = "  # " if job.job_id in commented else "  "
        yield f"{indent}{_text(job.name)}:"
        yield f"{indent}  source: {_reference(job.source, named)}"
        yield f"{indent}  destination: {_reference(job.destination, named)}"
        if times[job.name] > 1:
            yield f"{indent}  jobId: {_text(job.job_id)}"


def _text(word: str) -> str:
    """A word in double quotes, as JSON and YAML read it, with escapes for what deceives a reader."""
    quoted = json.dumps(word, ensure_ascii=False)
    shown = "".join(_escaped(char) if visible(char) != char else char for char in quoted)
    return shown.replace("##", "#\\u0023")  # no command of a CI runner


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def _is_refused(job: ObservedJob, named: Mapping[str, int]) -> bool:
    sides = [side.name for side in (job.source, job.destination) if named.get(side.name, 0) <= 1]
    return any(first_unprintable(name) for name in (job.name, *sides))


def _reference(profile: ObservedProfile, named: Mapping[str, int]) -> str:
    if profile.name and named.get(profile.name, 0) <= 1:
        return _text(profile.name)
    return f"{{storageProfileId: {_text(profile.profile_id)}}}"
