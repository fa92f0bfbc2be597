"""Packing lists (PKL, SMPTE ST 429-8 and 2067-2) held against the asset map beside them: sizes, and what is missing."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.errors import Place
from jetplan.manifest.endings import LIST_ENDINGS
from jetplan.manifest.files import open_regular
from jetplan.manifest.findings import Findings
from jetplan.manifest.lists.rows import size_in
from jetplan.manifest.lists.unpack import Stop, chunks_of_lines
from jetplan.manifest.lists.xmlreader import AGAIN, XmlReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.limits import ReadingLimits
    from jetplan.manifest.lists.assetmap import AssetMap

_ASSET = ["PackingList", "AssetList", "Asset"]


def hold_against(found: AssetMap, columns: Columns, findings: Findings, limits: ReadingLimits) -> None:
    """Take sizes that only the packing lists know, and record where they and the map disagree.

    A packing list that does not lie beside the map is passed over: often only the map is kept in git.
    """
    folder = os.path.dirname(findings.file)
    for name in found.packing_lists:
        path = os.path.join(folder, name)
        # A name without a list's ending is not watched by the cache.
        if "/" in name or not name.lower().endswith(LIST_ENDINGS) or not os.path.lexists(path):
            continue
        own = Findings(path, limits.problems)
        descriptor = open_regular(path, own)
        if descriptor is not None:
            with open(descriptor, "rb", buffering=0) as raw, suppress(Stop):
                _Reader(own, found, columns).read(chunks_of_lines(raw, own, limits))
        findings.problems += own.sorted_problems()
        findings.warnings += own.warnings


class _Reader(XmlReader):
    """Keeps one asset at a time. The namespace is not checked: each edition has its own."""

    def __init__(self, findings: Findings, found: AssetMap, columns: Columns) -> None:
        super().__init__(findings, "a packing list")
        self._ids = found.ids
        self._columns = columns
        self._asset: dict[str, str] = {}
        self._line = 0

    def started(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - nothing here has any
        """An asset or a part of one."""
        names = self._local_names()
        if len(names) == 1 and names != _ASSET[:1]:
            self.stop("the asset map says that this is a packing list, and it is none")
        if names == _ASSET:
            self._asset, self._line = {}, self.place().line
        elif names[:-1] == _ASSET and names[-1] in {"Id", "Size"}:
            if names[-1] in self._asset:
                self.stop(f"an entry has its `{names[-1]}` twice")
            self._asset[names[-1]] = ""
            self.gather()

    def ended(self, text: str | None) -> None:
        """A part of an asset, or all of it."""
        names = self._local_names()
        if text is not None:
            self._asset[names[-1]] = text.strip()
        elif names == _ASSET:
            self._take(Place(self.findings.file, self._line))

    def _local_names(self) -> list[str]:
        return [name.rpartition(" ")[2] for name in self.open_names]

    def _take(self, place: Place) -> None:
        size, name = size_in(self._asset.get("Size", "")), self._asset.get("Id", "").lower()
        at = self._ids.get(name)
        if at is None:
            message = f"the asset {quoted(name)} is in no file of the asset map"
            self.findings.warn(place, "list-package", message, "the package is incomplete, or its map is")
        elif isinstance(size, str):
            self.findings.refuse(place, "wrong-type", f"the size of {quoted(name)} {size}", AGAIN)
        elif size is not None:
            path, other = self._columns.paths[at], self._columns.sizes[at]
            if other == UNKNOWN_SIZE:
                self._columns.sizes[at] = size
            elif other != size:
                message = f"{quoted(path)} has {size:,} bytes here, and {other:,} in the asset map"
                hint = "the package was changed after one of them was made: make both again"
                self.findings.refuse(place, "list-package", message, hint)
        if self.findings.is_full():
            raise Stop
