"""`jetplan fmt`: manifests in one layout, so that a diff in review shows what changes and nothing else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jetplan.errors import ExitCode, ManifestInvalid

if TYPE_CHECKING:
    from jetplan.errors import Problem
    from jetplan.manifest.files import SourceFile


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change and exit 1.")
def command(paths: tuple[Path, ...], check: bool) -> int:
    """Lay out manifests in one way.

    PATHS are folders of manifests or single files (default: manifests). Indentation, needless quotes, blanks at
    ends of lines and line ends change; comments, order and meaning never do. The names of the files that changed
    go to stdout. Files that are not valid are left alone, and their problems told.
    """
    changed, problems = [], []
    for path in paths or (Path("manifests"),):
        found, wrong = _format_all(path, write=not check)
        changed += found
        problems += wrong
    for name in changed:
        _tell(name)
    if problems:
        raise ManifestInvalid(problems)
    return ExitCode.ERROR if check and changed else ExitCode.DONE


def _format_all(path: Path, *, write: bool) -> tuple[list[str], list[Problem]]:
    from jetplan.manifest.files import find_manifests

    sources, problems = find_manifests(path)
    changed = []
    for source in sources:
        try:
            if _format(source, write=write):
                changed.append(source.path)
        except ManifestInvalid as invalid:
            problems += invalid.problems
    return changed, problems


def _format(source: SourceFile, *, write: bool) -> bool:
    from jetplan.manifest.files import read_file
    from jetplan.manifest.findings import Findings
    from jetplan.manifest.format import formatted
    from jetplan.manifest.limits import DEFAULT_LIMITS

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


def _tell(name: str) -> None:
    from jetplan.render.escape import plain

    click.echo(plain(name))
