"""Stretches of canonical objects in a manifest's text: found by pattern, set aside, and read in bulk.

A stretch is whole lines whose every entry can be read in one way only. What surrounds it is read by the strict
reader, from a text of as many lines in which one quoted item stands for the stretch (`put_aside`); where that item
does not come back as an item of a set's objects, nothing of this counts and the whole text is read strictly.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.manifest.columns import packed_place

if TYPE_CHECKING:
    from jetplan.manifest.columns import Columns
    from jetplan.manifest.yaml.events import Scalar

STAND_IN = "stretch"
_DEEPEST = 60
# No colon and no hash: nothing in such a path can begin a value or a comment. It neither begins nor ends in a blank.
_FOLDER = rb'/[ -"$-9;-~\x80-\xff]*[!-"$-9;-~\x80-\xff]'
_FILE = rb'/[ -"$-9;-~\x80-\xff]*[!-"$-.0-9;-~\x80-\xff]'
_SIZE = rb"(?:0|[1-9][0-9]{0,14})"
_REVISION = rb"[1-9][0-9]{0,14}"
_NO_DEEPER = b"(?!%s)"
_START = re.compile(rb"^( *)- (?:/|relativePath: /)", re.MULTILINE)
_SHORT_ENTRY = re.compile(r"- (r?)(?:elativePath: )?(/[^\n]*)\n(?: *sizeInBytes: ([0-9]+)\n)?")
_ENTRY = re.compile(_SHORT_ENTRY.pattern + r"(?: *revision: ([0-9]+)\n)?")


@cache
def _stretch_at(indent: int) -> re.Pattern[bytes]:
    """Entries whose dashes stand at one indent. An entry that goes on in a deeper line is not one of them."""
    dash, key = b" " * indent + b"- ", b"\n" + b" " * (indent + 2)
    size = key + b"sizeInBytes: " + _SIZE
    revision = key + b"revision: " + _REVISION
    sized = b"relativePath: " + _FILE + size + b"(?:" + revision + b")?"
    unsized = b"relativePath: " + _FOLDER + b"(?:" + revision + b")?"
    entry = dash + b"(?:" + _FOLDER + b"|" + sized + b"|" + unsized + b")\n" + _NO_DEEPER % (b" " * (indent + 1))
    return re.compile(b"(?:" + entry + b")++")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines of canonical entries, the first of them at `line` (from 0), their dashes at the column `indent`."""

    line: int
    indent: int
    text: bytes

    def is_stood_for_by(self, event: Scalar) -> bool:
        """Whether a scalar event on this line is the item that stands for this stretch."""
        return event.value == STAND_IN and event.style == '"' and event.start_mark.column == self.indent + 2

    def take_into(self, columns: Columns) -> None:
        """Append the objects of the stretch to columns."""
        text = self.text.decode()
        before = len(columns.paths)
        dash = " " * self.indent + "- "
        if "\n" + " " * len(dash) not in text and "- relativePath: " not in text:
            columns.paths += text[len(dash) : -1].split("\n" + dash)
            count = len(columns.paths) - before
            columns.sizes.extend(array("q", (UNKNOWN_SIZE,)) * count)
            first = packed_place(self.line + 1, len(dash) + 1)
            columns.places.extend(range(first, first + packed_place(count), packed_place(1)))
        else:
            _take_mappings(self, text, columns)
        columns.total += len(columns.paths) - before


def put_aside(data: bytes) -> tuple[bytes, dict[int, Stretch]]:
    """The text with an item and blank lines in place of each stretch, and the stretches by their first line."""
    parts: list[bytes] = []
    stretches: dict[int, Stretch] = {}
    done = line = at = 0
    while start := _START.search(data, at):
        indent = len(start[1])
        found = _stretch_at(indent).match(data, start.start()) if indent <= _DEEPEST else None
        if found is None:
            at = start.end()
            continue
        before, text = data[done : found.start()], found.group()
        line += before.count(b"\n")
        stretches[line] = Stretch(line, indent, text)
        lines = text.count(b"\n")
        parts += (before, b'%s- "%s"' % (start[1], STAND_IN.encode()), b"\n" * lines)
        line += lines
        done = at = found.end()
    if not stretches:
        return data, stretches
    parts.append(data[done:])
    return b"".join(parts), stretches


def _take_mappings(stretch: Stretch, text: str, columns: Columns) -> None:
    with_revisions = "\n" + " " * stretch.indent + "  revision: " in text
    entries = (_ENTRY if with_revisions else _SHORT_ENTRY).findall(text)
    before = len(columns.paths)
    columns.paths += [entry[1] for entry in entries]
    columns.sizes.extend([int(entry[2]) if entry[2] else UNKNOWN_SIZE for entry in entries])
    short, long, longest = packed_place(1), packed_place(2), packed_place(3)
    if with_revisions:
        columns.revisions.update((at, int(entry[3])) for at, entry in enumerate(entries, before) if entry[3])
        steps = [(longest if entry[2] else long) if entry[3] else long if entry[2] else short for entry in entries]
    else:
        steps = [long if entry[2] else short for entry in entries]
    lines = accumulate(steps, initial=packed_place(stretch.line + 1))
    plain = stretch.indent + 3
    keyed = plain + len("relativePath: ")
    columns.places.extend([line + (keyed if entry[0] else plain) for line, entry in zip(lines, entries, strict=False)])
