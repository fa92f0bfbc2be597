"""What to ask a file search so that it tells whether a job shows some paths at all. Pure.

A search finds by text, in ways that are documented nowhere. So it is believed only for kinds of path of which it has
found one that is known to be there: a file or a folder, and a name that an encoder would leave alone or change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from jetplan.core.listed import readings
from jetplan.core.objects import WHOLE_PROFILE, is_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MOST_QUERIES = 50
"""Paths that are asked for one by one; above that, listing the job's files costs less."""
LONG = 5_000
"""Files of a job's past; above so many, a search is tried before they are listed."""
_PLAIN = re.compile(r"[A-Za-z0-9._~/-]*")
"""What every percent-encoder leaves alone."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the ledger knows of a job's past: how many objects were accepted, and of a long one, paths of some."""

    objects: int = 0
    moved: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PathKind:
    """A kind of path. A search that finds nothing is believed only for kinds of which it has found an example."""

    folder: bool
    plain: bool


@dataclass(frozen=True, slots=True)
class PathQuery:
    """One path to be searched for; a folder (trailing slash) stands for all that is below it."""

    path: str

    @property
    def kind(self) -> PathKind:
        """The kind of path."""
        return PathKind(is_folder(self.path), _PLAIN.fullmatch(self.path) is not None)

    @property
    def texts(self) -> Sequence[str]:
        """The spellings to search for: as it is, and percent-encoded where that differs."""
        return list(dict.fromkeys((self.path, quote(self.path, safe="/~"))))

    def is_shown_by(self, urls: Iterable[str], source_root: str) -> bool:
        """Whether one of the found urls stands for this path, or for something below it, in any reading."""
        return any(self._covers(path) for url in urls for path in readings(url, source_root))

    def _covers(self, path: str) -> bool:
        if is_folder(self.path):
            return path.startswith(self.path) or path == self.path[:-1]
        return path == self.path


def queries(paths: Collection[str]) -> Sequence[PathQuery] | None:
    """What to ask about some declared objects: each of them, or the folders that they lie in where these are fewer.

    None where that cannot be asked (the whole profile), would be more than `MOST_QUERIES`, or is nothing at all.
    """
    if not paths or WHOLE_PROFILE in paths:
        return None
    wanted = sorted(paths)
    if len(wanted) > MOST_QUERIES:
        wanted = sorted({path if is_folder(path) else path[: path.rindex("/") + 1] for path in paths})
    return None if len(wanted) > MOST_QUERIES or WHOLE_PROFILE in wanted else [PathQuery(path) for path in wanted]


def examples(kind: PathKind, moved: Iterable[str]) -> Iterable[PathQuery]:
    """Queries of one kind that must find something, made from objects that the job is known to have moved."""
    for path in moved:
        query = PathQuery(path[: path.rindex("/") + 1] if kind.folder else path)
        if query.kind == kind and query.path != WHOLE_PROFILE:
            yield query
