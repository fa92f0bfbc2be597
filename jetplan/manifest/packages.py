"""Whether a set holds all of a package: the list that came with the files (MHL, ASSETMAP …) against the set's objects.

Which list belongs to which set is said with `package`, never guessed from names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.clashes import ClashKind
from jetplan.core.objects import UNKNOWN_SIZE, folders_above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings
    from jetplan.manifest.yaml.events import Event

ALLOWED = frozenset({ClashKind.CASE_TWIN, ClashKind.NORMAL_TWIN, ClashKind.FILE_ABOVE})
"""Clashes within the package's list are for the set to judge."""
_SHOWN = 3


def hold_package(package: Columns, columns: Columns, at: Event, findings: Findings, *, complete: bool) -> None:
    """Record which files of a package the set lacks, or has with another size: a warning, or refused if `complete`.

    A folder of the set holds all that lies in it.
    """
    sizes = dict(zip(columns.paths, columns.sizes, strict=True))
    folders = {path for path in columns.paths if path.endswith("/")}
    missing = [path for path in package.paths if path not in sizes and folders.isdisjoint(folders_above(path))]
    resized = list(_resized(package, sizes))
    for paths, what, hint in (
        (missing, "the set does not send", "list them, or their folder, if they belong to the delivery"),
        (resized, "have another size in the set", "correct `sizeInBytes`, or the files are not those of the package"),
    ):
        if paths:
            shown = ", ".join(quoted(path, 120) for path in paths[:_SHOWN])
            more = f" and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
            message = f"{len(paths):,} of {len(package.paths):,} files of the package {what}: {shown}{more}"
            tell = findings.refuse if complete else findings.warn
            tell(at, "package-incomplete", message, hint)


def _resized(package: Columns, sizes: dict[str, int]) -> Iterator[str]:
    for path, size in zip(package.paths, package.sizes, strict=True):
        if UNKNOWN_SIZE not in (size, other := sizes.get(path, UNKNOWN_SIZE)) and size != other:
            yield path
