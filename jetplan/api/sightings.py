"""Looks at what a job has moved and moves: transfers and files under way, and those files of its past that matter.

What is under way is always listed. The past may hold millions of files. Where it is long, a search tells whether the
wanted files may be in it at all; only if they may, it is listed, and what is not wanted is forgotten at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jetplan.api.filesearch import FileSearch
from jetplan.api.refusals import RoleRefused
from jetplan.core.evidence import SeenTransfer, Sighting
from jetplan.core.listed import SeenFile, is_telling, readings
from jetplan.core.pathsearch import LONG
from jetplan.errors import ApiError, AuthenticationError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from jetplan.api.client import JetClient
    from jetplan.api.wire import JobFile, Transfer
    from jetplan.core.pathsearch import Past
    from jetplan.core.unaccounted import Wanted

UNDER_WAY = "IN_PROGRESS"
PAST = ("COMPLETED", "FAILED")
_SAMPLE = 200
"""Files of a long list that a search is tried on."""
_MOST_SPELLINGS = 1_000


class _LongError(Exception):
    """A list that is longer than expected, with the urls that it begins with."""

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__()
        self.urls = urls


def look_for(client: JetClient, job_id: str, wanted: Wanted, past: Past) -> Sighting | None:
    """The files that may be wanted objects, or lie below them, and the transfers under way.

    None where a call is refused or answered oddly: then nothing can be told apart. Raises Unreachable where a complete
    answer may come another time, AuthenticationError on bad credentials.
    """

    def look() -> Sighting:
        def keep(file: JobFile) -> bool:
            return wanted(file.url)

        transfers = _under_way(client, job_id)
        files = _listed(client, job_id, UNDER_WAY, keep)
        more, _ = _past_files(client, job_id, wanted, past, wanted.paths, keep)
        return Sighting((*files, *more), transfers)

    return _tolerant(look)


def look_back(client: JetClient, job_id: str, wanted: Wanted, past: Past, signs: Collection[str]) -> Sighting | None:
    """The same for evidence: with all files of each transfer that shows a wanted file.

    `signs`: of each lost delivery one object. Where a search shows none of them, nothing is listed.
    """

    def look() -> Sighting:
        keeping = _Keeping(wanted)
        transfers = _under_way(client, job_id)
        files = _listed(client, job_id, UNDER_WAY, keeping)
        shown = any(wanted(file.url) for file in files)
        more, whole = _past_files(client, job_id, wanted, past, lambda: () if shown else signs, keeping)
        if not whole:
            return Sighting((), transfers, max(keeping.looked_at, past.objects))
        files = [*files, *more]
        if keeping.forgotten:
            theirs = {file.transfer_id for file in files if wanted(file.url)} - {""}
            states = (UNDER_WAY, *PAST) if theirs else ()
            files = [
                file
                for state in states
                for file in _listed(client, job_id, state, lambda file: file.transfer_id in theirs)
            ]
        return Sighting(tuple(files), transfers, keeping.looked_at, tuple(keeping.spellings))

    return _tolerant(look)


def with_sums(client: JetClient, job_id: str, sighting: Sighting, transfer_ids: Iterable[str]) -> Sighting:
    """The sighting with the counts and bytes of some transfers that have ended, one call each.

    What cannot be viewed is left out.
    """
    viewed = []
    for transfer_id in transfer_ids:
        try:
            viewed.append(_summed(client.view_transfer(job_id, transfer_id)))
        except ApiError:
            continue
    return replace(sighting, transfers=(*sighting.transfers, *viewed))


class _Keeping:
    """Which listed files are kept for evidence: the wanted ones, and while there are few, all."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._others = 0
        self.looked_at = 0
        self.forgotten = False
        self.spellings: set[str] = set()

    def __call__(self, file: JobFile) -> bool:
        self.looked_at += 1
        if is_telling(file.url) and len(self.spellings) < _MOST_SPELLINGS:
            self.spellings.add(file.url)
        if self._wanted(file.url):
            return True
        self._others += 1
        self.forgotten |= self._others > LONG
        return self._others <= LONG


def _past_files(
    client: JetClient,
    job_id: str,
    wanted: Wanted,
    past: Past,
    asked: Callable[[], Collection[str]],
    keep: Callable[[JobFile], bool],
) -> tuple[list[SeenFile], bool]:
    """Files that are not under way any more, and whether all were read.

    They are not where a search shows none of the `asked` paths; where none is asked about, all are read.
    """
    search = FileSearch(client, job_id, wanted.source_root, past.moved)
    most = None if past.objects > LONG else 2 * LONG
    files: list[SeenFile] = []
    if most is None and search.shows_none_of(asked()):
        return files, False
    for state in PAST:
        try:
            files += _listed(client, job_id, state, keep, most)
        except _LongError as long:
            most = None
            moved = [path for url in long.urls for path in readings(url, wanted.source_root)]
            if FileSearch(client, job_id, wanted.source_root, [*past.moved, *moved]).shows_none_of(asked()):
                return files, False
            files += _listed(client, job_id, state, keep)
    return files, True


def _listed(
    client: JetClient, job_id: str, state: str, keep: Callable[[JobFile], bool], most: int | None = None
) -> list[SeenFile]:
    """The kept files of one state. Raises _LongError where there are more than `most`."""
    urls: list[str] = []
    count = 0

    def counted(file: JobFile) -> bool:
        nonlocal count
        count += 1
        if count <= _SAMPLE:
            urls.append(file.url)
        if most is not None and count > most:
            raise _LongError(urls)
        return keep(file)

    return [_file(file, state) for file in client.list_files(job_id, state, counted)]


def _under_way(client: JetClient, job_id: str) -> tuple[SeenTransfer, ...]:
    return tuple(_summed(each) for each in client.list_transfers(job_id))


def _tolerant(look: Callable[[], Sighting]) -> Sighting | None:
    try:
        return look()
    except RoleRefused:
        return None
    except (Unreachable, AuthenticationError):
        raise
    except ApiError:
        return None


def _file(file: JobFile, state: str) -> SeenFile:
    return SeenFile(file.url, file.transfer_id, file.state or state, file.size_in_bytes, file.file_type)


def _summed(transfer: Transfer) -> SeenTransfer:
    summary = transfer.objects_manifest.summary if transfer.objects_manifest else None
    if summary is None:
        return SeenTransfer(transfer.transfer_id)
    return SeenTransfer(transfer.transfer_id, summary.count, summary.bytes)
