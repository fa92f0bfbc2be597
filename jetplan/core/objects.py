"""Objects in columns: a delivery set's files and folders, their keys and digests, without an instance each.

An object's canonical path starts with `/`; a folder's ends with `/` too, so that `/` alone is the whole
profile and one string says both path and kind. Whether a path may stand in a manifest is `core.paths`' matter.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

KEY_BYTES = 16
UNKNOWN_SIZE = -1


def object_key(path: str) -> bytes:
    """The 16-byte key of one canonical path, the same in every set, revision and ledger."""
    return blake2b(path.encode(), digest_size=KEY_BYTES).digest()


def object_keys(paths: Iterable[str]) -> list[bytes]:
    """The keys of many canonical paths, in their order."""
    return [blake2b(path.encode(), digest_size=KEY_BYTES).digest() for path in paths]


def pack_keys(keys: Iterable[bytes]) -> bytes:
    """Keys sorted and joined: 16 bytes each, fit for binary search."""
    return b"".join(sorted(keys))


def unpack_keys(packed: bytes) -> list[bytes]:
    """The keys in a packed string, in their order."""
    return [packed[at : at + KEY_BYTES] for at in range(0, len(packed), KEY_BYTES)]


def folders_above(path: str) -> Iterator[str]:
    """The canonical folders that contain an object, the nearest first, `/` last."""
    at = path.rfind("/", 0, len(path) - 1)
    while at >= 0:
        yield path[: at + 1]
        at = path.rfind("/", 0, at)


def is_folder(path: str) -> bool:
    """Whether a canonical path names a folder."""
    return path.endswith("/")


@dataclass(frozen=True, slots=True)
class ObjectTable:
    """The objects of one delivery set, as parallel columns in manifest order.

    `sizes` holds bytes, or UNKNOWN_SIZE. `revision` is the set's; `revisions` the objects' own, by index.
    """

    paths: Sequence[str]
    sizes: array[int]
    revision: int = 1
    revisions: Mapping[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.paths)

    def paths_at(self, indexes: Sequence[int]) -> list[str]:
        """The paths at some indexes, in their order."""
        if isinstance(indexes, range) and indexes.step == 1:
            return list(self.paths[indexes.start : indexes.stop])
        return [self.paths[index] for index in indexes]

    def sizes_at(self, indexes: Sequence[int]) -> Sequence[int]:
        """The sizes at some indexes, in their order."""
        if isinstance(indexes, range) and indexes.step == 1:
            return self.sizes[indexes.start : indexes.stop]
        return [self.sizes[index] for index in indexes]

    def revision_of(self, index: int) -> int:
        """The revision that counts for one object."""
        return self.revisions.get(index, self.revision)

    def by_revision(self) -> dict[int, Sequence[int]]:
        """Object indexes by revision, revisions ascending, manifest order within each."""
        if not self.revisions:
            return {self.revision: range(len(self.paths))} if self.paths else {}
        groups: dict[int, list[int]] = {}
        for index in range(len(self.paths)):
            groups.setdefault(self.revision_of(index), []).append(index)
        return dict(sorted(groups.items()))

    def digest(self) -> bytes:
        """What is to be sent, in 32 bytes: order and sizes do not count, revisions do."""
        total = blake2b(digest_size=32)
        for revision, indexes in self.by_revision().items():
            paths = self.paths if len(indexes) == len(self.paths) else [self.paths[at] for at in indexes]
            total.update(f"{revision}\n".encode())
            total.update("\n".join(sorted(paths)).encode())
            total.update(b"\n\n")
        return total.digest()

    def known_bytes(self) -> int:
        """The sum of the sizes that are known."""
        return sum(self.sizes) + self.sizes.count(UNKNOWN_SIZE)


def table_of(paths: Sequence[str], sizes: Iterable[int] = (), revision: int = 1) -> ObjectTable:
    """A table from canonical paths; sizes left out are unknown."""
    given = array("q", sizes)
    given.extend([UNKNOWN_SIZE] * (len(paths) - len(given)))
    return ObjectTable(paths, given, revision)


WHOLE_PROFILE = "/"
