"""Retries: the failed files of a failed delivery, and nothing else, as a step of a plan. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.objects import table_of
from jetplan.core.plan import UNSEEN, Retry, SubmitBatch, sums
from jetplan.errors import JetplanError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.arrival import NotMoved
    from jetplan.core.attempts import Attempt
    from jetplan.core.plan import BatchLimits, Route


def may_be_retried(failed: Attempt, limits: BatchLimits) -> bool:
    """Whether `retry_step` has a step for an open failure."""
    again = _again(failed)
    known = sum(each.size for each in again if each.size > 0)
    return bool(again) and len(again) <= limits.max_objects and (limits.max_bytes is None or known <= limits.max_bytes)


def _again(failed: Attempt) -> Sequence[NotMoved]:
    """The files that the server names as failed, in names that can be read in one way only."""
    return [each for each in failed.arrival.failed if each.sure] if failed.arrival is not None else []


def retry_step(
    failed: Attempt,
    route: Route,
    job: str,
    said: Mapping[str, str],
    limits: BatchLimits,
    place: Place = Place(""),  # noqa: B008 - immutable
) -> SubmitBatch:
    """The step that sends the files of an open failure again that the server names as failed.

    `said`: on whose word. Raises JetplanError where there are none, or too many for one delivery.
    """
    again = _again(failed)
    if not again:
        raise JetplanError(
            f"Jet names no file of attempt {failed.attempt_id} as failed, so there is none to send again",
            hint=f"raise `revision` on what is missing, or run `jetplan resolve {failed.attempt_id} --abandoned`",
        )
    objects = table_of([each.path for each in again], [each.size for each in again], failed.revision)
    indexes = range(len(again))
    known, unknown = sums(objects, indexes)
    if not may_be_retried(failed, limits):
        raise JetplanError(
            f"{len(again):,} files of attempt {failed.attempt_id} failed: more than one delivery may hold",
            hint="raise `revision` on them: then they go in several deliveries",
        )
    return SubmitBatch(
        failed.subject.name,
        job,
        route,
        failed.subject,
        UNSEEN,
        1,
        1,
        failed.revision,
        objects,
        indexes,
        known,
        unknown,
        resent=len(again),
        resent_bytes=known,
        retry=Retry(failed.attempt_id, said, failed.retries_before + 1),
        place=place,
    )
