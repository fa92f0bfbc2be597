"""Lists of objects in files beside the manifests: found below the root only, opened safely, read as a stream."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.clashes import ClashKind
from jetplan.errors import ManifestInvalid, Place
from jetplan.manifest.columns import Columns
from jetplan.manifest.endings import parts_of
from jetplan.manifest.files import open_regular
from jetplan.manifest.findings import Findings
from jetplan.manifest.lists.choosing import Choice, choose
from jetplan.manifest.lists.csvlist import read_csv
from jetplan.manifest.lists.placing import Placing, place_paths
from jetplan.manifest.lists.textlist import read_text
from jetplan.manifest.lists.unpack import Begun, Counted, Stop, chunks_of_lines, open_packed
from jetplan.manifest.text import LFS_POINTER, check_text

if TYPE_CHECKING:
    from io import FileIO

    from jetplan.errors import Problem
    from jetplan.manifest.files import SourceFile
    from jetplan.manifest.limits import ReadingLimits
    from jetplan.manifest.yaml.events import Event


_ALLOWABLE = frozenset({ClashKind.CASE_TWIN, ClashKind.NORMAL_TWIN, ClashKind.FILE_ABOVE})
"""Clashes that a set can allow: whether it does is not known here, and a manifest that does not will say so."""
_NAMES = (
    "name it .csv, .json, .jsonl, .mhl, .txt or ASSETMAP.xml, or as a checksum file (.md5, .sha256); packed: .csv.gz"
)


@dataclass(frozen=True, slots=True)
class ListFile:
    """Where a list is and how it is written."""

    path: str
    format: str
    packing: str


def read_list(
    name: str,
    at: Event,
    source: SourceFile,
    findings: Findings,
    limits: ReadingLimits,
    allowed: frozenset[ClashKind] = frozenset(),
    placing: Placing = Placing(),  # noqa: B008 - frozen
    choice: Choice = Choice(),  # noqa: B008 - frozen
    form: str = "",
) -> Columns | None:
    """The objects of the list that a manifest names, or None after recording why not.

    `form` beats the name's ending, except for how the list is packed. What is wrong with the name is told at `at`;
    what is wrong in the list, at the list's own lines.
    """
    file = _locate(name, at, source, findings)
    if file is None:
        return None
    file = replace(file, format=form or file.format)
    inner = Findings(file.path, limits.problems)
    columns = Columns(file.path)
    try:
        _read(file, columns, inner, limits)
        if not columns.total and not inner.problems:
            findings.refuse(
                at, "no-objects", f"the list {quoted(name)} is empty", "list at least one, or remove the set"
            )
    except Stop:
        return None
    except (RecursionError, ValueError, OverflowError) as error:
        inner.refuse(Place(file.path), "list-unreadable", f"the list cannot be read: {type(error).__name__}")
        return None
    finally:
        place_paths(columns, placing, inner)
        _choose(columns, choice, at, findings)
        columns.judge(inner, allowed)
        findings.problems += inner.sorted_problems()
        findings.warnings += inner.warnings
    return columns


def _choose(columns: Columns, choice: Choice, at: Event, findings: Findings) -> None:
    """Leave out what is not chosen, and say how much that is."""
    if choice == Choice():
        return
    left_out = choose(columns, choice)
    if left_out and not columns.paths:
        message = f"`include` and `exclude` leave out all {left_out:,} objects of the list"
        findings.refuse(at, "no-objects", message, "correct the patterns, or remove the set")
    elif left_out:
        message = (
            f"`include` and `exclude` leave out {left_out:,} of {left_out + len(columns.paths):,} objects of the list"
        )
        findings.warn(at, "list-left-out", message)


def read_alone(
    path: str,
    kind: tuple[str, str] | None,
    limits: ReadingLimits,
    placing: Placing = Placing(),  # noqa: B008 - frozen
    shown: str = "",
) -> tuple[Columns, list[Problem]]:
    """The objects of a list that no manifest names, and the warnings. `kind`: format and packing; None: by its name.

    What a set may allow of objects beside each other is allowed. `shown`: what messages call the list, if not `path`.
    Raises ManifestInvalid with everything wrong in it.
    """
    findings = Findings(shown or path, limits.problems)
    columns = Columns(shown or path)
    parts = kind or parts_of(path)
    if parts is None:
        findings.refuse(Place(path), "list-name", f"the list {quoted(path)} is no list by its name", _NAMES)
    else:
        try:
            _read(ListFile(path, *parts), columns, findings, limits)
        except Stop:
            pass
        except (RecursionError, ValueError, OverflowError) as error:
            message = f"the list cannot be read: {type(error).__name__}"
            findings.refuse(Place(findings.file), "list-unreadable", message)
        place_paths(columns, placing, findings)
        columns.judge(findings, _ALLOWABLE)
    if findings.problems:
        raise ManifestInvalid(findings.sorted_problems())
    return columns, findings.warnings


def _read(file: ListFile, columns: Columns, findings: Findings, limits: ReadingLimits) -> None:
    descriptor = open_regular(file.path, findings)
    if descriptor is None:
        return
    with open(descriptor, "rb", buffering=0) as raw:
        refuse_pointer(raw, findings)
        counted = Counted(raw)
        unpacked = open_packed(counted, file.packing, findings)
        begun = Begun(unpacked)
        if file.format == "json" and begun.looks_like(b"{", findings):
            from jetplan.manifest.lists.jsondocument import read_document  # noqa: PLC0415 - rare

            read_document(begun, columns, findings, limits)
            return
        chunks = chunks_of_lines(begun, findings, limits, counted if file.packing else None)
        if file.format == "csv":
            read_csv(chunks, columns, findings)
        elif file.format == "txt":
            read_text(chunks, columns, findings)
        elif file.format == "json":
            from jetplan.manifest.lists.rclonelist import read_lsjson  # noqa: PLC0415 - only JSON needs it

            read_lsjson(chunks, columns, findings)
        elif file.format == "mhl":
            from jetplan.manifest.lists.mhl import read_mhl  # noqa: PLC0415 - only MHL needs an XML parser

            read_mhl(chunks, columns, findings)
        elif file.format == "xml":
            from jetplan.manifest.lists.assetmap import read_assetmap  # noqa: PLC0415 - only packages need it
            from jetplan.manifest.lists.packinglist import hold_against  # noqa: PLC0415 - as above

            hold_against(read_assetmap(chunks, columns, findings), columns, findings, limits)
        elif file.format in {"globus", "aspera"}:
            from jetplan.manifest.lists.pairlist import read_aspera, read_globus  # noqa: PLC0415 - rare

            (read_globus if file.format == "globus" else read_aspera)(chunks, columns, findings)
        elif file.format != "jsonl":
            from jetplan.manifest.lists.checksums import read_bagit, read_checksums  # noqa: PLC0415 - rare

            algorithm = file.format.removeprefix("bagit-")
            (read_checksums if algorithm == file.format else read_bagit)(chunks, columns, findings, algorithm)
        else:
            from jetplan.manifest.lists.jsonlist import read_json_lines  # noqa: PLC0415 - only JSON needs it

            read_json_lines(chunks, columns, findings)


def refuse_pointer(raw: FileIO, findings: Findings) -> None:
    """Stop where the file is a pointer of Git LFS, packed by its name or not."""
    begin = raw.read(len(LFS_POINTER))
    raw.seek(0)
    if begin == LFS_POINTER:
        check_text(begin, findings)
        raise Stop


def _locate(name: str, at: Event, source: SourceFile, findings: Findings) -> ListFile | None:
    parts = parts_of(name)
    if parts is None:
        message = f"the list {quoted(name)} is no list by its name"
        findings.refuse(at, "list-name", message, _NAMES)
        return None
    path = os.path.normpath(os.path.join(os.path.dirname(source.path), name))
    root = os.path.abspath(source.root)
    inside = os.path.relpath(os.path.abspath(path), root)
    if os.path.isabs(name) or "\\" in name or inside.split(os.sep)[0] == os.pardir:
        message = f"the list {quoted(name)} is outside the folder of the manifests"
        findings.refuse(at, "list-outside", message, "put it beside this manifest, and name it relative to it")
        return None
    if link := _first_link(root, inside):
        findings.refuse(
            at, "symlink", f"{quoted(link)} on the way to the list is a symbolic link", "put the list itself here"
        )
        return None
    if not os.path.lexists(path):
        findings.refuse(
            at, "list-missing", f"the list {quoted(name)} is not there", "it is looked for beside this manifest"
        )
        return None
    return ListFile(path, *parts)


def _first_link(root: str, inside: str) -> str:
    path = root
    for part in inside.split(os.sep):
        path = os.path.join(path, part)
        if os.path.islink(path):
            return os.path.relpath(path, root)
    return ""
