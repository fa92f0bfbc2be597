"""Lists of objects as CSV, and comparisons of lists as text and JSON."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.render import words
from jetplan.render.document import encoded, schema_of
from jetplan.render.escape import safe_text
from jetplan.render.model import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LISTED = 50


class OtherSize(Part, frozen=True):
    """One object of two sizes."""

    relative_path: Annotated[str, Meta(description="Its path.")]
    first: Annotated[int, Meta(description="Its size in the first list, in bytes.")]
    second: Annotated[int, Meta(description="Its size in the second list or the storage, in bytes.")]


class ListComparison(Part, frozen=True, tag_field="type", tag="jetplan.lists"):
    """Two lists, or a set and a storage, side by side."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    equal: Annotated[bool, Meta(description="Whether nothing differs.")]
    same: Annotated[int, Meta(description="Objects that are in both, with no other size.", ge=0)]
    only_first: Annotated[tuple[str, ...], Meta(description="Paths in the first list, or declared, only.")]
    only_second: Annotated[tuple[str, ...], Meta(description="Paths in the second list, or in the storage, only.")]
    resized: Annotated[tuple[OtherSize, ...], Meta(description="Objects of another size.")]


def render_csv(listing: Mapping[str, int]) -> Iterator[str]:
    """A list that a manifest can name, line by line."""
    yield "relativePath,sizeInBytes\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for path, size in listing.items():
        writer.writerow((path, "" if size == UNKNOWN_SIZE else size))
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def render_comparison(
    first: Sequence[str],
    second: Sequence[str],
    resized: Sequence[tuple[str, int, int]],
    same: int,
    names: tuple[str, str],
) -> str:
    """What differs, the first of each kind by name, and the totals. `names`: what being in one only is called."""
    lines = []
    for sign, title, paths in (("-", names[0], first), ("+", names[1], second)):
        lines += [f"{sign} {title}: {safe_text(path)}" for path in paths[:_LISTED]]
        lines += [f"  … and {len(paths) - _LISTED:,} more"] if len(paths) > _LISTED else []
    lines += [
        f"~ another size: {safe_text(path)}: {words.size(then)}, {words.size(now)}"
        if words.size(then) != words.size(now)
        else f"~ another size: {safe_text(path)}: {then:,} bytes, {now:,} bytes"
        for path, then, now in resized[:_LISTED]
    ]
    lines += [f"  … and {len(resized) - _LISTED:,} more"] if len(resized) > _LISTED else []
    total = f"{words.count(same, 'object')} the same, {len(first):,} {names[0]}, {len(second):,} {names[1]}"
    return "\n".join([*lines, f"{total}, {len(resized):,} of another size."]) + "\n"


def render_comparison_json(
    first: Sequence[str], second: Sequence[str], resized: Sequence[tuple[str, int, int]], same: int
) -> str:
    """The comparison as JSON, ended by a newline."""
    other = tuple(OtherSize(*each) for each in resized)
    equal = not (first or second or resized)
    return encoded(ListComparison(1, equal, same, tuple(first), tuple(second), other), indent=2)


def comparison_schema() -> dict[str, Any]:
    """The JSON Schema of `list diff` and `list check --format json`."""
    return schema_of(ListComparison, "Two lists side by side")
