"""Plans made by hand: small functions that build the steps a face has to show."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from jetplan.core.attempts import Attempt, Kind, RunInfo, State, SubjectKey
from jetplan.core.objects import ObjectTable, table_of
from jetplan.core.observed import ObservedJob, ObservedProfile
from jetplan.core.plan import BlockedDelivery, BlockReason, CreateJob, Plan, Route, SubmitBatch, sums
from jetplan.errors import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

NYC = ObservedProfile("11111111-aaaa", "NYC Dailies", "ON_PREMISE_FILE_STORAGE", "file:///media/nyc")
LAX = ObservedProfile("22222222-bbbb", "LAX Ingest", "AWS_S3", "https://lax.s3.us-west-2.amazonaws.com/in")
LON = ObservedProfile("33333333-cccc", "London Archive", "AZURE_BLOB", "https://london.blob.core.windows.net/a")
WEST = Route(NYC, LAX)
EAST = Route(NYC, LON)


def subject(name: str, route: Route = WEST, kind: Kind = Kind.DELIVERY) -> SubjectKey:
    return SubjectKey(kind, name, route.source.profile_id, route.destination.profile_id)


def place(line: int, file: str = "manifests/ep101.yaml") -> Place:
    return Place(file, line, 3)


def job(name: str, route: Route = WEST, **more: Any) -> ObservedJob:
    return ObservedJob(more.pop("job_id", f"job-{name}"), name, route.source, route.destination, **more)


def create(name: str, route: Route = WEST, **more: Any) -> CreateJob:
    return CreateJob(name, route, subject(name, route, Kind.JOB), 0, more.get("paused"), place(4))


def table(objects: Sequence[str | tuple[str, int]], revision: int = 1) -> ObjectTable:
    pairs = [(each, -1) if isinstance(each, str) else each for each in objects]
    return table_of([path for path, _ in pairs], array("q", [size for _, size in pairs]), revision)


def submit(
    name: str, job_name: str, objects: Sequence[str | tuple[str, int]], route: Route = WEST, **more: Any
) -> SubmitBatch:
    revision = more.pop("revision", 1)
    rows = table(objects, revision)
    return batch(name, job_name, rows, range(len(rows)), route, revision=revision, **more)


def batch(
    name: str, job_name: str, rows: ObjectTable, indexes: Sequence[int], route: Route = WEST, **more: Any
) -> SubmitBatch:
    known, unknown = sums(rows, indexes)
    fields = {"batch": 1, "batches": 1, "revision": 1, "place": place(9)} | more
    return SubmitBatch(
        name,
        job_name,
        route,
        subject(name, route),
        0,
        objects=rows,
        indexes=indexes,
        known_bytes=known,
        unknown_sizes=unknown,
        **fields,
    )


def blocked(
    name: str, job_name: str, reason: BlockReason, message: str, hint: str, objects: Sequence[str | tuple[str, int]]
) -> BlockedDelivery:
    rows = table(objects)
    known, unknown = sums(rows, range(len(rows)))
    return BlockedDelivery(
        name,
        job_name,
        reason,
        message,
        hint,
        len(rows),
        known,
        unknown,
        place(21),
        objects=rows,
        indexes=range(len(rows)),
    )


def attempt(name: str, state: State = State.IN_DOUBT, **more: Any) -> Attempt:
    fields = {
        "attempt_id": "a1b2c3d4",
        "subject": subject(name),
        "state": state,
        "run": RunInfo("run-7", commit="4f2c9e1", ci_url="https://ci.example/runs/7", who="deploy"),
        "created_on": "2024-05-02T10:11:12Z",
        "changed_on": "2024-05-02T10:12:12Z",
        "job_name": "nyc-to-lax",
        "job_id": "job-nyc-to-lax",
        "objects": 12,
        "known_bytes": 48_000_000_000,
        "first_paths": ("/ep100/reel1.mxf", "/ep100/reel2.mxf"),
        "detail": {"reason": "the connection was reset after the request was sent"},
    }
    return Attempt(**(fields | more))


def plan(*steps: Any, **more: Any) -> Plan:
    return Plan(steps, files=2, account="acct-1", **more)
