"""The `objects:` list of a delivery set, read straight from events into columns: no tree, no model a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jetplan.core.characters import quoted
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.core.paths import canonical
from jetplan.manifest.columns import Columns, packed_place
from jetplan.manifest.findings import nearest
from jetplan.manifest.keys import LEAST, OBJECT_KEYS
from jetplan.manifest.yaml.events import MappingEnd, MappingStart, ScalarEvent, SequenceEnd
from jetplan.manifest.yaml.scalars import (
    INTEGER,
    is_null,
    is_of_several_lines,
    kind_of_node,
    node_event,
    read_boolean,
    read_integer,
    read_string,
)
from jetplan.manifest.yaml.tree import Refused

if TYPE_CHECKING:
    from jetplan.manifest.findings import Findings
    from jetplan.manifest.yaml.events import Event, Scalar
    from jetplan.manifest.yaml.tree import Builder

OBJECTS_PATH = ("deliverySets", "*", "objects")
_SAFE_DIGITS = 15
_QUOTE = "quote a path that begins with a special character; remove an item that is empty"


def read_objects(builder: Builder, start: Event) -> Columns:  # noqa: ARG001  # the shape of every bulk reader
    """The objects between a sequence's start and its end."""
    findings = builder.findings
    columns = Columns(findings.file)
    get, careful = builder.next, builder.careful
    add_path, add_size, add_place = columns.paths.append, columns.sizes.append, columns.places.append
    while (kind := type(event := get())) is not SequenceEnd:
        columns.total += 1
        if kind is ScalarEvent and not careful and _is_plainly_a_path(event):
            path, size, at = event.value, UNKNOWN_SIZE, event
        elif kind is MappingStart and not (careful and builder.is_refused(event)):
            found = _Entry(builder, event).read(columns)
            if found is None:
                continue
            path, size, at = found
        elif careful and kind is ScalarEvent and builder.is_cut_off(event):
            continue
        elif kind is ScalarEvent and (stretch := builder.put_aside_at(event)):
            columns.total -= 1
            stretch.take_into(columns)
            continue
        elif (string := _string_entry(builder, event)) is not None:
            path, size, at = string, UNKNOWN_SIZE, event
        else:
            continue
        mark = at.start_mark
        add_path(path)
        add_size(size)
        add_place(packed_place(mark.line + 1, mark.column + 1))
    return columns


def _is_plainly_a_path(event: Scalar) -> bool:
    text = event.value
    return text[:1] == "/" and len(text) > 1 and not is_of_several_lines(event)


def _string_entry(builder: Builder, event: Any) -> str | None:
    findings = builder.findings
    if type(event) is MappingStart:  # refused for its anchor or tag
        builder.skip()
        return None
    node = builder.node(event, (*OBJECTS_PATH, ""))
    if type(node) is not ScalarEvent:
        if not isinstance(node, Refused):
            message = f"an object must be a path or a mapping, not {kind_of_node(node)}"
            findings.refuse(node_event(node), "wrong-type", message, _QUOTE)
        return None
    if is_null(node):
        findings.refuse(event, "wrong-type", "an object must be a path or a mapping, not nothing", _QUOTE)
        return None
    text = read_string(node, "an object's path", findings)
    return None if text is None else whole_path(text, node, findings)


def whole_path(text: str, at: Any, findings: Findings, *, folder: bool | None = None) -> str | None:
    """The canonical form of a path as written beside `isDirectory`, or None once it was refused."""
    if not text:
        findings.refuse(at, "path-empty", "a path is empty", "write it, or remove the item")
        return None
    if text == "/" and folder is not True:
        findings.refuse(
            at,
            "path-whole-profile",
            "the path `/` alone would send the whole profile",
            "write `objects: all`, or `{relativePath: /, isDirectory: true}`",
        )
        return None
    if folder is False and text.endswith("/"):
        message = f"the path {quoted(text)} ends with `/` and says `isDirectory: false`"
        findings.refuse(at, "path-file-and-folder", message, "remove one of the two")
        return None
    return canonical(text, folder=folder is True)


