"""The plan: one ordered list of steps, from a closed union. Renderers print it, apply executes it.

Within a job's group the job's step comes first, then its delivery sets' in manifest order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE, ObjectTable
from jetplan.core.observed import SourceFiles
from jetplan.errors import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.attempts import Attempt, SubjectKey
    from jetplan.core.estimates import PastRate
    from jetplan.core.observed import ObservedJob, ObservedProfile, Overlapping
    from jetplan.core.windows import Waits


UNSEEN = -1
"""A version that no subject has. A claim with it is checked against every attempt, also those known to the plan."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much one delivery may hold. The API documents no limit, so these are settings with careful defaults."""

    max_objects: int = 10_000
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Where a job moves files from and to."""

    source: ObservedProfile
    destination: ObservedProfile


@dataclass(frozen=True, slots=True)
class CreateJob:
    """The job is declared and not on the server: it will be created."""

    job: str
    route: Route
    subject: SubjectKey
    version: int
    paused: bool | None
    place: Place


@dataclass(frozen=True, slots=True)
class KeepJob:
    """The job is as declared, or (`declared` False) only exists on the server and is used as it is."""

    job: str
    observed: ObservedJob
    declared: bool = True


@dataclass(frozen=True, slots=True)
class AdoptJob:
    """A job of this name and these profiles is on the server and new to the ledger: it will be recorded."""

    job: str
    observed: ObservedJob
    subject: SubjectKey
    version: int
    paused: bool | None = None
    """Not None: the job is also to be paused (True) or resumed (False)."""


@dataclass(frozen=True, slots=True)
class UpdateJob:
    """The job differs in what the API can change: `paused`."""

    job: str
    observed: ObservedJob
    paused: bool


@dataclass(frozen=True, slots=True)
class DriftedJob:
    """The job differs in what the API cannot change. Shown, never replaced.

    `differences`: (field, server, manifest).
    """

    job: str
    observed: ObservedJob
    differences: Sequence[tuple[str, str, str]]
    place: Place


@dataclass(frozen=True, slots=True)
class AmbiguousJob:
    """Several jobs on the server have this name; `jobId` in the manifest says which one is meant."""

    job: str
    candidates: Sequence[ObservedJob]
    place: Place
    known: str = ""
    """The id of the only candidate that the ledger created or adopted; empty where there is none, or several."""

    @property
    def hint(self) -> str:
        """What to write to say which one is meant."""
        if not self.known:
            return "say which one is meant: `jobId: …` on the job in the manifest"
        return f"this ledger delivered through one of them: if it is meant, write `jobId: {self.known}` on the job"


@dataclass(frozen=True, slots=True)
class BlockedJob:
    """The job was not found and cannot be created."""

    job: str
    reason: BlockReason
    message: str
    hint: str
    place: Place
    attempts: Sequence[Attempt] = ()


class BlockReason(Enum):
    """Why something is not done now."""

    JOB_PAUSED = "job_paused"
    JOB_DRIFTED = "job_drifted"
    JOB_AMBIGUOUS = "job_ambiguous"
    JOB_MISSING = "job_missing"
    JOB_NOT_MANUAL = "job_not_manual"
    JOB_BLOCKED = "job_blocked"
    PROFILE_MISSING = "profile_missing"
    PROFILE_AMBIGUOUS = "profile_ambiguous"
    OVERLAP = "overlap"
    IN_DOUBT = "in_doubt"
    IN_PROGRESS = "in_progress"
    WINDOW_EXPIRED = "window_expired"


@dataclass(frozen=True, slots=True)
class Retry:
    """Of which attempt a delivery sends the failed files again, and on whose word."""

    attempt_id: str
    said: Mapping[str, str] = field(default_factory=dict)
    """The word, as the ledger keeps it: who and why, or that the manifest says so."""
    number: int = 1
    """Which retry of the first attempt it is."""


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """One delivery to be submitted: irreversible. `indexes` points into `objects`, in manifest order."""

    set_name: str
    job: str
    route: Route
    subject: SubjectKey
    version: int
    batch: int
    batches: int
    revision: int
    objects: ObjectTable
    indexes: Sequence[int]
    known_bytes: int
    unknown_sizes: int
    resent: int = 0
    """How many of the objects were sent before, at a lower revision."""
    first_to_destination: bool = False
    overlap_allowed: bool = False
    also: Sequence[SubjectKey] = ()
    """Other subjects whose claims count too (`renamedFrom`)."""
    place: Place = field(default=Place(""))
    twins_allowed: bool = False
    """Whether the set says of some other spellings that they are other files."""
    resent_bytes: int | None = None
    """The known bytes of the objects sent before; None where it was not looked at."""
    retry: Retry | None = None
    """Not None: the objects are files of an earlier delivery that failed."""

    def __len__(self) -> int:
        return len(self.indexes)

    def paths(self) -> list[str]:
        """The canonical paths of the batch, in manifest order."""
        return self.objects.paths_at(self.indexes)

    def sizes(self) -> Sequence[int]:
        """The sizes in bytes, or UNKNOWN_SIZE, in the order of `paths`."""
        return self.objects.sizes_at(self.indexes)


@dataclass(frozen=True, slots=True)
class WaitingDelivery:
    """A delivery that waits for its window. It is a part of what is approved, and a later apply submits it."""

    submission: SubmitBatch
    waits: Waits

    @property
    def set_name(self) -> str:
        """The delivery set's name."""
        return self.submission.set_name

    @property
    def job(self) -> str:
        """The job's name."""
        return self.submission.job


