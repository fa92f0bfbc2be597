"""Object lists as media hash lists: ASC MHL 2.0, and the classic MHL 1.x of offload tools.

The files are the objects. Folders that only have a hash of their own are left out, since their files are listed.
"""

from __future__ import annotations

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

_ASC = "urn:ASC:MHL:v2.0 "
_ASC_HASH = [f"{_ASC}{name}" for name in ("hashlist", "hashes", "hash")]
_CLASSIC_HASH = ["hashlist", "hash"]


def read_mhl(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every file of a media hash list into columns."""
    _Reader(columns, findings).read(chunks)


class _Reader(XmlReader):
    """Keeps one file at a time."""

    def __init__(self, columns: Columns, findings: Findings) -> None:
        super().__init__(findings, "a media hash list")
        self._columns = columns
        self._hash: list[str] = []
        self._texts: dict[str, str] = {}
        self._line = 0

    def started(self, name: str, attributes: Mapping[str, str]) -> None:
        """An entry, a part of one, or what is passed over."""
        if len(self.open_names) == 1:
            self._hash = self._kind_of(name, attributes)
        if self.open_names[:-1] == self._hash:
            self._start_field(name, attributes)
        elif self.open_names == self._hash:
            self._texts, self._line = {}, self.place().line
        elif name.rpartition(" ")[2] == "hash":
            self.stop("the entry of a file stands where none belongs")

    def _kind_of(self, name: str, attributes: Mapping[str, str]) -> list[str]:
        if name == _ASC_HASH[0]:
            return _ASC_HASH
        if name != "hashlist" or attributes.get("version", "1").split(".")[0] != "1":
            self.stop("this is no media hash list (MHL 1.x or ASC MHL 2.0)", "list the files in a CSV file instead")
        return _CLASSIC_HASH

    def _start_field(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == self._hash[-1]:
            self.stop("the entry of a file stands inside another")
        field = name.removeprefix(_ASC) if self._hash is _ASC_HASH else name
        if field == ("path" if self._hash is _ASC_HASH else "file"):
            self._begin_text("file")
            if self._hash is _ASC_HASH and "size" in attributes:
                self._texts["size"] = attributes["size"]
        elif field == "size" and self._hash is _CLASSIC_HASH:
            self._begin_text("size")
        elif attributes.get("action") == "failed":
            message = "the list says of this file that its check failed"
            self.findings.warn(self.place(), "list-hash-failed", message, "copy the file again before it is sent")

    def _begin_text(self, field: str) -> None:
        if field in self._texts:
            self.stop(f"an entry has its {'name' if field == 'file' else 'size'} twice")
        self._texts[field] = ""
        self.gather()

    def ended(self, text: str | None) -> None:
        """The name or size of a file, or its whole entry."""
        if text is not None:
            # The field begun last is the one that is open.
            field = "file" if self.open_names[-1] in {"file", f"{_ASC}path"} else "size"
            self._texts[field] = text
        elif self.open_names == self._hash:
            self._take()

    def _take(self) -> None:
        self._columns.total += 1
        place, name = Place(self.findings.file, self._line), self._texts.get("file", "")
        size = size_in(self._texts.get("size", ""))
        if "file" not in self._texts:
            self.findings.refuse(place, "missing-key", "an entry names no file", AGAIN)
        elif isinstance(size, str):
            self.findings.refuse(place, "wrong-type", f"the size of {quoted(name)} {size}", AGAIN)
        elif name.endswith("/"):
            self.findings.refuse(place, "list-line", "a folder is listed as a file", AGAIN)
        else:
            take_row(self._columns, self.findings, place, name.removeprefix("./"), size)
        if self.findings.is_full():
            raise Stop