class _Entry:
    """One object written as a mapping."""

    __slots__ = ("builder", "folder", "path", "path_text", "revision", "seen", "size", "size_at", "start")

    def __init__(self, builder: Builder, start: Any) -> None:
        self.builder = builder
        self.start = start
        self.path: Any = None
        self.path_text: str | None = None
        self.size: int | None = None
        self.size_at: Any = None
        self.folder: bool | None = None
        self.revision: int | None = None
        self.seen: dict[str, Any] = {}

    def read(self, columns: Columns) -> tuple[str, int, Any] | None:
        builder = self.builder
        findings = builder.findings
        before = len(findings.problems) + findings.unlisted
        get, careful = builder.next, builder.careful
        while type(key := get()) is not MappingEnd:
            value = get() if type(key) is ScalarEvent else None
            if careful or type(value) is not ScalarEvent or not self._take(key.value, value):
                self._judge(key, value)
        if len(findings.problems) + findings.unlisted > before:
            return None
        return self._finish(columns)

    def _take(self, name: str, value: Any) -> bool:
        """Take what is plainly right, quickly."""
        text = value.value
        if name == "relativePath":
            if self.path is None and _is_plainly_a_path(value):
                self.path, self.path_text = value, text
                return True
            return False
        if name != "sizeInBytes" or self.size_at is not None or value.style:
            return False
        if len(text) > _SAFE_DIGITS or not INTEGER.fullmatch(text):
            return False
        self.size, self.size_at = int(text), value
        return True

    def _judge(self, key: Any, value: Any) -> None:
        builder = self.builder
        findings = builder.findings
        if value is None:
            builder.refuse_key(key, (*OBJECTS_PATH, ""))
            return
        refused = builder.careful and (
            builder.is_refused(key) or (key.value == "relativePath" and builder.is_cut_off(value))
        )
        node = builder.node(value, (*OBJECTS_PATH, "", key.value))
        if refused:
            return
        name = key.value
        if name in self.seen or (name == "relativePath" and self.path) or (name == "sizeInBytes" and self.size_at):
            findings.refuse(key, "duplicate-key", f"the key {quoted(name)} stands here a second time", "remove one")
            return
        self.seen[name] = key
        match name:
            case "relativePath":
                self.path, self.path_text = value, read_string(node, "`relativePath`", findings)
            case "sizeInBytes":
                self.size, self.size_at = read_integer(node, "`sizeInBytes`", findings, LEAST[name]), value
            case "isDirectory":
                self.folder = read_boolean(node, "`isDirectory`", findings)
            case "revision":
                self.revision = read_integer(node, "`revision`", findings, LEAST[name])
            case _:
                hint = nearest(name, OBJECT_KEYS) or "known keys: " + ", ".join(f"`{each}`" for each in OBJECT_KEYS)
                if not key.style and (self.path is None or "/" in name):
                    hint = "if this is a path with `: ` in it, quote the whole of it"
                findings.refuse(key, "unknown-key", f"unknown key {quoted(name)} in an object", hint)

    def _finish(self, columns: Columns) -> tuple[str, int, Scalar] | None:
        findings = self.builder.findings
        if self.path is None or self.path_text is None:
            findings.refuse(self.start, "missing-key", "an object lacks the key `relativePath`")
            return None
        path = self.path_text
        if self.folder is not None or path[:1] != "/" or path == "/":
            whole = whole_path(path, self.path, findings, folder=self.folder)
            if whole is None:
                return None
            path = whole
        if self.size is None:
            size = UNKNOWN_SIZE
        elif path[-1] == "/":
            findings.refuse(self.size_at, "size-of-folder", "a folder has no `sizeInBytes`", "remove it")
            return None
        else:
            size = self.size
        if self.revision is not None:
            columns.revisions[len(columns.paths)] = self.revision
        return path, size, self.path