@dataclass(frozen=True, slots=True)
class AlreadySubmitted:
    """Objects of the set that the server has: nothing to do. `skipped`: of these, by another set (`overlap: skip`)."""

    set_name: str
    job: str
    count: int
    skipped: int = 0
    completes: tuple[SubjectKey, bytes] | None = None
    """Not None: all of it was sent by this set, and the ledger does not know its digest yet."""


@dataclass(frozen=True, slots=True)
class BlockedDelivery:
    """Objects of the set that cannot be submitted now: why, and the command or edit that leads on."""

    set_name: str
    job: str
    reason: BlockReason
    message: str
    hint: str
    count: int
    known_bytes: int
    unknown_sizes: int
    place: Place
    attempts: Sequence[Attempt] = ()
    overlapping: Sequence[Overlapping] = ()
    objects: ObjectTable | None = None
    indexes: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class ResizedObjects:
    """Sizes in the manifest that differ from those recorded when sent: (path, then, now). Nothing is sent."""

    set_name: str
    job: str
    resized: Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class WithdrawnObjects:
    """Objects that were sent and are no longer in a manifest. They cannot be unsent; nothing is done."""

    set_name: str
    job: str
    count: int


JobStep = CreateJob | KeepJob | AdoptJob | UpdateJob | DriftedJob | AmbiguousJob | BlockedJob
DeliveryStep = SubmitBatch | WaitingDelivery | AlreadySubmitted | BlockedDelivery | ResizedObjects | WithdrawnObjects
Step = JobStep | DeliveryStep


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How much was not chosen: declared sets and jobs, and attempts that failed or whose end is not known."""

    sets: int
    jobs: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an apply would do, and what it would not and why."""

    steps: Sequence[Step]
    unfinished: Sequence[Attempt] = ()
    """Attempts in doubt or under way, of any set, declared or not."""
    failed: Sequence[Attempt] = ()
    account: str = ""
    files: int = 0
    manifest_digests: Mapping[str, bytes] = field(default_factory=dict)
    left_out: LeftOut | None = None
    """None: everything is in the plan."""
    rates: Mapping[tuple[str, str], PastRate] = field(default_factory=dict)
    """How fast routes were, by the ids of their profiles: for estimates only."""
    self_starting: Sequence[ObservedJob] = ()
    """Jobs on the server that triggers start, on the same route as a delivery of this plan."""
    clock_ahead: int = 0
    """Seconds that this machine's clock is ahead of Jet's, where windows depend on it."""

    def submissions(self) -> list[SubmitBatch]:
        """The irreversible steps, in order."""
        return [step for step in self.steps if isinstance(step, SubmitBatch)]

    def waiting(self) -> list[WaitingDelivery]:
        """The deliveries that a later apply submits, in their window."""
        return [step for step in self.steps if isinstance(step, WaitingDelivery)]

    def to_approve(self) -> list[SubmitBatch]:
        """All irreversible steps that are approved with this plan: those of now, and those that wait."""
        return [*self.submissions(), *(step.submission for step in self.waiting())]

    def source_files(self) -> dict[str, SourceFiles]:
        """What jobs do with the files at the source after sending, by the job's name; those that keep them left out."""
        found = {
            step.job: step.observed.source_files
            for step in self.steps
            if isinstance(step, KeepJob | AdoptJob | UpdateJob)
        }
        return {job: done for job, done in found.items() if done is not SourceFiles.KEPT}

    def changes(self) -> list[CreateJob | AdoptJob | UpdateJob | SubmitBatch]:
        """The steps that apply would carry out."""
        return [step for step in self.steps if isinstance(step, CreateJob | AdoptJob | UpdateJob | SubmitBatch)]

    def blocked(self) -> list[BlockedJob | AmbiguousJob | BlockedDelivery]:
        """The steps that are not finished and cannot be carried out now."""
        return [step for step in self.steps if isinstance(step, BlockedJob | AmbiguousJob | BlockedDelivery)]


def sums(objects: ObjectTable, indexes: Sequence[int]) -> tuple[int, int]:
    """Known bytes and the number of unknown sizes (folders count as unknown) of some objects of a table."""
    sizes = objects.sizes_at(indexes)
    unknown = sizes.count(UNKNOWN_SIZE)
    return sum(sizes) + unknown, unknown
