"""Jobs on the server, as `jetplan import` finds them, as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from jetplan.render.document import encoded, schema_of
from jetplan.render.model import Part, Profile
from jetplan.render.report import profile_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.core.observed import ObservedJob


class JobOnServer(Part, frozen=True):
    """One job."""

    name: Annotated[str, Meta(description="Its name; several jobs may share one.")]
    job_id: Annotated[str, Meta(description="Its id.")]
    source: Profile
    destination: Profile
    manual: Annotated[bool, Meta(description="Whether nothing starts it by itself.")]
    paused: Annotated[bool, Meta(description="Whether it is paused.")]
    max_rate: Annotated[int | None, Meta(description="Its bandwidth limit in bits per second, if any.")]


class JobsOnServer(Part, frozen=True, tag_field="type", tag="jetplan.jobs"):
    """The jobs that were asked for; all manual jobs where none was named."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    jobs: Annotated[tuple[JobOnServer, ...], Meta(description="By name, then by id.")]


def render_jobs_json(jobs: Sequence[ObservedJob]) -> str:
    """The document, ended by a newline."""
    found = (
        JobOnServer(
            name=each.name,
            job_id=each.job_id,
            source=profile_of(each.source),
            destination=profile_of(each.destination),
            manual=each.manual,
            paused=each.paused,
            max_rate=each.max_rate,
        )
        for each in jobs
    )
    return encoded(JobsOnServer(1, tuple(found)), indent=2)


def jobs_schema() -> dict[str, Any]:
    """The JSON Schema of `import --format json`."""
    return schema_of(JobsOnServer, "Jobs on the server")
