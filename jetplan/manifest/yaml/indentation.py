"""Where each line of a manifest should begin: two spaces a level, lists two below their key, one space after a dash.

Lines keep their order and text. Only blanks before and between the first tokens of a line change.
"""

from __future__ import annotations

from typing import Any

from jetplan.manifest.yaml import events
from jetplan.manifest.yaml.events import MappingEnd, MappingStart, ScalarEvent, SequenceEnd, SequenceStart

STEP = 2


def indented(text: str) -> str:
    """The text of a well-formed document with its lines moved to where they should begin."""
    anchors = _Anchors(text.encode()).found
    lines = text.split("\n")
    moved: list[str] = []
    shift = 0
    for number, line in enumerate(lines):
        here = anchors.get(number)
        if here:
            moved.append(_placed(line, here))
            shift = here[-1][1] - here[-1][0]
        elif not line.strip():
            moved.append("")
        elif line.lstrip().startswith("#"):
            moved.append(" " * _column_of_comment(number, line, lines, anchors) + line.strip())
        else:  # a value or a flow collection goes on
            blanks = len(line) - len(line.lstrip())
            moved.append(" " * max(blanks + shift, 0) + line.strip())
    return "\n".join(moved)


def _placed(line: str, anchors: list[tuple[int, int]]) -> str:
    """A line with its tokens moved from old to new columns; what follows the last goes with it."""
    placed = ""
    for at, (old, new) in enumerate(anchors):
        end = anchors[at + 1][0] if at + 1 < len(anchors) else len(line)
        placed = placed.rstrip().ljust(new) + line[old:end]
    return placed.rstrip()


def _column_of_comment(number: int, line: str, lines: list[str], anchors: dict[int, list[tuple[int, int]]]) -> int:
    """A comment goes with the line below it, unless it stood with the one above."""
    own = len(line) - len(line.lstrip())
    above = next((anchors[at][0] for at in range(number - 1, -1, -1) if at in anchors), (0, 0))
    below = next((anchors[at][0] for at in range(number + 1, len(lines)) if at in anchors), (0, 0))
    return above[1] if own == above[0] and own != below[0] else below[1]


class _Anchors:
    """Finds the tokens that decide indentation: by line, their old and new columns."""

    def __init__(self, data: bytes) -> None:
        self.found: dict[int, list[tuple[int, int]]] = {}
        self._next = events.event_source(data)
        self._dashes = events.block_entries(data)
        self._next()
        if type(start := self._next()) is events.DocumentStart:
            if start.explicit:
                self._add(start.start_mark, 0)
            self._node(self._next(), 0)

    def _add(self, mark: events.Mark, new: int) -> None:
        self.found.setdefault(mark.line, []).append((mark.column, new))

    def _node(self, event: Any, column: int) -> None:
        """Visit a node whose content should begin at a column if it begins a line or follows a dash."""
        kind = type(event)
        if kind is MappingStart and not event.flow_style:
            self._mapping(column)
        elif kind is SequenceStart and not event.flow_style:
            self._sequence(column)
        else:
            self._add(event.start_mark, column)
            if kind is MappingStart or kind is SequenceStart:
                self._skip()

    def _mapping(self, column: int) -> None:
        while type(key := self._next()) is not MappingEnd:
            self._add(key.start_mark, column)
            if type(key) is not ScalarEvent:
                self._skip()
            value = self._next()
            block = type(value) in {MappingStart, SequenceStart} and not value.flow_style
            if block or value.start_mark.line > key.end_mark.line:
                self._node(value, column + STEP)
            elif type(value) is not ScalarEvent:
                self._skip()

    def _sequence(self, column: int) -> None:
        while type(item := self._next()) is not SequenceEnd:
            self._add(next(self._dashes), column)
            self._node(item, column + STEP)

    def _skip(self) -> None:
        depth = 1
        while depth:
            kind = type(self._next())
            depth += (kind is MappingStart or kind is SequenceStart) - (kind is MappingEnd or kind is SequenceEnd)
