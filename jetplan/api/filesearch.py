"""Asks Jet's file search whether a job shows some paths: as many requests as paths, however much the job has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.pathsearch import examples, queries
from jetplan.errors import ApiError, AuthenticationError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from jetplan.api.client import JetClient
    from jetplan.core.pathsearch import PathKind, PathQuery

STATES = ("TRANSFERRED", "ERROR")
MOST_FOUND = 1_000
"""Files that one search may find. Where there are more, what is not among them may still be there."""
_EXAMPLES = 3
"""Searches for what is known to be there, of each kind of path."""


class FileSearch:
    """Searches of one job. `moved`: paths of files that it is known to have moved, to try the search on."""

    def __init__(self, client: JetClient, job_id: str, source_root: str, moved: Sequence[str]) -> None:
        self._client = client
        self._job_id = job_id
        self._root = source_root
        self._moved = moved
        self._believed: dict[PathKind, bool] = {}

    def shows_none_of(self, paths: Collection[str]) -> bool:
        """Whether none of some declared objects is shown, nor anything below them. False where it is not certain.

        Raises AuthenticationError; whatever else fails leaves it uncertain.
        """
        asked = queries(paths)
        if asked is None:
            return False
        try:
            return all(self._believes(query.kind) and self._shows(query) is False for query in asked)
        except AuthenticationError:
            raise
        except ApiError:
            return False

    def _believes(self, kind: PathKind) -> bool:
        """Whether the search finds what is known to be there, so that finding nothing means something."""
        if kind not in self._believed:
            known = list(examples(kind, self._moved))[:_EXAMPLES]
            self._believed[kind] = any(self._shows(example) for example in known)
        return self._believed[kind]

    def _shows(self, query: PathQuery) -> bool | None:
        """Whether files of this path are found; None where more were found than were told."""
        certain = True
        for state in STATES:
            for text in query.texts:
                found = self._client.search_files(self._job_id, text, state, MOST_FOUND)
                if query.is_shown_by((each.url for each in found.items), self._root):
                    return True
                total = found.total_result_count
                certain &= len(found.items) < MOST_FOUND and (total is None or total <= len(found.items))
        return False if certain else None
