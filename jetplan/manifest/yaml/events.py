"""The C parser's event stream: the one way YAML is read here.

What libyaml refuses is told by `complaints`; `tree` refuses what YAML allows and manifests do not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol

from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
