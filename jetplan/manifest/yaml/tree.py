"""A document as a small tree with places, built from events that are refused before anything comes of them.

Anchors, aliases, tags, merge keys, directives, second documents, keys that are no strings, duplicate keys and
depth are refused here. What the keys mean is not known here; scalars keep their text and are judged later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from jetplan.core.characters import quoted
from jetplan.manifest.yaml import events
from jetplan.manifest.yaml.complaints import report
from jetplan.manifest.yaml.events import (
    Event,
    MappingEnd,
    MappingStart,
    Scalar,
    ScalarEvent,
    SequenceEnd,
    SequenceStart,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as KeysToValues

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings
    from jetplan.manifest.limits import ReadingLimits

LITERAL = "a manifest says literally what is sent, because people review it"


_QUOTE_OR_REMOVE = "quote the whole value if this is a part of it, else remove it"
TOUCHING = re.compile(r"[ \t]+(#+[^\s#])")
"""A comment whose `#` touches what follows it: behind an unquoted value it may be meant as a part of that."""
_TOUCHING_BYTES = re.compile(rb"[ \t]#+[^\s#]")
_NO_TEXT = re.compile(r"true|false|[0-9]*")
"""Kinds of scalars that a comment cannot cut off unnoticed."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in file order; each key once."""

    at: Event
    entries: dict[str, tuple[Scalar, Node]]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in file order."""

    at: Event
    items: list[Node]


@dataclass(frozen=True, slots=True)
class Refused:
    """In place of something that was refused, so that it is not reported twice."""

    at: Event


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a bulk reader made of a sequence that is too long for a tree."""

    at: Event
    content: Any


Node: TypeAlias = "Scalar | Mapping | Sequence | Refused | Bulk"
Aside: TypeAlias = "KeysToValues[int, PutAside]"
BulkReader: TypeAlias = "Callable[[Builder, Event], Any]"


class PutAside(Protocol):
    """Items of a list that were taken out of the text; one scalar stands where they stood."""

    def is_stood_for_by(self, event: Scalar, /) -> bool:
        """Whether this scalar is the one that stands for them."""

    def take_into(self, columns: Columns, /) -> None:
        """Append what the items say to columns."""


class TooDeep(Exception):
    """Nesting beyond the limit: reading the file stops here."""


class Misplaced(Exception):
    """Something was put aside that is no item of a list read in bulk."""


def _lines_with_touching_comments(data: bytes) -> dict[int, str]:
    """The lines, counted from 0, in which a `#` behind a blank touches what follows it."""
    found: dict[int, str] = {}
    line = at = 0
    while touching := _TOUCHING_BYTES.search(data, at):
        line += data.count(b"\n", at, touching.start())
        start = data.rfind(b"\n", 0, touching.start()) + 1
        end = data.find(b"\n", start)
        at = len(data) if end < 0 else end
        found[line] = data[start:at].decode()
    return found


