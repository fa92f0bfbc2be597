"""The digest of a plan: what would be done, and nothing else.

It is the sha256 of one canonical JSON object a line (keys sorted, no spaces), lines sorted, `\\n` after each. Job
changes say action, name and profile ids. Submissions say set, profile ids, job, revision, the attempt that they retry
if any, what is done with the files at the source if anything, and the sha256 of the sorted paths, each ended by `\\n`.
Sizes, batches, order, places, times and other attempts do not count: changing them changes nothing of what is sent.
"""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

from jetplan.core.plan import AdoptJob, CreateJob, SubmitBatch, UpdateJob

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.plan import Plan


_TOGETHER = 1 << 14
"""Lines hashed at once."""


def digest_of(plan: Plan) -> str:
    """The plan's digest in 64 hex digits; the same for every plan that does nothing."""
    batches: dict[tuple[str, str, str, str, int, str], list[SubmitBatch]] = {}
    lines: list[str] = []
    for step in (*plan.changes(), *(each.submission for each in plan.waiting())):
        match step:
            case CreateJob(job=name, route=route, paused=paused):
                lines.append(
                    _line("create", name, route.source.profile_id, route.destination.profile_id, paused=paused)
                )
            case AdoptJob(job=name, observed=job, paused=paused):
                lines.append(
                    _line("adopt", name, job.source.profile_id, job.destination.profile_id, paused, job.job_id)
                )
            case UpdateJob(job=name, observed=job, paused=paused):
                lines.append(
                    _line("update", name, job.source.profile_id, job.destination.profile_id, paused, job.job_id)
                )
            case SubmitBatch(set_name=name, job=job_name, route=route, revision=revision):
                retry_of = step.retry.attempt_id if step.retry is not None else ""
                key = (name, job_name, route.source.profile_id, route.destination.profile_id, revision, retry_of)
                batches.setdefault(key, []).append(step)
    ends = plan.source_files()
    for key, steps in batches.items():
        name, job_name, source, destination, revision, retry_of = key
        paths = sorted(chain.from_iterable(step.paths() for step in steps))
        lines.append(
            _json(
                {
                    "action": "submit",
                    "set": name,
                    "job": job_name,
                    "source": source,
                    "destination": destination,
                    "revision": revision,
                    "objects": len(paths),
                    "paths": _hashed(paths),
                    **({"retryOf": retry_of} if retry_of else {}),
                    **({"sourceFiles": ends[job_name].value} if job_name in ends else {}),
                }
            )
        )
    return _hashed(sorted(lines))


def _line(action: str, job: str, source: str, destination: str, paused: bool | None = None, job_id: str = "") -> str:
    fields = {"action": action, "job": job, "source": source, "destination": destination, "paused": paused}
    return _json(fields | ({"jobId": job_id} if job_id else {}))


def _json(fields: Mapping[str, object]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _hashed(lines: Sequence[str]) -> str:
    total = sha256()
    for at in range(0, len(lines), _TOGETHER):
        text = "\n".join(lines[at : at + _TOGETHER]) + "\n"
        total.update(text.encode("utf-8", "backslashreplace"))
    return total.hexdigest()
