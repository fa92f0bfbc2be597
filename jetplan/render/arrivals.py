"""What arrived of a delivery: as data for the formats that programs read, and in one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.render import words
from jetplan.render.model import ArrivedFiles, FileNotMoved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jetplan.core.arrival import Arrival, NotMoved

NAMED = 1_000
"""Files that did not arrive and that a document names, of one delivery."""
_TOLD = 3


def arrived_files(arrival: Arrival | None) -> ArrivedFiles | None:
    """What a document says of it; None where nothing is known."""
    if arrival is None:
        return None
    left = arrival.left()
    return ArrivedFiles(
        files=arrival.files,
        known_bytes=arrival.size,
        moved=arrival.moved,
        moved_bytes=arrival.moved_size,
        moving=arrival.moving,
        not_moved=tuple(map(_not_moved, left[:NAMED])),
        unnamed=arrival.unnamed + max(len(left) - NAMED, 0),
        skipped=arrival.skipped,
    )


def _not_moved(each: NotMoved) -> FileNotMoved:
    return FileNotMoved(each.path, None if each.size == UNKNOWN_SIZE else each.size, each.reason)


def how_much(of: ArrivedFiles) -> str:
    """`2 of 4 files, 18.0 of 33.0 GB`."""
    if of.moved == of.files:
        return f"{words.count(of.files, 'file')}, {words.size(of.moved_bytes)}"
    size = words.size_of(of.moved_bytes, of.known_bytes)
    if of.moved_bytes >= of.known_bytes or any(each.size_in_bytes is None for each in of.not_moved):
        size = f"{words.size(of.moved_bytes)} of an unknown size"
    return f"{of.moved:,} of {words.count(of.files, 'file')}, {size}"


def sentence(of: ArrivedFiles, told: int = _TOLD) -> str:
    """How much arrived, and the first of those that did not, each with the reason. Unescaped."""
    parts = [how_much(of)]
    if of.not_moved or of.unnamed:
        parts.append(f"not moved: {', '.join(_not_moved_parts(of, told))}")
    if of.moving:
        parts.append(f"still moving: {words.count(of.moving, 'file')}")
    return "; ".join(parts)


def _not_moved_parts(of: ArrivedFiles, told: int) -> Iterable[str]:
    for each in of.not_moved[:told]:
        yield f"{each.relative_path} ({each.reason})" if each.reason else each.relative_path
    more = len(of.not_moved) - told
    if more > 0:
        yield f"and {more:,} more"
    if of.unnamed:
        left_out = f", {of.skipped:,} of them left out by the job" if of.skipped else ""
        yield f"{words.count(of.unnamed, 'file')} that Jet does not name{left_out}"
