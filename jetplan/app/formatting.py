"""Lays manifests out in one way, in place; each file is replaced whole or not at all."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.errors import ManifestInvalid
from jetplan.manifest.files import find_manifests, read_file
from jetplan.manifest.findings import Findings
from jetplan.manifest.format import formatted
from jetplan.manifest.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jetplan.errors import Problem
    from jetplan.manifest.files import SourceFile


@dataclass(frozen=True, slots=True)
class Formatted:
    """The names of the files that were in another layout, and the problems of those that were left alone."""

    changed: Sequence[str]
    problems: Sequence[Problem]


def format_manifests(path: Path, *, write: bool) -> Formatted:
    """Lay out every manifest below a folder, or one file. `write`: in place; otherwise it is only said which would."""
    sources, problems = find_manifests(path)
    changed = []
    for source in sources:
        try:
            if _format(source, write=write):
                changed.append(source.path)
        except ManifestInvalid as invalid:
            problems += invalid.problems
    return Formatted(changed, problems)


def _format(source: SourceFile, *, write: bool) -> bool:

    findings = Findings(source.path)
    data = read_file(source.path, findings, DEFAULT_LIMITS.file_bytes)
    if data is None:
        raise ManifestInvalid(findings.problems)
    result = formatted(data, source)
    if write and result != data:
        _replace(source.path, result)
    return result != data


def _replace(path: str, data: bytes) -> None:
    """Write a file beside the old one and put it in its place, so that nobody ever sees half of it."""
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path) or ".", prefix=".jetplan-", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), os.stat(path).st_mode & 0o7777)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
