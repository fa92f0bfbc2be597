"""One record of an object list, judged strictly and put into columns: what CSV and JSON Lines have in common."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.manifest.columns import packed_place
from jetplan.manifest.keys import LARGEST
from jetplan.manifest.objects import whole_path
from jetplan.manifest.yaml.scalars import INTEGER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.errors import Place
    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings


def take_row(
    columns: Columns,
    findings: Findings,
    place: Place,
    path: str,
    size: int | None = None,
    folder: bool | None = None,
    revision: int | None = None,
) -> None:
    """Put one record into columns, or record why not."""
    if not path:
        findings.refuse(place, "path-empty", "the path is empty", "write it, or remove the line")
        return
    whole = whole_path(path, place, findings, folder=folder)
    if whole is None:
        return
    if size is not None and whole.endswith("/"):
        findings.refuse(place, "size-of-folder", "a folder has no `sizeInBytes`", "leave it empty")
        return
    if revision is not None:
        columns.revisions[len(columns.paths)] = revision
    columns.paths.append(whole)
    columns.sizes.append(UNKNOWN_SIZE if size is None else size)
    columns.places.append(packed_place(place.line))


def size_in(text: str) -> int | str | None:
    """The size in bytes that a text says, None if it is empty; what is wrong with it, as the end of a sentence."""
    if not text:
        return None
    if not INTEGER.fullmatch(text) or len(text) > len(str(LARGEST)) or not 0 <= int(text) <= LARGEST:
        return f"must be a whole number from 0 to {LARGEST}"
    return int(text)


def take_many(columns: Columns, paths: Sequence[str], sizes: Sequence[int], first_line: int) -> None:
    """Put many records into columns whose paths are canonical already, one a line."""
    columns.paths.extend(paths)
    columns.sizes.extend(sizes)
    last = first_line + len(paths)
    columns.places.extend(range(packed_place(first_line), packed_place(last), packed_place(1)))


def are_ordinary_files(paths: Sequence[str]) -> bool:
    """Whether every path is that of a file, canonical as written."""
    slash = repeat("/")
    return all(map(str.startswith, paths, slash)) and not any(map(str.endswith, paths, slash))
