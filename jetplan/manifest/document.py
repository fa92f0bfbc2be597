"""One manifest file: its bytes become the jobs and delivery sets it declares, with all that is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from jetplan.core.characters import quoted
from jetplan.errors import Place
from jetplan.manifest.files import read_file
from jetplan.manifest.findings import Findings, nearest
from jetplan.manifest.jobs import read_job
from jetplan.manifest.keys import API_VERSION, TOP_KEYS
from jetplan.manifest.objects import OBJECTS_PATH, read_objects
from jetplan.manifest.sets import read_set
from jetplan.manifest.text import check_text, mixed_ends
from jetplan.manifest.yaml.fields import Fields, is_mapping
from jetplan.manifest.yaml.scalars import node_event, read_string
from jetplan.manifest.yaml.tree import Refused, build_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.core.spec import DeliverySetSpec, JobSpec
    from jetplan.errors import Problem
    from jetplan.manifest.columns import Columns
    from jetplan.manifest.files import SourceFile
    from jetplan.manifest.limits import ReadingLimits
    from jetplan.manifest.yaml.events import Scalar
    from jetplan.manifest.yaml.tree import BulkReader, Node

BULK: dict[tuple[str, ...], BulkReader] = {OBJECTS_PATH: read_objects}


Declare: TypeAlias = "Callable[[bytes, Document, Findings, SourceFile, ReadingLimits], None]"
"""How the bytes of a file are read: strictly, or by a shortcut with the same result."""


@dataclass(slots=True)
class Document:
    """What one file declares, in its order. `names` are all declared names with their places, refused ones too."""

    jobs: list[JobSpec] = field(default_factory=list)
    sets: list[tuple[DeliverySetSpec, bytes, Columns]] = field(default_factory=list)
    job_names: list[tuple[str, Place]] = field(default_factory=list)
    set_names: list[tuple[str, Place]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def check_document(data: bytes, findings: Findings) -> bytes | None:
    """The text of a manifest without a leading BOM, or None after recording each reason why it is none."""
    text = check_text(data, findings)
    if text is not None and b"\r" in text:
        line, message = mixed_ends(text)
        if line:
            hint = "save the file with one kind of line end: `jetplan fmt` does"
            findings.warn(Place(findings.file, line), "line-ends", message, hint)
    return text


def declare_strictly(
    data: bytes, document: Document, findings: Findings, source: SourceFile, limits: ReadingLimits
) -> None:
    """Put what the bytes of a file declare into `document`, and what is wrong with them into `findings`."""
    text = check_document(data, findings)
    if text is not None:
        declare_root(build_tree(text, findings, limits, BULK), document, findings, source, limits)


def read_document(source: SourceFile, limits: ReadingLimits, declare: Declare = declare_strictly) -> Document:
    """Read one file, once."""
    findings = Findings(source.path, limits.problems)
    document = Document()
    data = read_file(source.path, findings, limits.file_bytes)
    if data is not None:
        try:
            declare(data, document, findings, source, limits)
        except (
            RecursionError,
            OverflowError,
            ValueError,
        ) as error:  # parsers fail in ways they do not document
            message = f"the file cannot be read: {type(error).__name__}"
            findings.refuse(Place(source.path), "unreadable", message, "report this with the file, please")
    document.problems = findings.sorted_problems()
    document.warnings = sorted(findings.warnings, key=lambda warning: warning.place)
    return document


def declare_root(
    root: Node | None, document: Document, findings: Findings, source: SourceFile, limits: ReadingLimits
) -> None:
    """Put what a tree declares into `document`, and what is wrong with it into `findings`."""
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
