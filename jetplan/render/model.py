"""The report: everything that a format may say of a plan, computed once. JSON is this, field by field, in camelCase."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from jetplan.render.rows import ObjectEntry, ObjectRows

if TYPE_CHECKING:
    from jetplan.core.windows import Waits

FORMAT_VERSION = 1

JobAction = Literal["create", "adopt", "update", "none", "drift", "ambiguous", "blocked", "absent"]
SourceFiles = Literal["kept", "moved", "deleted", "unknown"]
NoticeKind = Literal[
    "offline", "selection", "settings", "limit", "clock",
    "sourceDeletion", "sourceMove", "afterSending", "filtered", "selfStarting",
    "profileFolder", "wholeProfile", "firstDelivery", "resend", "inDoubt", "inProgress", "failed",
    "drift", "ambiguous", "blocked", "unknownSizes", "resized", "withdrawn", "overlapAllowed",
    "warning"
]  # fmt: skip


class Part(Struct, frozen=True, rename="camel", omit_defaults=False):
    """What all parts of the report share: frozen, and camelCase in JSON."""


class Amount(Part, frozen=True):
    """How much: objects, the bytes that are known, and how many objects have no known size (folders never have)."""

    object_count: Annotated[int, Meta(description="Files and folders.", ge=0)] = 0
    known_bytes: Annotated[int, Meta(description="The sum of the known sizes, in bytes.", ge=0)] = 0
    unknown_sizes: Annotated[int, Meta(description="Objects without a known size; every folder.", ge=0)] = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.object_count + other.object_count,
            self.known_bytes + other.known_bytes,
            self.unknown_sizes + other.unknown_sizes,
        )


class Profile(Part, frozen=True):
    """A storage profile."""

    storage_profile_id: Annotated[str, Meta(description="The profile's id.")]
    name: Annotated[str, Meta(description="Its name; empty where only the id is known.")]
    storage_profile_type: Annotated[str, Meta(description="The API's word for its kind; may be empty.")] = ""
    url: Annotated[str, Meta(description="Where it is, without credentials or query; may be empty.")] = ""

    def __str__(self) -> str:
        return self.name or self.storage_profile_id


class Route(Part, frozen=True):
    """Where files move from and to."""

    source: Annotated[Profile, Meta(description="Where files are read.")]
    destination: Annotated[Profile, Meta(description="Where they are written.")]


class Problem(Part, frozen=True):
    """Why something is not done now, and what to do about it."""

    reason: Annotated[str, Meta(description="A stable word, such as `job_paused`, `overlap`, `in_doubt`.")]
    message: Annotated[str, Meta(description="What is wrong, in a sentence.")]
    hint: Annotated[str, Meta(description="The command or edit that leads on.")]
    place: Annotated[str, Meta(description="Where in the manifests: file:line:column; may be empty.")] = ""
    attempt_ids: Annotated[tuple[str, ...], Meta(description="The ledger's attempts that stand in the way.")] = ()


class Delivery(Part, frozen=True):
    """One delivery to be submitted: one POST, irreversible."""

    batch: Annotated[int, Meta(description="Its number among the set's deliveries, from 1.", ge=1)]
    batches: Annotated[int, Meta(description="How many deliveries the set is split into.", ge=1)]
    revision: Annotated[int, Meta(description="The revision of all its objects.", ge=1)]
    amount: Annotated[Amount, Meta(description="What it holds.")]
    resent_objects: Annotated[int, Meta(description="Of these, sent before at a lower revision.", ge=0)]
    resent_bytes: Annotated[int | None, Meta(description="Their known bytes; null where it was not looked at.")]
    first_to_destination: Annotated[bool, Meta(description="Nothing recorded was ever delivered there.")]
    whole_profile: Annotated[bool, Meta(description="It holds `/`: everything in the source profile.")]
    overlap_allowed: Annotated[bool, Meta(description="The set says `overlap: send`.")]
    objects: Annotated[ObjectRows, Meta(description="All its objects, in manifest order.")]
    retry_of: Annotated[str, Meta(description="The failed attempt whose failed files these are; empty: none.")] = ""


class BlockedObjects(Part, frozen=True):
    """Objects of a set that cannot be submitted now."""

    amount: Annotated[Amount, Meta(description="How much is blocked.")]
    problem: Annotated[Problem, Meta(description="Why, and what to do about it.")]
    first_paths: Annotated[tuple[str, ...], Meta(description="A few of them.")] = ()


class Resized(Part, frozen=True):
    """An object whose size in the manifest differs from the one recorded when it was sent. It is not sent again."""

    relative_path: Annotated[str, Meta(description="Its canonical path.")]
    size_then: Annotated[int | None, Meta(description="Bytes when it was sent; null: unknown.")]
    size_now: Annotated[int | None, Meta(description="Bytes in the manifest now; null: unknown.")]


class Opening(Part, frozen=True):
    """When a window opens."""

    opens_on: Annotated[str, Meta(description="ISO 8601 UTC.")]
    at: Annotated[str, Meta(description="The same in words, in the window's time zone.")]
    in_seconds: Annotated[int, Meta(description="Seconds from the moment of planning.", ge=1)]

    @classmethod
    def of(cls, waits: Waits) -> Opening:
        """As the plan has it."""
        moment = datetime.fromtimestamp(waits.opens, UTC).isoformat().replace("+00:00", "Z")
        return cls(moment, waits.at, waits.seconds)


class DeliverySet(Part, frozen=True):
    """One delivery set: what of it would be submitted, what is blocked, what the server has."""

    name: Annotated[str, Meta(description="The set's name in the manifests.")]
    job: Annotated[str, Meta(description="The job it is submitted to; empty where the set is no longer declared.")]
    to_submit: Annotated[Amount, Meta(description="All deliveries together.")]
    resent_objects: Annotated[int, Meta(description="Of those to submit, sent before.", ge=0)] = 0
    estimated_seconds: Annotated[
        int | None,
        Meta(description="For the known bytes, as fast as the route was, or at the job's limit; null: not known."),
    ] = None
    deliveries: Annotated[tuple[Delivery, ...], Meta(description="What would be submitted.")] = ()
    blocked: Annotated[tuple[BlockedObjects, ...], Meta(description="What cannot be, now.")] = ()
    already_submitted: Annotated[int, Meta(description="Objects that the server has.", ge=0)] = 0
    skipped: Annotated[int, Meta(description="Of these, sent by another set (`overlap: skip`).", ge=0)] = 0
    resized: Annotated[tuple[Resized, ...], Meta(description="Sizes that changed since they were sent.")] = ()
    withdrawn: Annotated[int, Meta(description="Objects sent and no longer listed; nothing is done.", ge=0)] = 0
    place: Annotated[str, Meta(description="Where in the manifests; may be empty.")] = ""
    estimated_from_deliveries: Annotated[
        int, Meta(description="Past deliveries that the estimate comes from; 0: it comes from a bandwidth limit.", ge=0)
    ] = 0
    opens: Annotated[
        Opening | None, Meta(description="Not null: its deliveries wait for a window, and a later apply submits them.")
    ] = None

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say of it but that it was submitted."""
        return not (self.deliveries or self.blocked or self.resized or self.withdrawn)


