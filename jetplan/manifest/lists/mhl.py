"""Object lists as media hash lists: ASC MHL 2.0, and the classic MHL 1.x of offload tools.

The files are the objects. Folders that only have a hash of their own are left out, since their files are listed.
Entities and document types are refused, so that nothing is expanded and nothing is fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from jetplan.core.characters import quoted
from jetplan.errors import Place
from jetplan.manifest.keys import LARGEST
from jetplan.manifest.lists.rows import take_row
from jetplan.manifest.lists.unpack import Stop
from jetplan.manifest.yaml.scalars import INTEGER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings

_ASC = "urn:ASC:MHL:v2.0 "
_ASC_HASH = tuple(f"{_ASC}{name}" for name in ("hashlist", "hashes", "hash"))
_CLASSIC_HASH = ("hashlist", "hash")
_DEEPEST = 32
_LONGEST_TEXT = 1 << 14
_LONGEST_TOKEN = 4 << 20
_AGAIN = "write the list again with the tool that made it"


def read_mhl(chunks: Iterator[tuple[int, bytes]], columns: Columns, findings: Findings) -> None:
    """Put every file of a media hash list into columns."""
    reader = _Reader(columns, findings)
    for _, data in chunks:
        reader.feed(data)
    reader.finish()


class _Reader:
    """Walks the elements as they come; keeps the names of those that are open, and one file at a time."""

    def __init__(self, columns: Columns, findings: Findings) -> None:
        self._columns = columns
        self._findings = findings
        self._open: list[str] = []
        self._hash: tuple[str, ...] = ()
        self._texts: dict[str, str] = {}
        self._pieces: list[str] = []
        self._line = 0
        self._fed = 0
        self._parser = expat.ParserCreate("UTF-8", " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.XmlDeclHandler = self._declare
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def feed(self, data: bytes) -> None:
        """Read on. Raises Stop where the text is no media hash list."""
        self._parse(data, final=False)
        self._fed += len(data)
        # The parser searches a tag without an end from its beginning with every chunk.
        if self._fed - max(self._parser.CurrentByteIndex, 0) > _LONGEST_TOKEN:
            self._stop(f"a tag or comment is longer than {_LONGEST_TOKEN >> 20} MiB")

    def finish(self) -> None:
        """Refuse what was cut off. Raises Stop."""
        if self._fed:
            self._parse(b"", final=True)

    def _parse(self, data: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            place = Place(self._findings.file, error.lineno, error.offset + 1)
            message = f"this is not well-formed XML: {expat.ErrorString(error.code)}"
            self._findings.refuse(place, "list-line", message, _AGAIN)
            raise Stop from None

    def _stop(self, message: str, hint: str = _AGAIN) -> NoReturn:
        self._findings.refuse(self._place(), "list-line", message, hint)
        raise Stop

    def _place(self) -> Place:
        return Place(self._findings.file, self._parser.CurrentLineNumber)

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.upper() not in {"UTF-8", "US-ASCII", "ASCII"}:
            self._stop(f"the XML declares the encoding {quoted(encoding, 40)}", "save the list as UTF-8")

    def _refuse_doctype(self, *_: object) -> None:
        self._stop("the XML has a document type", "remove it: a media hash list has none")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._open:
            self._hash = self._kind_of(name, attributes)
        in_entry = len(self._open) == len(self._hash) and tuple(self._open) == self._hash
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            self._stop(f"elements lie more than {_DEEPEST} deep in each other")
        if in_entry:
            self._start_field(name, attributes)
        elif len(self._open) == len(self._hash) and tuple(self._open) == self._hash:
            self._texts, self._line = {}, self._parser.CurrentLineNumber
        elif name.rpartition(" ")[2] == "hash":
            self._stop("the entry of a file stands where none belongs")
        elif self._parser.CharacterDataHandler is not None:
            self._stop("an element stands in the name or size of a file")

    def _kind_of(self, name: str, attributes: Mapping[str, str]) -> tuple[str, ...]:
        if name == _ASC_HASH[0]:
            return _ASC_HASH
        if name != "hashlist" or attributes.get("version", "1").split(".")[0] != "1":
            self._stop("this is no media hash list (MHL 1.x or ASC MHL 2.0)", "list the files in a CSV file instead")
        return _CLASSIC_HASH

    def _start_field(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == self._hash[-1]:
            self._stop("the entry of a file stands inside another")
        field = name.removeprefix(_ASC) if self._hash is _ASC_HASH else name
        if field == ("path" if self._hash is _ASC_HASH else "file"):
            self._begin_text("file")
            if self._hash is _ASC_HASH and "size" in attributes:
                self._texts["size"] = attributes["size"]
        elif field == "size" and self._hash is _CLASSIC_HASH:
            self._begin_text("size")
        elif attributes.get("action") == "failed":
            message = "the list says of this file that its check failed"
            self._findings.warn(self._place(), "list-hash-failed", message, "copy the file again before it is sent")

    def _begin_text(self, field: str) -> None:
        if field in self._texts:
            self._stop(f"an entry has its {'name' if field == 'file' else 'size'} twice")
        self._texts[field] = ""
        self._pieces = []
        self._parser.CharacterDataHandler = self._take_text

    def _take_text(self, text: str) -> None:
        self._pieces.append(text)
        if sum(map(len, self._pieces)) > _LONGEST_TEXT:
            self._stop("the name or size of a file is too long")

    def _end(self, _name: str) -> None:
        if self._parser.CharacterDataHandler is not None:
            # The field begun last is the one that is open.
            field = "file" if self._open[-1] in {"file", f"{_ASC}path"} else "size"
            self._texts[field] = "".join(self._pieces)
            self._parser.CharacterDataHandler = None
        elif len(self._open) == len(self._hash) and tuple(self._open) == self._hash:
            self._take()
        self._open.pop()

    def _take(self) -> None:
        self._columns.total += 1
        place, size = Place(self._findings.file, self._line), self._texts.get("size", "")
        if "file" not in self._texts:
            self._findings.refuse(place, "missing-key", "an entry names no file", _AGAIN)
        elif size and (not INTEGER.fullmatch(size) or len(size) > len(str(LARGEST)) or not 0 <= int(size) <= LARGEST):
            message = f"the size of {quoted(self._texts['file'])} must be a whole number from 0 to {LARGEST}"
            self._findings.refuse(place, "wrong-type", message, _AGAIN)
        elif self._texts["file"].endswith("/"):
            self._findings.refuse(place, "list-line", "a folder is listed as a file", _AGAIN)
        else:
            path = self._texts["file"].removeprefix("./")
            take_row(self._columns, self._findings, place, path, int(size) if size else None)
        if self._findings.is_full():
            raise Stop
