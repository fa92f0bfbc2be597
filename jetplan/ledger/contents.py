"""The packed contents of an attempt: sorted keys in pages, the folders above its objects, and its list of paths.

A page is up to PAGE_KEYS sorted keys in one row, found by its first key. So one key is looked up in any attempt by
one step down an index, and a million objects are four thousand rows.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.clashes import are_folded, folded
from jetplan.core.objects import (
    KEY_BYTES,
    UNKNOWN_SIZE,
    WHOLE_PROFILE,
    folders_above,
    object_key,
    object_keys,
    pack_keys,
)
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from jetplan.core.attempts import NewAttempt

PAGE_KEYS = 240
"""3,840 bytes: with its other columns a row fits into a page of SQLite and twice into one of PostgreSQL."""
OBJECTS = "objects"
FOLDERS = "folders"
FOLDED = "folded"
"""Objects by the folded form of their path, where that is another one."""
FOLDED_FOLDERS = "folded-folders"
"""The same of the folders above them."""
FIRST_PATHS = 5


@dataclass(frozen=True, slots=True)
class Contents:
    """The packed contents of one new attempt. `keys`, `folders` and the folded ones are sorted 16-byte keys, joined."""

    objects: int
    known_bytes: int
    unknown_sizes: int
    first_paths: str
    keys: bytes
    folders: bytes
    folded: bytes
    folded_folders: bytes
    listing: bytes


def pack(attempts: Iterable[NewAttempt]) -> list[tuple[NewAttempt, Contents]]:
    """Pack what attempts carry. Raises JetplanError on an object named twice at a revision: it would be sent twice."""
    seen: dict[int, set[str]] = {}
    packed = []
    for attempt in attempts:
        others = seen.setdefault(attempt.revision, set())
        total = len(others) + len(attempt.paths)
        others.update(attempt.paths)  # paths rather than keys: whoever read them has hashed them before
        if len(others) != total:
            raise JetplanError(f"attempt {attempt.attempt_id} names an object twice; nothing was claimed")
        packed.append((attempt, _pack(attempt)))
    return packed


def _pack(attempt: NewAttempt) -> Contents:
    keys = object_keys(attempt.paths)
    sizes = array("q", attempt.sizes)
    sizes.extend([UNKNOWN_SIZE] * (len(keys) - len(sizes)))
    unknown = sizes.count(UNKNOWN_SIZE)
    folders = folders_of(attempt.paths)
    return Contents(
        objects=len(keys),
        known_bytes=sum(sizes) - unknown * UNKNOWN_SIZE,
        unknown_sizes=unknown,
        first_paths=json.dumps(list(attempt.paths[:FIRST_PATHS])),
        keys=pack_keys(keys),
        folders=pack_keys(object_keys(folders)),
        folded=pack_folded(attempt.paths),
        folded_folders=pack_folded(list(folders)),
        listing=_pack_listing(attempt.paths, sizes),
    )


def pack_folded(paths: Sequence[str]) -> bytes:
    """The keys of the folded forms of paths, of those that are not folded themselves."""
    if are_folded(paths):
        return b""
    return pack_keys({object_key(form) for path in paths if (form := folded(path)) != path})


def folders_of(paths: Collection[str]) -> set[str]:
    """Every folder that contains any of the paths."""
    names = {path.rpartition("/")[0] for path in paths if path[-1] != "/"}
    names.update(path[:-1].rpartition("/")[0] for path in paths if path[-1] == "/" and path != WHOLE_PROFILE)
    nearest = {f"{name}/" for name in names}
    return nearest.union(*map(folders_above, nearest))


def pages(packed: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A packed string cut into rows: the first key of each, and the keys."""
    step = PAGE_KEYS * KEY_BYTES
    for at in range(0, len(packed), step):
        yield packed[at : at + KEY_BYTES], packed[at : at + step]


def page_rows(attempt_id: str, contents: Contents) -> Iterator[tuple[str, str, bytes, bytes]]:
    """The rows of `jetplan_pages` for one attempt."""
    parts = {
        OBJECTS: contents.keys,
        FOLDERS: contents.folders,
        FOLDED: contents.folded,
        FOLDED_FOLDERS: contents.folded_folders,
    }
    for part, packed in parts.items():
        for first, keys in pages(packed):
            yield attempt_id, part, first, keys


def _pack_listing(paths: Sequence[str], sizes: array[int]) -> bytes:
    if not paths:
        return b""
    text = "\0".join(paths)
    if text.count("\0") != len(paths) - 1:
        raise JetplanError("a path holds a NUL character; nothing was claimed")
    return zlib.compress(text.encode() + b"\0\0" + _little_endian(sizes).tobytes(), 1)


def unpack_listing(listing: bytes) -> tuple[list[str], array[int]]:
    """Paths in the order they were sent, and their sizes."""
    if not listing:
        return [], array("q")
    paths, _, sizes = zlib.decompress(listing).partition(b"\0\0")
    return paths.decode().split("\0"), _little_endian(array("q", sizes))


def _little_endian(sizes: array[int]) -> array[int]:
    """In little-endian order on every machine."""
    if sys.byteorder == "big":
        sizes = array("q", sizes)
        sizes.byteswap()
    return sizes