class Difference(Part, frozen=True):
    """One field in which a job differs from its declaration."""

    field: Annotated[str, Meta(description="The manifest's word for it.")]
    server: Annotated[str, Meta(description="Its value on the server.")]
    manifest: Annotated[str, Meta(description="Its value in the manifest.")]


class Candidate(Part, frozen=True):
    """One of several jobs of a name."""

    job_id: Annotated[str, Meta(description="Its id, to be put into the manifest as `jobId`.")]
    route: Route
    paused: Annotated[bool, Meta(description="Whether it is paused.")]
    known: Annotated[bool, Meta(description="Whether it alone is one that this ledger created or adopted.")] = False


class Job(Part, frozen=True):
    """A job and the delivery sets under it."""

    name: Annotated[str, Meta(description="The Jet job's name.")]
    action: Annotated[JobAction, Meta(description="What is done with the job itself; `absent`: no step of its own.")]
    job_id: Annotated[str, Meta(description="Its id on the server; empty if there is none yet.")] = ""
    route: Annotated[Route | None, Meta(description="Where it moves files; null where that is not known.")] = None
    set_paused: Annotated[bool | None, Meta(description="true: will be paused; false: resumed.")] = None
    max_rate: Annotated[int | None, Meta(description="Its bandwidth limit in bits per second, if any.")] = None
    differences: Annotated[tuple[Difference, ...], Meta(description="Where it drifted.")] = ()
    candidates: Annotated[tuple[Candidate, ...], Meta(description="All jobs of an ambiguous name.")] = ()
    problem: Annotated[Problem | None, Meta(description="Why it is blocked; null otherwise.")] = None
    place: Annotated[str, Meta(description="Where in the manifests; may be empty.")] = ""
    sets: Annotated[tuple[DeliverySet, ...], Meta(description="In manifest order.")] = ()
    source_files: Annotated[
        SourceFiles,
        Meta(description="What it does with the files at the source after sending; `unknown`: something undocumented."),
    ] = "kept"
    filtered: Annotated[bool, Meta(description="Whether patterns of its own choose among the files.")] = False

    @property
    def quiet(self) -> bool:
        """Whether neither it nor any of its sets has anything to say."""
        return self.action in {"none", "absent"} and all(each.quiet for each in self.sets)


