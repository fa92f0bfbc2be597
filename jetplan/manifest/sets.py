"""One declared delivery set: a mapping of the tree and its columns of objects become a `DeliverySetSpec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.clashes import ClashKind
from jetplan.core.objects import UNKNOWN_SIZE, WHOLE_PROFILE
from jetplan.core.spec import DeliverySetSpec, Overlap
from jetplan.manifest.columns import Columns, packed_place
from jetplan.manifest.findings import nearest
from jetplan.manifest.keys import (
    ALLOWANCES,
    FROM_KEYS,
    LEAST,
    MOST_PATTERNS,
    MOST_RETRIES,
    ON_FAILURE_KEYS,
    PACKAGE_KEYS,
    SET_KEYS,
)
from jetplan.manifest.windows import read_timing
from jetplan.manifest.yaml.fields import Fields, is_mapping
from jetplan.manifest.yaml.scalars import is_null, is_scalar, kind_of_node, node_event, read_name
from jetplan.manifest.yaml.tree import Bulk, Refused, Sequence

if TYPE_CHECKING:
    from jetplan.manifest.files import SourceFile
    from jetplan.manifest.findings import Findings
    from jetplan.manifest.limits import ReadingLimits
    from jetplan.manifest.yaml.events import Scalar
    from jetplan.manifest.yaml.tree import Mapping, Node

_ALLOWED = dict(zip(ALLOWANCES, (ClashKind.CASE_TWIN, ClashKind.NORMAL_TWIN, ClashKind.FILE_ABOVE), strict=True))
_OVERLAPS = {overlap.value: overlap for overlap in Overlap}


def read_set(
    key: Scalar, node: Node, findings: Findings, source: SourceFile, limits: ReadingLimits
) -> tuple[DeliverySetSpec, Columns] | None:
    """The delivery set declared under a key, and its objects with their places; None once any of it was refused."""
    before = len(findings.problems) + findings.unlisted
    name = read_name(key, "a delivery set's name", findings)
    what = f"delivery set {quoted(key.value)}"
    if not is_mapping(node, what, findings):
        return None
    fields = Fields(node, key, what, findings)
    fields.check_known(SET_KEYS)
    job = fields.name("job", required=True)
    overlap = _overlap(fields)
    renamed_from = _renamed_from(fields, key.value)
    revision = fields.integer("revision", LEAST["revision"])
    retries = _retries(fields)
    timing = read_timing(fields)
    allowed = frozenset(kind for key, kind in _ALLOWED.items() if fields.boolean(key))
    columns = _columns(fields, node, source, limits, allowed)
    if columns is not None:
        _hold_package(fields, columns, source, limits)
    if len(findings.problems) + findings.unlisted > before or name is None or job is None or columns is None:
        return None
    table = columns.table(revision or 1)
    twins = (ClashKind.CASE_TWIN in allowed, ClashKind.NORMAL_TWIN in allowed)
    place = findings.place(key)
    return DeliverySetSpec(name, job, table, overlap, renamed_from, place, *twins, retries, timing), columns


def _overlap(fields: Fields) -> Overlap:
    text = fields.name("overlap")
    if text is None:
        return Overlap.REFUSE
    if text not in _OVERLAPS:
        node = fields.mapping.entries["overlap"][1]
        hint = nearest(text, _OVERLAPS)
        message = f"`overlap` must be `refuse`, `skip` or `send`, not {quoted(text)}"
        fields.findings.refuse(node_event(node), "unknown-value", message, hint)
    return _OVERLAPS.get(text, Overlap.REFUSE)


def _renamed_from(fields: Fields, own_name: str) -> str | None:
    old = fields.name("renamedFrom")
    if old is not None and old == own_name:
        node = fields.mapping.entries["renamedFrom"][1]
        message = "`renamedFrom` is this set's own name"
        fields.findings.refuse(node_event(node), "renamed-from-declared", message, "name the old set, or remove it")
        return None
    return old


def _retries(fields: Fields) -> int:
    """How often `onFailure` lets the failed files of one delivery go again; 0 where it is not given, or refused."""
    node = fields.get("onFailure")
    if node is None or not is_mapping(node, "`onFailure`", fields.findings, "write `onFailure: {retry: 2}`"):
        return 0
    inner = Fields(node, node.at, "`onFailure`", fields.findings)
    inner.check_known(ON_FAILURE_KEYS)
    number = inner.integer("retry", 1)
    if number is None:
        inner.get("retry", required=True)
        return 0
    if number > MOST_RETRIES:
        message = f"`retry` must be at most {MOST_RETRIES}, not {number}"
        fields.findings.refuse(node_event(node.entries["retry"][1]), "out-of-range", message)
    return number


def _columns(
    fields: Fields, mapping: Mapping, source: SourceFile, limits: ReadingLimits, allowed: frozenset[ClashKind]
) -> Columns | None:
    findings = fields.findings
    given = [name for name in ("objects", "objectsFrom") if name in mapping.entries]
    if len(given) == 2:
        key = mapping.entries["objectsFrom"][0]
        message = f"{fields.what} has both `objects` and `objectsFrom`"
        findings.refuse(key, "objects-twice", message, "keep one of them")
        return None
    if not given:
        if not {"objects", "objectsFrom"} & fields.meant:
            message = f"{fields.what} lacks the key `objects`"
            findings.refuse(fields.owner, "missing-key", message, "list what is sent, or `objects: all`")
        return None
    node = mapping.entries[given[0]][1]
    if given == ["objectsFrom"]:
        return _from_file(node, findings, source, limits, allowed)
    columns = _listed(node, findings)
    if columns is not None:
        columns.judge(findings, allowed)
    return columns


def _listed(node: Node, findings: Findings) -> Columns | None:
    if isinstance(node, Refused):
        return None
    if isinstance(node, Bulk):
        columns: Columns = node.content
        if not columns.total:
            findings.refuse(node.at, "no-objects", "`objects` is an empty list", "list at least one, or remove the set")
            return None
        return columns
    if is_scalar(node) and node.value == "all":
        columns = Columns(findings.file, [WHOLE_PROFILE], total=1)
        columns.sizes.append(UNKNOWN_SIZE)
        columns.places.append(packed_place(node.start_mark.line + 1, node.start_mark.column + 1))
        return columns
    shown = quoted(node.value, 40) if is_scalar(node) and not is_null(node) else kind_of_node(node)
    message = f"`objects` must be a list of paths or `all`, not {shown}"
    findings.refuse(node_event(node), "wrong-type", message)
    return None


def _from_file(
    node: Node, findings: Findings, source: SourceFile, limits: ReadingLimits, allowed: frozenset[ClashKind]
) -> Columns | None:
    if not is_mapping(node, "`objectsFrom`", findings, "write `objectsFrom: {file: list.csv}`"):
        return None
    fields = Fields(node, node.at, "`objectsFrom`", findings)
    fields.check_known(FROM_KEYS)
    return _listed_in(fields, source, limits, allowed)


def _hold_package(fields: Fields, columns: Columns, source: SourceFile, limits: ReadingLimits) -> None:
    """Hold the set against the list of its package, where it names one."""
    node, complete = fields.get("package"), fields.boolean("complete")
    if node is None:
        if complete is not None and "package" not in fields.meant:
            key = fields.mapping.entries["complete"][0]
            message = "`complete` says nothing without `package`"
            fields.findings.refuse(key, "missing-key", message, "name its list: `package: {file: A001.mhl}`")
        return
    if not is_mapping(node, "`package`", fields.findings, "write `package: {file: A001.mhl}`"):
        return
    inner = Fields(node, node.at, "`package`", fields.findings)
    inner.check_known(PACKAGE_KEYS)
    from jetplan.manifest.packages import ALLOWED, hold_package  # noqa: PLC0415 - rare

    before = len(fields.findings.problems)
    package = _listed_in(inner, source, limits, ALLOWED)
    if package is not None and len(fields.findings.problems) == before:
        hold_package(package, columns, node_event(node), fields.findings, complete=bool(complete))


def _listed_in(
    fields: Fields, source: SourceFile, limits: ReadingLimits, allowed: frozenset[ClashKind]
) -> Columns | None:
    findings = fields.findings
    name = fields.name("file", required=True)
    if name is None:
        return None
    from jetplan.manifest.lists.choosing import Choice  # noqa: PLC0415 - as below
    from jetplan.manifest.lists.listing import read_list  # noqa: PLC0415 - only sets with a list need it
    from jetplan.manifest.lists.placing import Placing, read_folder  # noqa: PLC0415 - as above

    places = {key: node_event(value) for key, (_, value) in fields.mapping.entries.items()}
    placing = Placing(
        *(read_folder(fields.name(key), key, places.get(key), findings) for key in ("stripPrefix", "prefix"))
    )
    choice = Choice(*(_patterns(fields, key) for key in ("include", "exclude")))
    return read_list(name, places["file"], source, findings, limits, allowed, placing, choice, _format(fields))


def _format(fields: Fields) -> str:
    """How the list is written where that is said; empty where it is not, or was refused."""
    from jetplan.manifest.endings import FORMATS  # noqa: PLC0415 - only sets with a list need it

    text = fields.name("format")
    if text is not None and text not in FORMATS:
        node = fields.mapping.entries["format"][1]
        hint = nearest(text, FORMATS) or "known: " + ", ".join(FORMATS)
        fields.findings.refuse(node_event(node), "unknown-value", f"no list has the format {quoted(text, 40)}", hint)
        return ""
    return text or ""


def _patterns(fields: Fields, key: str) -> tuple[str, ...]:
    """The patterns at a key; what is wrong with one is told at its place."""
    node = fields.get(key)
    if node is None or isinstance(node, Refused):
        return ()
    if not isinstance(node, Sequence) or not 0 < len(node.items) <= MOST_PATTERNS:
        found = kind_of_node(node) if not isinstance(node, Sequence) else f"a list of {len(node.items)}"
        message = f"`{key}` must be a list of 1 to {MOST_PATTERNS} patterns, not {found}"
        fields.findings.refuse(node_event(node), "wrong-type", message, f"write `{key}: ['*.mxf']`")
        return ()
    from jetplan.manifest.lists.choosing import fault_of  # noqa: PLC0415 - rare

    patterns = []
    for item in node.items:
        text = read_name(node_event(item), f"a pattern in `{key}`", fields.findings) if is_scalar(item) else None
        if text is None:
            if not is_scalar(item) and not isinstance(item, Refused):
                message = f"a pattern in `{key}` must be text, not {kind_of_node(item)}"
                fields.findings.refuse(node_event(item), "wrong-type", message, "quote it")
        elif fault := fault_of(text):
            message = f"the pattern {quoted(text, 80)} {fault[0]}"
            fields.findings.refuse(node_event(item), "list-pattern", message, fault[1])
        else:
            patterns.append(text)
    return tuple(patterns)
