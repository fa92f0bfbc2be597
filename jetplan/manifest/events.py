"""The C parser's event stream: the one way YAML is read here, and its complaints in plain words.

Only what libyaml itself refuses is judged here; `manifest.tree` refuses what YAML allows and manifests do not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol

from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jetplan.manifest.findings import Findings


class Mark(Protocol):
    """A position: line and column count from 0, in characters."""

    line: int
    column: int
    index: int


class Event(Protocol):
    """What any event carries."""

    start_mark: Mark
    end_mark: Mark


class Scalar(Event, Protocol):
    """A scalar as written: its text, and its style (empty when plain)."""

    value: str
    style: str
    anchor: str | None
    tag: str | None


def _load() -> Any:
    try:
        return importlib.import_module("_ruamel_yaml")
    except ImportError as missing:
        raise JetplanError(
            "the C parser of ruamel.yaml is not installed, and jetplan reads YAML with nothing else",
            hint="pip install ruamel.yaml.clib",
        ) from missing


_clib = _load()
ScalarEvent: Any = _clib.ScalarEvent
AliasEvent: Any = _clib.AliasEvent
MappingStart: Any = _clib.MappingStartEvent
MappingEnd: Any = _clib.MappingEndEvent
SequenceStart: Any = _clib.SequenceStartEvent
SequenceEnd: Any = _clib.SequenceEndEvent
DocumentStart: Any = _clib.DocumentStartEvent
StreamEnd: Any = _clib.StreamEndEvent
YAMLError: Any = _clib.YAMLError


def event_source(data: bytes) -> Callable[[], Any]:
    """The function that gives the next event of checked UTF-8 bytes, None after the last."""
    return _clib.CParser(data).get_event  # type: ignore[no-any-return]  # the C module has no types


def first_explicit_key(data: bytes) -> Event | None:
    """The first `? ` key, which events do not tell from a plain one; None if the tokens end before any."""
    parser = _clib.CParser(data)
    while (token := parser.get_token()) is not None:
        if type(token) is _clib.KeyToken and token.end_mark.index > token.start_mark.index:
            return token  # type: ignore[no-any-return]
    return None


def block_entries(data: bytes) -> Iterator[Mark]:
    """The places of the dashes that begin items, in order: events only tell where the items themselves begin."""
    parser = _clib.CParser(data)
    while (token := parser.get_token()) is not None:
        if type(token) is _clib.BlockEntryToken:
            yield token.start_mark


_WORDS = {
    "found character that cannot start any token": (
        "this character cannot start a value",
        "indent with spaces, never tabs; quote values that start with a special character",
    ),
    "mapping values are not allowed in this context": (
        "a `:` stands where no key can be",
        "check the indentation of this line and the one above, or quote the value",
    ),
    "found unexpected end of stream": ("a quoted value is never closed", "close the quote"),
    "could not find expected ':'": ("a key is not followed by `:`", "write `key: value`"),
    "did not find expected key": ("a key was expected here", "check the indentation"),
    "did not find expected '-' indicator": ("a `- ` was expected here", "check the indentation"),
    "did not find expected ',' or ']'": ("a `[` is not closed", "separate by `,` and close with `]`"),
    "did not find expected ',' or '}'": ("a `{` is not closed", "separate by `,` and close with `}`"),
    "did not find expected node content": ("a value was expected here", "close every `[` and `{`"),
    "block sequence entries are not allowed in this context": (
        "a `- ` stands where no list can be",
        "begin the list on a line of its own, below its key",
    ),
    "found invalid Unicode character escape code": (
        "an escape in double quotes is no Unicode character",
        "write the character itself",
    ),
    "found unknown escape character": (
        "an unknown escape in double quotes",
        "use single quotes, in which `\\` is only a backslash",
    ),
    "found undefined tag handle": ("a tag is used", "remove the tag: manifests say literally what is sent"),
    "found unknown directive name": ("a `%` directive is used", "remove the line"),
    "found undefined anchor": ("an alias is used", "write the value out"),
    "did not find expected <document start>": ("more follows after the end of the document", ""),
}


def report(error: Any, findings: Findings) -> None:
    """Record what libyaml refused, at its place, in plain words."""
    problem = getattr(error, "problem", None) or "not well-formed"
    message, hint = _WORDS.get(problem, (f"this is not YAML: {problem}", "see yaml.org, or quote the value"))
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        from jetplan.errors import Place

        findings.refuse(Place(findings.file), "yaml", message, hint)
        return
    context = getattr(error, "context_mark", None)
    if context is not None and context.line != mark.line:
        message += f" (it begins at line {context.line + 1})"
    findings.refuse(_at(mark), "yaml", message, hint)


class _At:
    __slots__ = ("end_mark", "start_mark")

    def __init__(self, mark: Mark) -> None:
        self.start_mark = self.end_mark = mark


def _at(mark: Mark) -> Event:
    return _At(mark)
