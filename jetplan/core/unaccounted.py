"""Files that Jet shows for a job and that no recorded attempt accounts for: an older ledger, or sent by hand. Pure.

Such a file is not sent again without a person's word. A file counts by its name alone, in any reading of its spelling.
Files that failed do not count, because they did not arrive.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.listed import readings
from jetplan.core.objects import WHOLE_PROFILE, folders_above, is_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jetplan.core.listed import SeenFile

UNNAMED = "(no id)"
"""Used as the id of a transfer for which the server gives none."""


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """A path that the job shows, and the transfers of it that no recorded attempt can have caused."""

    path: str
    transfers: Sequence[str]


class Wanted:
    """Which listed files matter at all: those that may be among some declared objects, or below them.

    Asked of each file of a job. Where a job has moved nothing, the objects are not even looked at.
    """

    def __init__(self, paths: Iterable[str], source_root: str) -> None:
        self._given = paths
        self.source_root = source_root
        self._root = _Root(source_root)
        self._declared: frozenset[str] = frozenset()
        self._paths: set[str] | None = None
        self._folders: set[str] = set()

    def paths(self) -> AbstractSet[str]:
        """The declared objects."""
        if self._paths is None:
            self._gather()
        return self._declared

    def __call__(self, url: str) -> bool:
        """Whether a listed url may stand for one of them, or for something in one."""
        wanted = self._paths if self._paths is not None else self._gather()
        return any(
            path in wanted or (self._folders and not self._folders.isdisjoint(folders_above(path)))
            for path in self._root.paths(url)
        )

    def _gather(self) -> set[str]:
        self._declared = frozenset(self._given)
        self._paths = set(self._declared)
        self._folders = {path for path in self._declared if is_folder(path)}
        self._paths.update(path[:-1] for path in self._folders)  # a folder may be listed without its slash
        return self._paths


class _Root:
    """The source's root, made for reading many urls quickly."""

    def __init__(self, source_root: str) -> None:
        self._root = source_root
        self._plain = source_root.rstrip("/") + "/"
        self._at = len(self._plain) - 1 if "%" not in source_root else -1

    def paths(self, url: str) -> Sequence[str]:
        """Every path that a url may stand for."""
        if self._at >= 0 and url.startswith(self._plain) and "%" not in url and "\\" not in url:
            return (url[self._at :],)
        return readings(url, self._root)


class Shown:
    """What one job shows, by path: made once, asked for each batch."""

    def __init__(self, files: Iterable[SeenFile], source_root: str) -> None:
        self._transfers: dict[str, set[str]] = defaultdict(set)
        self._sorted: list[str] | None = None
        root = _Root(source_root)
        for file in files:
            if not file.failed:
                for path in root.paths(file.url):
                    self._transfers[path].add(file.transfer_id or UNNAMED)

    def of(self, paths: Iterable[str]) -> dict[str, AbstractSet[str]]:
        """What is shown of some declared objects: listed path -> transfers. A folder gives all that is below it."""
        found: dict[str, AbstractSet[str]] = {}
        if not self._transfers:
            return found
        for path in paths:
            if is_folder(path):
                found.update((each, self._transfers[each]) for each in self._below(path))
            elif path in self._transfers:
                found[path] = self._transfers[path]
        return found

    def _below(self, folder: str) -> Iterable[str]:
        if folder == WHOLE_PROFILE:
            return self._transfers
        if self._sorted is None:
            self._sorted = sorted(self._transfers)
        start = bisect_left(self._sorted, folder)
        end = bisect_left(self._sorted, folder[:-1] + chr(ord("/") + 1))
        named = [folder[:-1]] if folder[:-1] in self._transfers else []
        return [*named, *self._sorted[start:end]]


def unaccounted(
    shown: Mapping[str, AbstractSet[str]], holders: Mapping[str, Sequence[AbstractSet[str] | None]]
) -> list[Unaccounted]:
    """The shown paths with more transfers than recorded attempts can have caused.

    `holders`: for each path, of each recorded attempt that holds it, the transfers that were there before it (None:
    nobody looked, so it accounts for everything). An attempt causes one transfer of a path, and none that was there
    before it.
    """
    found = []
    for path, transfers in shown.items():
        attempts = holders.get(path, ())
        if None in attempts:
            continue
        left = set(transfers)
        # A later attempt was preceded by more transfers, so it can have caused fewer: it takes one first.
        for before in sorted((each for each in attempts if each is not None), key=len, reverse=True):
            left.difference_update(sorted(left - before)[:1])
        if left:
            found.append(Unaccounted(path, sorted(left)))
    return found


def unanswered(found: Iterable[Unaccounted], known: AbstractSet[str]) -> list[Unaccounted]:
    """The same without the transfers that a person was told of and has answered for."""
    left = ((each.path, [transfer for transfer in each.transfers if transfer not in known]) for each in found)
    return [Unaccounted(path, transfers) for path, transfers in left if transfers]
