"""XML read as a stream, as lists need it: no document type, no entities, no network, depth and sizes bounded.

What the elements mean is for the readers that build on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from jetplan.core.characters import quoted
from jetplan.errors import Place
from jetplan.manifest.lists.unpack import Stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jetplan.manifest.findings import Findings

_DEEPEST = 32
_LONGEST_TEXT = 1 << 14
_LONGEST_TOKEN = 4 << 20
AGAIN = "write the list again with the tool that made it"


class XmlReader:
    """Walks the elements as they come. `open_names` are those that are open; at most one text is gathered at a time."""

    def __init__(self, findings: Findings, kind: str) -> None:
        self.findings = findings
        self.open_names: list[str] = []
        self._kind = kind
        self._pieces: list[str] = []
        self._fed = 0
        self._parser = expat.ParserCreate("UTF-8", " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.XmlDeclHandler = self._declare
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def started(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; its name is the last of `open_names`."""
        raise NotImplementedError

    def ended(self, text: str | None) -> None:
        """The last of `open_names` ends. `text`: what was gathered, if that was begun in it."""
        raise NotImplementedError

    def read(self, chunks: Iterator[tuple[int, bytes]]) -> None:
        """Read all of it. Raises Stop where the text is not what it should be, or is cut off."""
        for _, data in chunks:
            self._parse(data, final=False)
            self._fed += len(data)
            # The parser searches a tag without an end from its beginning with every chunk.
            if self._fed - max(self._parser.CurrentByteIndex, 0) > _LONGEST_TOKEN:
                self.stop(f"a tag or comment is longer than {_LONGEST_TOKEN >> 20} MiB")
        if self._fed:
            self._parse(b"", final=True)

    def gather(self) -> None:
        """Gather the text of the element that begins. No element may stand in it."""
        self._pieces = []
        self._parser.CharacterDataHandler = self._take_text

    def stop(self, message: str, hint: str = AGAIN) -> NoReturn:
        """Refuse the list here and read no further."""
        self.findings.refuse(self.place(), "list-line", message, hint)
        raise Stop

    def place(self) -> Place:
        """Where the parser is."""
        return Place(self.findings.file, self._parser.CurrentLineNumber)

    def _parse(self, data: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            place = Place(self.findings.file, error.lineno, error.offset + 1)
            message = f"this is not well-formed XML: {expat.ErrorString(error.code)}"
            self.findings.refuse(place, "list-line", message, AGAIN)
            raise Stop from None

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.upper() not in {"UTF-8", "US-ASCII", "ASCII"}:
            self.stop(f"the XML declares the encoding {quoted(encoding, 40)}", "save the list as UTF-8")

    def _refuse_doctype(self, *_: object) -> None:
        self.stop("the XML has a document type", f"remove it: {self._kind} has none")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        gathering = self._parser.CharacterDataHandler is not None
        self.open_names.append(name)
        if len(self.open_names) > _DEEPEST:
            self.stop(f"elements lie more than {_DEEPEST} deep in each other")
        self.started(name, attributes)
        if gathering:
            self.stop("an element stands in the name or size of a file")

    def _take_text(self, text: str) -> None:
        self._pieces.append(text)
        if sum(map(len, self._pieces)) > _LONGEST_TEXT:
            self.stop("the name or size of a file is too long")

    def _end(self, _name: str) -> None:
        text = None
        if self._parser.CharacterDataHandler is not None:
            text = "".join(self._pieces)
            self._parser.CharacterDataHandler = None
        self.ended(text)
        self.open_names.pop()
