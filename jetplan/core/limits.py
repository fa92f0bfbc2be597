"""What one apply may do at most: the limits of `jetplan.yaml`, and what of a plan they refuse. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jetplan.core.characters import in_code
from jetplan.core.objects import WHOLE_PROFILE
from jetplan.core.observed import SourceFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.core.plan import Plan, SubmitBatch


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. `whole_profiles`: sets that may send one; `destinations`: profiles, by name or id, that may
    get their first delivery; `source_deletion`: jobs that may delete the files at the source after sending them."""

    max_objects: int | None = None
    max_bytes: int | None = None
    whole_profiles: frozenset[str] | None = None
    destinations: frozenset[str] | None = None
    source_deletion: frozenset[str] = frozenset()


class LimitKind(Enum):
    """Which limit refused, by its key in `jetplan.yaml`."""

    OBJECTS = "maxObjects"
    BYTES = "maxBytes"
    WHOLE_PROFILE = "allowWholeProfiles"
    DESTINATION = "allowDestinations"
    SOURCE_DELETION = "allowSourceDeletion"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that a limit refused. `flag` lifts it for one apply, `edit` of `jetplan.yaml` for good."""

    kind: LimitKind
    message: str
    flag: str
    edit: str
    set_name: str = ""

    @property
    def hint(self) -> str:
        """How to lift it, in one sentence."""
        return f"{self.flag} lifts it once; {self.edit} in jetplan.yaml for good"


def refusals(plan: Plan, limits: Limits) -> tuple[Refusal, ...]:
    """Everything in a plan that the limits refuse; an empty tuple lets it be applied.

    What waits for its window counts: this is where a person sees it.
    """
    submissions = plan.to_approve()
    return (
        *_objects(submissions, limits.max_objects),
        *_bytes(submissions, limits.max_bytes),
        *_whole_profiles(submissions, limits.whole_profiles),
        *_destinations(submissions, limits.destinations),
        *_source_deletion(plan, submissions, limits.source_deletion),
    )


def _objects(submissions: list[SubmitBatch], most: int | None) -> Iterator[Refusal]:
    count = sum(len(step) for step in submissions)
    if most is not None and count > most:
        message = f"{count:,} objects to submit, and one apply may submit {most:,}"
        yield Refusal(LimitKind.OBJECTS, message, f"--max-objects {count}", f"`limits.maxObjects: {count}`")


def _bytes(submissions: list[SubmitBatch], most: int | None) -> Iterator[Refusal]:
    known = sum(step.known_bytes for step in submissions)
    if most is not None and known > most:
        message = f"{known:,} bytes to submit, and one apply may submit {most:,}"
        yield Refusal(LimitKind.BYTES, message, f"--max-bytes {known}", f"`limits.maxBytes: {known}`")


def _whole_profiles(submissions: list[SubmitBatch], allowed: frozenset[str] | None) -> Iterator[Refusal]:
    if allowed is None:
        return
    for step in submissions:
        if step.set_name not in allowed and any(step.objects.paths[index] == WHOLE_PROFILE for index in step.indexes):
            source = in_code(str(step.route.source))
            message = f"set {in_code(step.set_name)} sends the whole profile {source}, which is not allowed by name"
            edit = f"adding {step.set_name!r} to `limits.allowWholeProfiles`"
            flag = f"--allow-whole-profile {quoted(step.set_name)}"
            yield Refusal(LimitKind.WHOLE_PROFILE, message, flag, edit, step.set_name)


def _destinations(submissions: list[SubmitBatch], allowed: frozenset[str] | None) -> Iterator[Refusal]:
    if allowed is None:
        return
    told: set[str] = set()
    for step in submissions:
        profile = step.route.destination
        named = profile.names & allowed
        if not step.first_to_destination or named or profile.profile_id in told:
            continue
        told.add(profile.profile_id)
        first = f"set {in_code(step.set_name)} makes the first delivery to {in_code(str(profile))} in this ledger"
        message = f"{first}, which is not allowed by name"
        word = profile.limit_name
        edit = f"adding {word!r} to `limits.allowDestinations`"
        yield Refusal(LimitKind.DESTINATION, message, f"--allow-destination {quoted(word)}", edit, step.set_name)


def _source_deletion(plan: Plan, submissions: list[SubmitBatch], allowed: frozenset[str]) -> Iterator[Refusal]:
    deleting = {job for job, done in plan.source_files().items() if done is SourceFiles.DELETED} - allowed
    told: set[str] = set()
    for step in submissions:
        if step.job not in deleting or step.job in told:
            continue
        told.add(step.job)
        job = in_code(step.job)
        message = f"job {job} deletes the files at the source after it sent them, which is not allowed by name"
        edit = f"adding {step.job!r} to `limits.allowSourceDeletion`"
        flag = f"--allow-source-deletion {quoted(step.job)}"
        yield Refusal(LimitKind.SOURCE_DELETION, message, flag, edit, step.set_name)


def quoted(word: str) -> str:
    """A word as one argument of a POSIX shell."""
    plain = word.replace("-", "").replace("_", "").replace(".", "").isalnum() and word.isascii()
    return word if plain else "'" + word.replace("'", "'\\''") + "'"
