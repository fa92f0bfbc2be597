"""The objects of one delivery as the formats list them: read from the plan when asked, never copied before."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from jetplan.core.objects import UNKNOWN_SIZE, is_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.core.objects import ObjectTable


class ObjectEntry(Struct, frozen=True, gc=False, rename="camel"):
    """One file or folder, in the API's words. A folder's path ends with a slash; `/` is the whole profile."""

    relative_path: Annotated[str, Meta(description="Its path below the root of the source profile.")]
    size_in_bytes: Annotated[int | None, Meta(description="Its size in bytes; null: not given, or a folder.")]
    is_directory: Annotated[bool, Meta(description="Whether it is a folder.")]


class ObjectRows:
    """The objects of a delivery, in manifest order, over the plan's own columns. In JSON: a list of entries."""

    __slots__ = ("indexes", "table")

    def __init__(self, table: ObjectTable, indexes: Sequence[int]) -> None:
        self.table = table
        self.indexes = indexes

    def __len__(self) -> int:
        return len(self.indexes)

    def __iter__(self) -> Iterator[ObjectEntry]:
        return self._entries(self.indexes)

    def head(self, most: int) -> Iterator[ObjectEntry]:
        """The first ones, at most so many."""
        return self._entries(self.indexes[:most])

    def part(self, start: int, stop: int) -> Iterator[ObjectEntry]:
        """The ones from `start` up to `stop`."""
        return self._entries(self.indexes[start:stop])

    def largest(self, most: int) -> list[ObjectEntry]:
        """The largest ones of known size, manifest order among equals."""
        sizes = self.table.sizes
        found = heapq.nlargest(most, self.indexes, key=sizes.__getitem__)
        return [entry for entry in self._entries(found) if entry.size_in_bytes is not None]

    def largest_size(self) -> int:
        """The size of the largest one; UNKNOWN_SIZE, which is less than any size, where none is known."""
        return max(self.table.sizes_at(self.indexes), default=UNKNOWN_SIZE)

    def paths(self) -> list[str]:
        """The canonical paths."""
        return self.table.paths_at(self.indexes)

    def holds(self, path: str) -> bool:
        """Whether one of them has this canonical path."""
        return path in self.paths()

    def _entries(self, indexes: Sequence[int]) -> Iterator[ObjectEntry]:
        paths, sizes = self.table.paths, self.table.sizes
        for index in indexes:
            size = sizes[index]
            yield ObjectEntry(paths[index], None if size == UNKNOWN_SIZE else size, is_folder(paths[index]))
