"""Converts what a file declares to plain tuples, which can be sent to another process, and back.

Only documents as the reader makes them: a path in a declared set holds no line break.
"""

from __future__ import annotations

from array import array
from typing import Any, TypeAlias

from jetplan.core.spec import DeliverySetSpec, JobSpec, Overlap, ProfileRef
from jetplan.core.windows import Timing, Window
from jetplan.errors import Place, Problem
from jetplan.manifest.columns import Columns
from jetplan.manifest.document import Document

Packed: TypeAlias = tuple[Any, ...]
"""Nothing but tuples, lists, dicts, strings, bytes, numbers and None."""


def pack(document: Document) -> Packed:
    """A document as one tuple."""
    return (
        [_pack_job(job) for job in document.jobs],
        [_pack_set(*declared) for declared in document.sets],
        [(name, *_pack_place(place)) for name, place in document.job_names],
        [(name, *_pack_place(place)) for name, place in document.set_names],
        [_pack_problem(problem) for problem in document.problems],
        [_pack_problem(warning) for warning in document.warnings],
    )


def unpack(packed: Packed) -> Document:
    """The document that was packed, place for place."""
    jobs, sets, job_names, set_names, problems, warnings = packed
    return Document(
        [_unpack_job(*job) for job in jobs],
        [_unpack_set(*declared) for declared in sets],
        [(name, Place(*place)) for name, *place in job_names],
        [(name, Place(*place)) for name, *place in set_names],
        [_unpack_problem(*problem) for problem in problems],
        [_unpack_problem(*warning) for warning in warnings],
    )


def _pack_place(place: Place) -> tuple[str, int, int]:
    return place.file, place.line, place.column


def _pack_problem(problem: Problem) -> Packed:
    return _pack_place(problem.place), problem.message, problem.hint, problem.code


def _unpack_problem(place: tuple[str, int, int], message: str, hint: str, code: str) -> Problem:
    return Problem(Place(*place), message, hint, code)


def _pack_job(job: JobSpec) -> Packed:
    ends = [(end.name, end.profile_id, _pack_place(end.place)) for end in (job.source, job.destination)]
    return job.name, *ends, job.paused, job.job_id, _pack_place(job.place), _pack_timing(job.timing)


def _unpack_job(
    name: str,
    source: Packed,
    destination: Packed,
    paused: bool | None,
    job_id: str | None,
    place: Packed,
    timing: Packed | None,
) -> JobSpec:
    ends = _unpack_profile(*source), _unpack_profile(*destination)
    return JobSpec(name, *ends, paused, job_id, Place(*place), _unpack_timing(timing))


def _pack_timing(timing: Timing | None) -> Packed | None:
    if timing is None:
        return None
    windows = [(each.rrule, each.time_zone, each.seconds, each.start) for each in timing.windows]
    return timing.not_before, timing.not_after, windows


def _unpack_timing(packed: Packed | None) -> Timing | None:
    if packed is None:
        return None
    not_before, not_after, windows = packed
    return Timing(not_before, not_after, tuple(Window(*each) for each in windows))


def _unpack_profile(name: str | None, profile_id: str | None, place: Packed) -> ProfileRef:
    return ProfileRef(name, profile_id, Place(*place))


def _pack_set(spec: DeliverySetSpec, digest: bytes, columns: Columns) -> Packed:
    return (
        (spec.name, spec.job, spec.overlap.value, spec.renamed_from, _pack_place(spec.place)),
        (spec.case_twins, spec.unicode_twins, spec.retries, _pack_timing(spec.timing)),
        (spec.objects.revision, digest),
        (columns.file, "\n".join(columns.paths), columns.sizes.tobytes(), columns.places.tobytes()),
        (columns.revisions, columns.total),
    )


def _unpack_set(
    said: Packed,
    more: tuple[bool, bool, int, Packed | None],
    known: tuple[int, bytes],
    listed: Packed,
    rest: tuple[dict[int, int], int],
) -> tuple[DeliverySetSpec, bytes, Columns]:
    name, job, overlap, renamed_from, place = said
    file, paths, sizes, places = listed
    columns = Columns(file, paths.split("\n") if paths else [], array("q", sizes), array("Q", places), *rest)
    revision, digest = known
    table = columns.table(revision)
    *allowed, timing = more
    how = (Overlap(overlap), renamed_from, Place(*place), *allowed, _unpack_timing(timing))
    spec = DeliverySetSpec(name, job, table, *how)
    return spec, digest, columns