class Builder:
    """Builds one document. `bulk` maps a key path, with `*` for any key, to the reader of the sequence there.

    `aside` holds what items of such a sequence stand for, by line; readers take from it what they come across.
    """

    def __init__(
        self,
        data: bytes,
        findings: Findings,
        limits: ReadingLimits,
        bulk: dict[tuple[str, ...], BulkReader] | None = None,
        aside: Aside | None = None,
    ) -> None:
        self.next = events.event_source(data)
        self.findings = findings
        self.depth_limit = limits.depth
        self.bulk = bulk or {}
        self.aside: dict[int, PutAside] = dict(aside or {})
        self._cut = _lines_with_touching_comments(data)
        # Without any of these, no event needs to be looked at for what it may carry.
        self.careful = b"&" in data or b"*" in data or b"!" in data or bool(self._cut)

    def document(self) -> Node | None:
        """The only document's root, or None for a file without any content. Raises the parser's own error."""
        self.next()
        event = self.next()
        if type(event) is events.StreamEnd:
            return None
        if event.version is not None or event.tags:
            self.findings.refuse(event, "yaml-directive", "a `%` directive is used", "remove the line")
            return Refused(event)
        root = self.node(self.next(), ())
        self.next()
        if type(extra := self.next()) is not events.StreamEnd:
            self.findings.refuse(
                extra, "yaml-documents", "a second document begins here", "put it into a file of its own"
            )
        return root

    def node(self, event: Any, path: tuple[str, ...]) -> Node:
        """The node that begins with this event."""
        kind = type(event)
        if self.careful and self.is_refused(event):
            if kind is MappingStart or kind is SequenceStart:
                self.skip()
            return Refused(event)
        if kind is ScalarEvent:
            if self._cut:
                self._tell_cut(event, self.findings.warn)
            return event  # type: ignore[no-any-return]
        if len(path) >= self.depth_limit:
            self.findings.refuse(event, "yaml-depth", f"nested more than {self.depth_limit} levels deep")
            raise TooDeep
        if kind is MappingStart:
            return Mapping(event, self._entries(path))
        if reader := self._bulk_reader(path):
            return Bulk(event, reader(self, event))
        items = []
        while type(event_ := self.next()) is not SequenceEnd:
            items.append(self.node(event_, (*path, "")))
        return Sequence(event, items)

    def put_aside_at(self, scalar: Scalar) -> PutAside | None:
        """What was put aside where this item stands, if it is the item that was put there; taken once."""
        line = scalar.start_mark.line
        found = self.aside.get(line)
        if found is None or not found.is_stood_for_by(scalar):
            return None
        return self.aside.pop(line)

    def is_refused(self, event: Any) -> bool:
        """Record and tell whether an event is an alias, or carries an anchor or a tag."""
        if type(event) is events.AliasEvent:
            name = quoted("*" + event.anchor)
            self.findings.refuse(
                event,
                "yaml-alias",
                f"the alias {name} is used",
                f"quote it if it is text; else write the value out: {LITERAL}",
            )
            return True
        if event.anchor is not None:
            name = quoted("&" + event.anchor)
            self.findings.refuse(event, "yaml-anchor", f"the anchor {name} is set", _QUOTE_OR_REMOVE)
            return True
        if event.tag is not None:
            self.findings.refuse(event, "yaml-tag", f"the tag {quoted(event.tag)} is used", _QUOTE_OR_REMOVE)
            return True
        return False

    def is_cut_off(self, path: Scalar) -> bool:
        """Record and tell whether a comment that touches what follows it may have cut off the end of a path.

        Behind more than one blank it is more likely a comment: that is only warned of.
        """
        return self._tell_cut(path, self.findings.refuse)

    def _tell_cut(self, scalar: Any, tell: Callable[[Scalar, str, str, str], None]) -> bool:
        line = self._cut.get(scalar.end_mark.line)
        comment = TOUCHING.match(line, scalar.end_mark.column) if line is not None and not scalar.style else None
        if comment is None or _NO_TEXT.fullmatch(scalar.value):
            return False
        del self._cut[scalar.end_mark.line]
        shown = quoted(comment[1] + "…")
        message = f"{quoted(scalar.value, 40)} ends here, because {shown} begins a comment"
        is_near = comment.start(1) == comment.start() + 1
        if not is_near:
            tell = self.findings.warn
        tell(scalar, "yaml-comment", message, "quote the value if this belongs to it, or put a blank behind the `#`")
        return is_near

    def skip(self) -> None:
        """Read past the end of the collection just begun."""
        depth = 1
        while depth:
            kind = type(self.next())
            if kind is MappingStart or kind is SequenceStart:
                depth += 1
            elif kind is MappingEnd or kind is SequenceEnd:
                depth -= 1

    def _entries(self, path: tuple[str, ...]) -> dict[str, tuple[Scalar, Node]]:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while type(key := self.next()) is not MappingEnd:
            if type(key) is not ScalarEvent or (self.careful and self.is_refused(key)):
                self.refuse_key(key, path)
                continue
            value = self.node(self.next(), (*path, key.value))
            if key.value == "<<" and not key.style:
                self.findings.refuse(key, "yaml-merge", "a merge key `<<` is used", f"write it out: {LITERAL}")
            elif key.value in entries:
                first = self.findings.place(entries[key.value][0])
                self.findings.refuse(
                    key,
                    "duplicate-key",
                    f"the key {quoted(key.value)} stands here a second time; the first is at {first}",
                    "remove one of the two",
                )
            else:
                entries[key.value] = (key, value)
        return entries

    def refuse_key(self, key: Any, path: tuple[str, ...]) -> None:
        """Record that a key is no string, and read past it and its value."""
        kind = type(key)
        if kind is MappingStart or kind is SequenceStart:
            if not (self.careful and self.is_refused(key)):
                self.findings.refuse(key, "yaml-complex-key", "a key is a list or a mapping", "keys are strings")
            self.skip()
        elif kind is events.AliasEvent:
            self.is_refused(key)
        self.node(self.next(), (*path, ""))

    def _bulk_reader(self, path: tuple[str, ...]) -> BulkReader | None:
        for pattern, reader in self.bulk.items():
            if len(pattern) == len(path) and all(p in {"*", k} for p, k in zip(pattern, path, strict=True)):
                return reader
        return None


def build_tree(
    data: bytes,
    findings: Findings,
    limits: ReadingLimits,
    bulk: dict[tuple[str, ...], BulkReader] | None = None,
    aside: Aside | None = None,
) -> Node | None:
    """The tree of one document of checked UTF-8 bytes; None if it is empty or unreadable (see the findings).

    With `aside`, Misplaced is raised in place of a complaint of the parser, and where not all of it was taken: then
    the tree might not be that of the text it was put out of.
    """
    builder = Builder(data, findings, limits, bulk, aside)
    try:
        if b"?" in data and (key := events.first_explicit_key(data)):
            findings.refuse(key, "yaml-complex-key", "a key is written with `? `", "write `key: value`")
        root = builder.document()
    except TooDeep:
        root = None
    except events.YAMLError as error:
        if aside:
            raise Misplaced from error
        report(error, findings)
        return None
    if builder.aside:
        raise Misplaced
    return root
