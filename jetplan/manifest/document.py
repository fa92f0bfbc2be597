"""One manifest file: its bytes become the jobs and delivery sets it declares, with all that is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.manifest.canonical import put_aside
from jetplan.manifest.fields import Fields, is_mapping
from jetplan.manifest.files import read_file
from jetplan.manifest.findings import Findings, nearest
from jetplan.manifest.jobs import read_job
from jetplan.manifest.objects import OBJECTS_PATH, read_objects
from jetplan.manifest.plain import DEPTH, declare_plain
from jetplan.manifest.scalars import node_event, read_string
from jetplan.manifest.sets import read_set
from jetplan.manifest.text import check_text
from jetplan.manifest.tree import Misplaced, Refused, build_tree

if TYPE_CHECKING:
    from jetplan.core.spec import DeliverySetSpec, JobSpec
    from jetplan.errors import Place, Problem
    from jetplan.manifest.columns import Columns
    from jetplan.manifest.events import Scalar
    from jetplan.manifest.files import SourceFile
    from jetplan.manifest.limits import Limits
    from jetplan.manifest.tree import BulkReader, Node

API_VERSION = "jetplan/v1"
TOP_KEYS = ("apiVersion", "jobs", "deliverySets")
_BULK: dict[tuple[str, ...], BulkReader] = {OBJECTS_PATH: read_objects}


@dataclass(slots=True)
class Document:
    """What one file declares, in its order. `names` are all declared names with their places, refused ones too."""

    jobs: list[JobSpec] = field(default_factory=list)
    sets: list[tuple[DeliverySetSpec, bytes, Columns]] = field(default_factory=list)
    job_names: list[tuple[str, Place]] = field(default_factory=list)
    set_names: list[tuple[str, Place]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_document(source: SourceFile, limits: Limits) -> Document:
    """Read one file, once."""
    findings = Findings(source.path, limits.problems)
    document = Document()
    data = read_file(source.path, findings, limits.file_bytes)
    if data is not None:
        declare(data, document, findings, source, limits)
    document.problems = findings.sorted_problems()
    document.warnings = sorted(findings.warnings, key=lambda warning: warning.place)
    return document


def declare(
    data: bytes, document: Document, findings: Findings, source: SourceFile, limits: Limits, *, quick: bool = True
) -> None:
    """Put what the bytes of one file declare into `document`, and what is wrong with them into `findings`.

    `quick` reads canonical stretches and plain manifests by pattern. The result is the same without, only later.
    """
    text = check_text(data, findings)
    if text is None:
        return
    if quick:
        short, aside = put_aside(text)
        if limits.depth > DEPTH and declare_plain(short, aside, document, findings):
            return
        if aside:
            inner = Findings(findings.file, findings.limit)
            try:
                root = build_tree(short, inner, limits, _BULK, aside)
            except Misplaced:
                pass
            else:
                findings.add(inner)
                _declare_root(root, document, findings, source, limits)
                return
    _declare_root(build_tree(text, findings, limits, _BULK), document, findings, source, limits)


def _declare_root(
    root: Node | None, document: Document, findings: Findings, source: SourceFile, limits: Limits
) -> None:
    if root is None or isinstance(root, Refused):
        return
    if not is_mapping(root, "a manifest", findings, "begin with `apiVersion: jetplan/v1`"):
        return
    fields = Fields(root, root.at, "the manifest", findings)
    fields.check_known(TOP_KEYS)
    _check_version(fields)
    for key, node in _section(fields, "jobs"):
        document.job_names.append((key.value, findings.place(key)))
        if job := read_job(key, node, findings):
            document.jobs.append(job)
    for key, node in _section(fields, "deliverySets"):
        document.set_names.append((key.value, findings.place(key)))
        if declared := read_set(key, node, findings, source, limits):
            spec, columns = declared
            document.sets.append((spec, spec.objects.digest(), columns))


def _check_version(fields: Fields) -> None:
    node = fields.get("apiVersion", required=True)
    if node is None:
        return
    version = read_string(node, "`apiVersion`", fields.findings)
    if version is not None and version != API_VERSION:
        hint = nearest(version, (API_VERSION,)) or f"write `{API_VERSION}`"
        message = f"`apiVersion` must be `{API_VERSION}`, not {quoted(version, 40)}"
        fields.findings.refuse(node_event(node), "api-version", message, hint)


def _section(fields: Fields, name: str) -> list[tuple[Scalar, Node]]:
    node = fields.get(name)
    hint = "remove the key if there is nothing below it"
    if node is None or not is_mapping(node, f"`{name}`", fields.findings, hint):
        return []
    return list(node.entries.values())
