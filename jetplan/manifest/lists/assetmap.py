"""Object lists as the ASSETMAP of a digital cinema or IMF package (SMPTE ST 429-9, and Interop before it).

The map names every file of the package but itself and the VOLINDEX. The packing lists that it names are held against it
where they lie beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.errors import Place
from jetplan.manifest.lists.rows import size_in, take_row
from jetplan.manifest.lists.unpack import Stop
from jetplan.manifest.lists.xmlreader import AGAIN, XmlReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings

_NAMESPACES = (
    "http://www.smpte-ra.org/schemas/429-9/2007/AM",
    "http://www.digicine.com/PROTO-ASDCP-AM-20040311#",
)
_ASSET = ("AssetMap", "AssetList", "Asset")
_CHUNK = (*_ASSET, "ChunkList", "Chunk")
_ASSET_FIELDS = ("Id", "PackingList")
_CHUNK_FIELDS = ("Path", "VolumeIndex", "Offset", "Length")


@dataclass(slots=True)
class AssetMap:
    """What a map says beside paths and sizes: the asset of each object, and which files are packing lists."""

    ids: dict[str, int] = field(default_factory=dict)
    """The id of an asset of one file -> its index in the columns."""
    packing_lists: list[str] = field(default_factory=list)
    """Paths as written, relative to the map."""


def read_assetmap(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> AssetMap:
    """Put every file of an asset map into columns."""
    reader = _Reader(columns, findings)
    reader.read(chunks)
    return reader.map


class _Reader(XmlReader):
    """Keeps one asset and one of its chunks at a time."""

    def __init__(self, columns: Columns, findings: Findings) -> None:
        super().__init__(findings, "an asset map")
        self.map = AssetMap()
        self._columns = columns
        self._asset_names: list[str] = []
        self._chunk_names: list[str] = []
        self._fields: dict[str, str] = {}
        """Qualified name -> local name."""
        self._asset: dict[str, str] = {}
        self._files: list[str] = []
        self._chunk: dict[str, str] = {}
        self._line = 0

    def started(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - nothing here has any
        """An asset, a chunk, a part of one of them, or what is passed over."""
        if len(self.open_names) == 1:
            self._check_kind(name)
        if self.open_names == self._asset_names:
            self._asset, self._files = {}, []
        elif self.open_names == self._chunk_names:
            self._chunk, self._line = {}, self.place().line
        elif (field := self._fields.get(name)) and self.open_names[:-1] == self._parent_of(field):
            self._begin(self._part_of(field), field)
        elif name in {self._asset_names[-1], self._chunk_names[-1]}:
            self.stop("the entry of a file stands where none belongs")

    def ended(self, text: str | None) -> None:
        """A part of an asset or a chunk, or all of it."""
        if text is not None:
            field = self._fields[self.open_names[-1]]
            self._part_of(field)[field] = text.strip()
        elif self.open_names == self._chunk_names:
            self._take()
        elif self.open_names == self._asset_names:
            self._take_asset()

    def _parent_of(self, field: str) -> list[str]:
        return self._asset_names if field in _ASSET_FIELDS else self._chunk_names

    def _part_of(self, field: str) -> dict[str, str]:
        return self._asset if field in _ASSET_FIELDS else self._chunk

    def _check_kind(self, name: str) -> None:
        namespace, _, local = name.rpartition(" ")
        if local == "PackingList":
            message = "this is a packing list (PKL), which names no paths"
            self.stop(message, "put the ASSETMAP of the package beside it, and name that")
        if local == "hashlist":
            self.stop("this is a media hash list", "name it .mhl")
        if local != "AssetMap" or namespace not in _NAMESPACES:
            self.stop("this is no asset map (SMPTE ST 429-9 or Interop)", "list the files in a CSV file instead")
        self._asset_names = [f"{namespace} {each}" for each in _ASSET]
        self._chunk_names = [f"{namespace} {each}" for each in _CHUNK]
        self._fields = {f"{namespace} {each}": each for each in (*_ASSET_FIELDS, *_CHUNK_FIELDS)}

    def _begin(self, part: dict[str, str], name: str) -> None:
        if name in part:
            self.stop(f"an entry has its `{name}` twice")
        part[name] = ""
        self.gather()

    def _take(self) -> None:
        self._columns.total += 1
        place, path = Place(self.findings.file, self._line), self._chunk.get("Path", "")
        size = size_in(self._chunk.get("Length", ""))
        if not path:
            self.findings.refuse(place, "missing-key", "an entry names no file", AGAIN)
        elif isinstance(size, str):
            self.findings.refuse(place, "wrong-type", f"the length of {quoted(path)} {size}", AGAIN)
        elif self._chunk.get("VolumeIndex", "1") != "1":
            message = f"{quoted(path)} lies on another volume of the package"
            self.findings.refuse(place, "list-line", message, "list what is on one storage in a CSV file instead")
        elif "%" in path:
            message = "the path holds `%`, which tools read in two ways here"
            self.findings.refuse(place, "list-line", message, "list the files in a CSV file instead")
        elif path.endswith("/"):
            self.findings.refuse(place, "list-line", "a folder is listed as a file", AGAIN)
        else:
            self._files.append(path)
            whole = self._chunk.get("Offset", "0") == "0"
            take_row(self._columns, self.findings, place, path, size if whole else None)
        if self.findings.is_full():
            raise Stop

    def _take_asset(self) -> None:
        if len(self._files) != 1 or not self._columns.paths:
            return
        self.map.ids[self._asset.get("Id", "").lower()] = len(self._columns.paths) - 1
        # Interop writes the element without a text.
        if self._asset.get("PackingList", "false").lower() in {"", "true", "1"}:
            self.map.packing_lists.append(self._files[0])
