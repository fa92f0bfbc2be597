"""The objects of one delivery as the faces list them: read from the plan's columns when asked, never copied before."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct

from jetplan.core.objects import UNKNOWN_SIZE, is_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.core.objects import ObjectTable


class ObjectEntry(Struct, frozen=True, gc=False, rename="camel"):
    """One file or folder, in the API's words. `relative_path` is canonical: a folder's ends with a slash."""

    relative_path: str
    size_in_bytes: int | None
    is_directory: bool


@dataclass(frozen=True, slots=True)
class ObjectRows:
    """The objects of a delivery, in manifest order, over the plan's own columns."""

    table: ObjectTable
    indexes: Sequence[int]

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

    def paths(self) -> list[str]:
        """The canonical paths."""
        paths = self.table.paths
        return [paths[index] for index in self.indexes]

    def _entries(self, indexes: Sequence[int]) -> Iterator[ObjectEntry]:
        paths, sizes = self.table.paths, self.table.sizes
        for index in indexes:
            size = sizes[index]
            yield ObjectEntry(paths[index], None if size == UNKNOWN_SIZE else size, is_folder(paths[index]))