class Largest(Part, frozen=True):
    """One of the largest objects of a route."""

    relative_path: Annotated[str, Meta(description="Its canonical path.")]
    size_in_bytes: Annotated[int, Meta(description="Its size.", ge=0)]
    set: Annotated[str, Meta(description="The delivery set it belongs to.")]


class RouteTotal(Part, frozen=True):
    """What would be submitted over one route."""

    route: Route
    amount: Annotated[Amount, Meta(description="All its deliveries together.")]
    deliveries: Annotated[int, Meta(description="How many deliveries.", ge=1)]
    new_objects: Annotated[int, Meta(description="Never sent by this set on this route before.")]
    resent_objects: Annotated[int, Meta(description="Sent before, at a lower revision.")]
    first_to_destination: Annotated[bool, Meta(description="Nothing recorded was ever delivered there.")]
    whole_profile: Annotated[bool, Meta(description="At least one set sends everything in the profile.")]
    jobs: Annotated[tuple[str, ...], Meta(description="The jobs that move it.")]
    estimated_seconds: Annotated[
        int | None,
        Meta(description="For the known bytes, as fast as it was, or at its jobs' limits; null: not known."),
    ]
    largest: Annotated[tuple[Largest, ...], Meta(description="The ten largest objects of known size.")]
    estimated_from_deliveries: Annotated[
        int, Meta(description="Past deliveries that the estimate comes from; 0: it comes from bandwidth limits.", ge=0)
    ] = 0
    past_bits_per_second: Annotated[
        int | None, Meta(description="How fast the route was in its last deliveries; null: not known.")
    ] = None


class Resend(Part, frozen=True):
    """Objects of one set sent again, because their revision was raised or because they failed, with running totals."""

    set: Annotated[str, Meta(description="The delivery set.")]
    job: Annotated[str, Meta(description="Its job.")]
    revision: Annotated[int, Meta(description="The revision that sends them again.", ge=1)]
    objects: Annotated[int, Meta(description="Objects of this revision that were sent before.")]
    known_bytes: Annotated[int | None, Meta(description="Their known bytes; null where it cannot be told.")]
    running_objects: Annotated[int, Meta(description="Re-sent objects up to here.")]
    running_bytes: Annotated[int, Meta(description="Known re-sent bytes up to here.")]
    retry_of: Annotated[
        str, Meta(description="The failed attempt that is retried; empty: the revision was raised.")
    ] = ""


class FileNotMoved(Part, frozen=True):
    """A file of a delivery that did not arrive."""

    relative_path: Annotated[str, Meta(description="Its path below the source's root.")]
    size_in_bytes: Annotated[int | None, Meta(description="null where unknown.")] = None
    reason: Annotated[str, Meta(description="The server's reason, or what is known; may be empty.")] = ""


class ArrivedFiles(Part, frozen=True):
    """What was seen to arrive of a delivery, file by file."""

    files: Annotated[int, Meta(description="Files that were to arrive, as far as known.")]
    known_bytes: Annotated[int, Meta(description="Their sizes, as far as known.")]
    moved: Annotated[int, Meta(description="Files seen complete.")]
    moved_bytes: Annotated[int, Meta(description="Their sizes, as far as known.")]
    moving: Annotated[int, Meta(description="Files on their way.")]
    not_moved: Annotated[tuple[FileNotMoved, ...], Meta(description="Files that did not arrive, by name.")]
    unnamed: Annotated[int, Meta(description="Files that did not arrive and are not named here.")]
    skipped: Annotated[int, Meta(description="Files that the server says it left out, by the job's filter.")]


