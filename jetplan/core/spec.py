"""What the manifests want: jobs and delivery sets as frozen data, each with its place in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from jetplan.core.clashes import is_unicode_twin
from jetplan.core.windows import Timing  # noqa: TC001 - the manifest cache reads the annotations
from jetplan.errors import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.core.objects import ObjectTable


class Overlap(Enum):
    """What to do with objects that another set already sent to the same destination."""

    REFUSE = "refuse"
    SKIP = "skip"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class ProfileRef:
    """A storage profile as a manifest names it: by name or by id, exactly one of them."""

    name: str | None = None
    profile_id: str | None = None
    place: Place = field(default=Place(""), compare=False)

    def __str__(self) -> str:
        return self.name if self.name is not None else f"{{storageProfileId: {self.profile_id}}}"


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A declared job. `paused` None means: neither pause nor resume it. `job_id` picks one job of several."""

    name: str
    source: ProfileRef
    destination: ProfileRef
    paused: bool | None = None
    job_id: str | None = None
    place: Place = field(default=Place(""), compare=False)
    timing: Timing | None = None
    """When deliveries may be sent with it; None: at any time."""


@dataclass(frozen=True, slots=True)
class DeliverySetSpec:
    """A declared delivery set. `job` names a declared job or one that only exists on the server."""

    name: str
    job: str
    objects: ObjectTable
    overlap: Overlap = Overlap.REFUSE
    renamed_from: str | None = None
    place: Place = field(default=Place(""), compare=False)
    case_twins: bool = False
    """Whether paths that differ only in case are said to be different files."""
    unicode_twins: bool = False
    """The same of paths that differ only in how accents are encoded."""
    retries: int = 0
    """How often the files of one delivery that failed may be sent again without a further word."""
    timing: Timing | None = None
    """When it may be sent; None: at any time."""

    def allows_twins(self, path: str, spelled: str) -> bool:
        """Whether two spellings that fold into one, of an object or of a folder around it, are said to be different."""
        return self.unicode_twins if is_unicode_twin(path, spelled) else self.case_twins


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything the manifests declare, in file order (files sorted by path, then by position)."""

    jobs: Mapping[str, JobSpec] = field(default_factory=dict)
    sets: Mapping[str, DeliverySetSpec] = field(default_factory=dict)
    digests: Mapping[str, bytes] = field(default_factory=dict)
    """Each set's `objects.digest()`, by set name: computed once, while reading."""
    files: int = 0
