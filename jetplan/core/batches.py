"""Splitting new objects into deliveries within limits, the same way every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.core.objects import ObjectTable
    from jetplan.core.plan import BatchLimits


def split(objects: ObjectTable, indexes: Sequence[int], limits: BatchLimits) -> Iterator[Sequence[int]]:
    """Runs of indexes, in order, each within the limits. An object over the byte limit goes alone.

    Unknown sizes weigh nothing: the byte limit is kept for what is known.
    """
    if limits.max_bytes is None:
        for at in range(0, len(indexes), limits.max_objects):
            yield indexes[at : at + limits.max_objects]
        return
    start = weight = 0
    for at, index in enumerate(indexes):
        size = objects.sizes[index]
        size = 0 if size == UNKNOWN_SIZE else size
        if at > start and (weight + size > limits.max_bytes or at - start >= limits.max_objects):
            yield indexes[start:at]
            start, weight = at, 0
        weight += size
    if start < len(indexes):
        yield indexes[start:]