class AttemptCard(Part, frozen=True):
    """One attempt whose end is not known, with all that helps to decide."""

    attempt_id: Annotated[str, Meta(description="Its id in the ledger, for `jetplan resolve`.")]
    kind: Annotated[Literal["job", "delivery"], Meta(description="Whether it creates a job or submits a delivery.")]
    state: Annotated[str, Meta(description="The ledger's word: intended, sending, in_doubt, failed.")]
    under_way: Annotated[bool, Meta(description="A live run holds it; waiting is enough.")]
    name: Annotated[str, Meta(description="The delivery set, or the job.")]
    job: Annotated[str, Meta(description="The job's name.")]
    job_id: Annotated[str, Meta(description="The job's id; may be empty.")]
    storage_profile_ids: Annotated[tuple[str, str], Meta(description="Source and destination.")]
    batch: Annotated[int, Meta(description="Its number among the deliveries of that apply, from 1.")]
    batches: Annotated[int, Meta(description="How many deliveries that apply split the set into.")]
    revision: Annotated[int, Meta(description="The revision of its objects.")]
    amount: Annotated[Amount, Meta(description="What it holds, and what sending it again would cost.")]
    first_paths: Annotated[tuple[str, ...], Meta(description="A few of its objects.")]
    attempted_on: Annotated[str, Meta(description="When it was begun, ISO 8601 UTC.")]
    changed_on: Annotated[str, Meta(description="When its state last changed, ISO 8601 UTC.")]
    run_id: Annotated[str, Meta(description="The run of jetplan that began it.")]
    commit: Annotated[str, Meta(description="The commit that run was at; may be empty.")]
    ci_url: Annotated[str, Meta(description="Where that run's log is; may be empty.")]
    who: Annotated[str, Meta(description="Who started that run; may be empty.")]
    reason: Annotated[str, Meta(description="Why its end is not known; may be empty.")]
    evidence: Annotated[tuple[str, ...], Meta(description="What was looked at, a line each.")]
    commands: Annotated[tuple[str, ...], Meta(description="The commands that decide it; empty for jobs.")]
    delivery_id: Annotated[str, Meta(description="The delivery's id, where one is known.")] = ""
    arrived: Annotated[ArrivedFiles | None, Meta(description="What arrived, file by file; null: not known.")] = None
    retry_of: Annotated[str, Meta(description="The failed attempt that it retries; empty: it is no retry.")] = ""


class Notice(Part, frozen=True):
    """Something that a reviewer should look at first."""

    kind: Annotated[NoticeKind, Meta(description="A stable word for machines.")]
    message: Annotated[str, Meta(description="One sentence; holds names from outside, unescaped.")]
    sets: Annotated[tuple[str, ...], Meta(description="The delivery sets it speaks of, if any.")] = ()
    place: Annotated[str, Meta(description="Where in the project's files: file:line:column; may be empty.")] = ""


