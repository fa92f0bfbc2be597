"""Plans made by hand: small functions that build the steps a face has to show."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from jetplan.core.attempts import Attempt, Kind, RunInfo, State, SubjectKey
from jetplan.core.objects import ObjectTable, table_of
from jetplan.core.observed import ObservedJob, ObservedProfile
from jetplan.core.plan import (
    AdoptJob,
    AlreadySubmitted,
    AmbiguousJob,
    BlockedDelivery,
    BlockedJob,
    BlockReason,
    CreateJob,
    DriftedJob,
    KeepJob,
    Plan,
    ResizedObjects,
    Route,
    SubmitBatch,
    UpdateJob,
    WithdrawnObjects,
    sums,
)
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
    fields: dict[str, Any] = {"batch": 1, "batches": 1, "revision": 1, "place": place(9)} | more
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
    fields: dict[str, Any] = {
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


def frames(count: int) -> ObjectTable:
    return table([(f"/ep101/frames/{at:06}.dpx", 50_000_000 + at) for at in range(count)])


def rich() -> Plan:
    """Nearly everything a plan can hold, as a reviewer might meet it."""
    many = frames(25_000)
    return plan(
        create("nyc-to-lax"),
        submit(
            "ep101-masters",
            "nyc-to-lax",
            [("/ep101/master.mxf", 1_100_000_000_000), "/ep101/audio/", ("/ep101/master_uhd.mxf", 104_857_600)],
            first_to_destination=True,
        ),
        *(
            batch("frames", "nyc-to-lax", many, range(at, min(25_000, at + 10_000)), batch=at // 10_000 + 1, batches=3)
            for at in range(0, 25_000, 10_000)
        ),
        UpdateJob("nyc-to-london", job("nyc-to-london", EAST, paused=True, max_rate=400_000_000), paused=False),
        submit("reels-again", "nyc-to-london", [("/ep99/reel1.mxf", 10**12)], EAST, revision=2, resent=1),
        submit("nightly-mirror", "nyc-to-london", ["/"], EAST),
        KeepJob("held", job("held", paused=True)),
        blocked(
            "ep102",
            "held",
            BlockReason.JOB_PAUSED,
            "job held is paused, and a paused job refuses deliveries",
            "say `paused: false` on the job, or resume it in Jet",
            [("/ep102/a.mxf", 5_000_000_000), ("/ep102/b.mxf", 6_000_000_000)],
        ),
        AlreadySubmitted("ep100", "held", 4000),
        AdoptJob("found", job("found", EAST), subject("found", EAST, Kind.JOB), 0),
        ResizedObjects("old-reels", "found", [("/ep98/reel1.mxf", 10**9, 2 * 10**9), ("/ep98/reel2.mxf", 5, -1)]),
        DriftedJob("moved", job("moved", EAST), (("destination", "London Archive", "LAX Ingest"),), place(30)),
        AmbiguousJob("twice", (job("twice", job_id="j-1"), job("twice", EAST, job_id="j-2", paused=True)), place(40)),
        BlockedJob("lost", BlockReason.PROFILE_MISSING, "no storage profile is named 'LAX Injest'",
                   "did you mean 'LAX Ingest'?", place(50)),
        WithdrawnObjects("retired", "", 12),
        unfinished=[
            attempt("ep100-reels", detail={"reason": "the connection was reset", "evidence": ["no file of it yet"]}),
            attempt("new-job", subject=subject("new-job", kind=Kind.JOB), attempt_id="j1"),
            attempt("busy", State.SENDING, attempt_id="b1", live=True),
        ],
        failed=[attempt("ep97", State.FAILED, attempt_id="f1", delivery_id="d-97", detail={"message": "disk full"})],
    )  # fmt: skip


def up_to_date() -> Plan:
    """Nothing to do."""
    return plan(KeepJob("nyc-to-lax", job("nyc-to-lax")), AlreadySubmitted("ep101", "nyc-to-lax", 3))


def small() -> Plan:
    """The commonest pull request: one new set on a job that is there."""
    return plan(
        KeepJob("nyc-to-lax", job("nyc-to-lax", max_rate=400_000_000)),
        submit(
            "ep102-masters",
            "nyc-to-lax",
            [("/ep102/master.mxf", 412_000_000_000), ("/ep102/master_uhd.mxf", 1_104_857_600_000), "/ep102/audio/"],
        ),
        AlreadySubmitted("ep101-masters", "nyc-to-lax", 3),
    )


def resend() -> Plan:
    """A re-send with a mistake in it: the revision was raised on the whole set, and there is a new folder."""
    rows = table([(f"/ep10{at}/master.mxf", 900_000_000_000) for at in range(8)] + ["/ep108/"], 2)
    return plan(
        KeepJob("nyc-to-lax", job("nyc-to-lax", max_rate=1_000_000_000)),
        batch("masters", "nyc-to-lax", rows, range(9), revision=2, resent=8, resent_bytes=8 * 900_000_000_000),
    )


def renamed() -> Plan:
    """A set renamed in git: what was sent under the old name blocks the new one."""
    return plan(
        KeepJob("nyc-to-lax", job("nyc-to-lax")),
        blocked(
            "ep101-final",
            "nyc-to-lax",
            BlockReason.OVERLAP,
            "3 objects were already sent to LAX Ingest by set ep101-masters",
            "say `renamedFrom: ep101-masters`, `overlap: skip` or `overlap: send` on the set",
            [("/ep101/master.mxf", 10**12), ("/ep101/master_uhd.mxf", 2 * 10**12), "/ep101/audio/"],
        ),
        WithdrawnObjects("ep101-masters", "", 3),
    )


HOSTILE = [
    "\x1b[2J\x1b]8;;http://x\x07link\x1b]52;c;AAAA\x07\rCR",
    "\u202egnp.exe \u2066iso\u2069 zero\u200bwidth tag\U000e0041 \ufeffbom nbsp\xa0",
    "@team closes #1 GH-1 !2 ~bug :tada: www.evil.example http://evil.example/ a@evil.example",
    "```` ``` `code` ~~~ </details> <!-- jetplan:plan --> -->",
    "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) \"'>&lt;",
    "::add-mask::secret ::error file=a::b ##vso[task.complete] ##[error]x",
    "a|b \\| c\\",
    "/close\n/approve\n::set-output name=x::y",
    "half\udc80surrogate",
    " ",
]


def hostile() -> Plan:
    """Every string from outside is hostile, in turn, in every place a plan has for it."""
    steps: list[Any] = []
    for at, text in enumerate(HOSTILE):
        bad = ObservedProfile(f"id-{at}{text}", text, text, text)
        route = Route(bad, ObservedProfile(f"to-{at}", text))
        name = f"{at} {text}"
        steps += [
            UpdateJob(name, job(name, route, job_id=text, paused=True), paused=False),
            submit(f"set {text}", name, [(f"/{text}", 10**9), f"/{text}/"], route, place=Place(text, 1, 1)),
            blocked(f"blocked {text}", name, BlockReason.OVERLAP, text, text, [f"/b{text}"]),
            ResizedObjects(f"resized {text}", name, [(text, 1, 2)]),
            DriftedJob(f"drift {text}", job(name, route), ((text, text, text),), Place(text, 2, 2)),
            AmbiguousJob(f"many {text}", (job(name, route, job_id=text), job(name, route)), Place(text)),
            BlockedJob(f"blocked {text}", BlockReason.PROFILE_MISSING, text, text, Place(text)),
            WithdrawnObjects(text, "", 1),
        ]
    cards = [
        attempt(
            text,
            attempt_id=text,
            run=RunInfo(text, text, text, text),
            created_on=text,
            first_paths=(text,),
            job_name=text,
            detail={"reason": text, "message": text, "evidence": [text]},
        )
        for text in HOSTILE
    ]
    return plan(*steps, unfinished=cards, failed=[*cards])


SAMPLES = {
    "rich": rich,
    "up-to-date": up_to_date,
    "small": small,
    "resend": resend,
    "renamed": renamed,
    "hostile": hostile,
    "empty": plan,
}
