"""What the API and the ledger say, as frozen data: the second and third input of the diff."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.attempts import Attempt, SubjectKey
    from jetplan.core.estimates import PastRate
    from jetplan.core.windows import Hold


NAME_AS_ID = "name:"
"""How the id of a profile begins where no server was asked: its name follows."""


@dataclass(frozen=True, slots=True)
class ObservedProfile:
    """A storage profile on the server. `name` may be empty where only the id is known."""

    profile_id: str
    name: str = ""
    storage_type: str = ""
    url: str = ""
    name_shared: bool = False
    """Another profile has the same name, so the name alone does not say which one is meant."""
    looks_alike: bool = False
    """Another profile has a name that looks like this one, so it is shown with its id."""

    def __str__(self) -> str:
        if not self.name or not (self.name_shared or self.looks_alike):
            return self.name or self.profile_id
        if self.profile_id != NAME_AS_ID + self.name:
            return f"{self.name} ({self.profile_id})"
        letters = self.name.encode("ascii", "backslashreplace").decode()
        return self.name if letters == self.name else f"{self.name} ({letters})"

    @property
    def limit_name(self) -> str:
        """What a limit should call it by: its name, or its id where another name is the same or looks like it."""
        clear = bool(self.name) and not self.name_shared and not self.looks_alike
        return self.name if clear or self.profile_id == NAME_AS_ID + self.name else self.profile_id

    @property
    def names(self) -> frozenset[str]:
        """What a limit may call it by: its id, and its name where no other profile has it."""
        return frozenset({self.profile_id} if self.name_shared else {self.profile_id, self.name})


class SourceFiles(Enum):
    """What a job does with the files at the source after it sent them."""

    KEPT = "kept"
    MOVED = "moved"
    DELETED = "deleted"
    UNKNOWN = "unknown"
    """It does something that has no documented shape."""


@dataclass(frozen=True, slots=True)
class ObservedJob:
    """A job on the server. `manual` is False where triggers start it; `max_rate` in bits per second, if limited."""

    job_id: str
    name: str
    source: ObservedProfile
    destination: ObservedProfile
    paused: bool = False
    manual: bool = True
    max_rate: int | None = None
    actions: int = 1
    """How many actions it has. jetplan understands jobs of one."""
    source_files: SourceFiles = SourceFiles.KEPT
    filtered: bool = False
    """Whether patterns choose among the files."""


class Relation(Enum):
    """How an object of a set meets one already recorded at the same destination."""

    SAME = "same"
    INSIDE = "inside"
    """It lies in a folder that was sent."""
    CONTAINS = "contains"
    """It is a folder, and objects below it were sent."""


@dataclass(frozen=True, slots=True)
class Overlapping:
    """One object of a set that was already sent to the destination by another subject, or in another shape.

    `elsewhere`: the API and account, in words, that it is recorded for where that is not the present one. `former`: the
    destination as it was recorded, where that profile is gone and the present one may have taken its place.
    """

    index: int
    relation: Relation
    attempt: Attempt
    elsewhere: str = ""
    former: ObservedProfile | None = None
    spelled: str = ""
    """How it was spelled then, where that is another spelling: other case, or accents encoded in another way."""


@dataclass(frozen=True, slots=True)
class SetRecord:
    """What the ledger says of one delivery set on its route.

    `complete`: its digest is recorded as entirely sent; then `attempts` carry no keys and need none.
    Otherwise `attempts` holds every unreleased attempt on it (and on `renamedFrom`), with keys.
    `resized`: objects whose size differs from the one recorded when they were sent: (path, then, now).
    `withdrawn`: how many recorded objects the manifest no longer lists.
    """

    subject: SubjectKey
    version: int = 0
    complete: bool = False
    attempts: Sequence[Attempt] = ()
    overlapping: Sequence[Overlapping] = ()
    resized: Sequence[tuple[str, int, int]] = ()
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything seen before planning. `profiles_listed` is False where the role may not list them.

    `sets` is by set name, for the sets whose route is known. `job_attempts` is by job name: unfinished attempts to
    create it; `job_versions` by job name too. `known_jobs` are the ids of jobs the ledger has created or adopted.
    """

    jobs: Sequence[ObservedJob] = ()
    profiles: Sequence[ObservedProfile] = ()
    profiles_listed: bool = True
    account: str = ""
    sets: Mapping[str, SetRecord] = field(default_factory=dict)
    job_attempts: Mapping[str, Sequence[Attempt]] = field(default_factory=dict)
    job_versions: Mapping[str, int] = field(default_factory=dict)
    known_jobs: frozenset[str] = frozenset()
    unfinished: Sequence[Attempt] = ()
    """Every attempt in the scope that is intended, sending or in doubt, also of sets no longer declared."""
    failed: Sequence[Attempt] = ()
    """Deliveries that the server reports as failed and that no later revision replaced."""
    withdrawn_sets: Mapping[str, int] = field(default_factory=dict)
    """Sets with recorded objects that the manifests no longer declare: name -> objects."""
    delivered_to: frozenset[str] = frozenset()
    """Destination profile ids that some recorded attempt has delivered to."""
    unrouted: Mapping[str, Sequence[Attempt]] = field(default_factory=dict)
    """Of sets whose route is not known: unreleased attempts under their names, on whatever route, with keys."""
    rates: Mapping[tuple[str, str], PastRate] = field(default_factory=dict)
    """How fast routes were, by the ids of their profiles, where that is known."""
    holds: Mapping[str, Hold] = field(default_factory=dict)
    """Sets that may not be sent now because of the time, by name."""