class Totals(Part, frozen=True):
    """The plan in numbers. Reversible changes are the jobs'; submissions cannot be undone."""

    jobs_to_create: Annotated[int, Meta(description="Jobs that will be created.", ge=0)] = 0
    jobs_to_adopt: Annotated[int, Meta(description="Jobs on the server that will be recorded as ours.", ge=0)] = 0
    jobs_to_pause: Annotated[int, Meta(description="Jobs on the server that will be paused.", ge=0)] = 0
    jobs_to_resume: Annotated[int, Meta(description="Jobs on the server that will be resumed.", ge=0)] = 0
    jobs_unchanged: Annotated[int, Meta(description="Jobs that are as declared.", ge=0)] = 0
    jobs_drifted: Annotated[int, Meta(description="Jobs that differ in what the API cannot change.", ge=0)] = 0
    jobs_blocked: Annotated[int, Meta(description="Ambiguous ones too.")] = 0
    sets: Annotated[int, Meta(description="Delivery sets declared.", ge=0)] = 0
    sets_to_submit: Annotated[int, Meta(description="Sets with something to submit.", ge=0)] = 0
    sets_unchanged: Annotated[int, Meta(description="Entirely submitted, nothing else to say.")] = 0
    sets_blocked: Annotated[int, Meta(description="With objects that cannot be submitted now.")] = 0
    deliveries_to_submit: Annotated[int, Meta(description="Deliveries: one irreversible request each.", ge=0)] = 0
    to_submit: Annotated[Amount, Meta(description="All submissions together.")] = Amount()
    new_objects: Annotated[int, Meta(description="Objects to submit for the first time.", ge=0)] = 0
    resent_objects: Annotated[int, Meta(description="Objects to submit again.", ge=0)] = 0
    routes: Annotated[int, Meta(description="Routes with something to submit.", ge=0)] = 0
    already_submitted: Annotated[int, Meta(description="Objects that the server has.")] = 0
    blocked: Annotated[Amount, Meta(description="Blocked objects, those of attempts in doubt left out.")] = Amount()
    in_doubt: Annotated[int, Meta(description="Deliveries in doubt.")] = 0
    in_doubt_amount: Annotated[Amount, Meta(description="What they hold together.")] = Amount()
    jobs_in_doubt: Annotated[int, Meta(description="Creations of jobs in doubt.")] = 0
    in_progress: Annotated[int, Meta(description="Attempts that a live run holds.")] = 0
    failed: Annotated[int, Meta(description="Deliveries that the server reports as failed.")] = 0
    withdrawn: Annotated[int, Meta(description="Objects sent and no longer declared.")] = 0
    waiting: Annotated[Amount, Meta(description="Of those to submit, what waits for a window.")] = Amount()
    sets_waiting: Annotated[int, Meta(description="Sets with deliveries that wait for a window.", ge=0)] = 0


class LeftOutPart(Part, frozen=True):
    """How much was not chosen: it is neither shown nor touched."""

    sets: Annotated[int, Meta(description="Declared delivery sets.", ge=0)]
    jobs: Annotated[int, Meta(description="Declared jobs.", ge=0)]
    attempts: Annotated[int, Meta(description="Attempts that failed or whose end is not known.", ge=0)]


class Report(Part, frozen=True, tag_field="type", tag="jetplan.report"):
    """What an apply of these manifests would do, what it would not, and why. Made by `jetplan plan`."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    digest: Annotated[
        str, Meta(description="sha256 (hex) of what would be done; `apply --expect-digest`.", pattern="^[0-9a-f]{64}$")
    ]
    has_changes: Annotated[bool, Meta(description="Whether apply would do anything.")]
    totals: Annotated[Totals, Meta(description="The plan in numbers.")]
    notices: Annotated[tuple[Notice, ...], Meta(description="What to look at first, the gravest first.")]
    routes: Annotated[
        tuple[RouteTotal, ...],
        Meta(description="First deliveries, whole profiles, folders and unknown sizes, then the most bytes."),
    ]
    jobs: Annotated[tuple[Job, ...], Meta(description="In manifest order, unchanged ones too.")]
    resends: Annotated[tuple[Resend, ...], Meta(description="What is sent again, in manifest order.")]
    unfinished: Annotated[tuple[AttemptCard, ...], Meta(description="In doubt or under way, oldest first.")]
    failed: Annotated[tuple[AttemptCard, ...], Meta(description="Deliveries reported as failed.")]
    withdrawn_sets: Annotated[tuple[DeliverySet, ...], Meta(description="Sets no longer declared, once sent.")]
    account: Annotated[str, Meta(description="The account's id; may be empty.")] = ""
    commit: Annotated[str, Meta(description="The commit the manifests are at; may be empty.")] = ""
    api_url: Annotated[str, Meta(description="The API it was observed at; may be empty.")] = ""
    files: Annotated[int, Meta(description="Manifest files read.")] = 0
    compared_with: Annotated[
        str, Meta(description="Offline: the revision in git that counts as applied. Empty: Jet and ledger were asked.")
    ] = ""
    left_out: Annotated[
        LeftOutPart | None, Meta(description="What was not chosen with --set and --job; null: everything is in it.")
    ] = None

    @property
    def in_sync(self) -> bool:
        """Whether everything declared is on the server and was submitted, and nothing waits for anyone."""
        total = self.totals
        return not (self.has_changes or self.unfinished or self.failed or total.sets_blocked
                    or total.jobs_blocked or total.jobs_drifted)  # fmt: skip


__all__ = ["FORMAT_VERSION", "ObjectEntry", "ObjectRows"]
