"""Lists of objects made, converted and compared: what a person commits, and what is held against a storage."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.objects import UNKNOWN_SIZE, folders_above
from jetplan.core.paths import canonical, faults_of
from jetplan.errors import UsageError
from jetplan.manifest.endings import FORMATS, parts_of
from jetplan.manifest.limits import limits_of
from jetplan.manifest.lists.folders import walk
from jetplan.manifest.lists.listing import read_alone
from jetplan.manifest.lists.placing import Placing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from jetplan.core.objects import ObjectTable
    from jetplan.errors import Problem
    from jetplan.manifest.lists.folders import Walked

_RANGE = re.compile(r"\[(\d+)-(\d+)\]")
_NO_RANGE = re.compile(r"%\d*d|##|@@|\$F")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two lists side by side. `resized`: path, size in the first, size in the second, where both are known."""

    only_first: Sequence[str]
    only_second: Sequence[str]
    resized: Sequence[tuple[str, int, int]]
    same: int

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.only_first or self.only_second or self.resized)


def read_listing(
    source: str,
    form: str | None = None,
    *,
    strip: str | None = None,
    prefix: str | None = None,
    sequences: bool = False,
    warn: Callable[[Sequence[Problem]], None] = lambda _: None,
) -> dict[str, int]:
    """The objects of a list in any format that manifests can name; `-` is stdin, which needs `form`.

    Paths are canonical, sizes UNKNOWN_SIZE where none is known; the order is that of the list. `warn` gets what is odd
    in it. Raises ManifestInvalid for what is wrong in it, UsageError where it is no list.
    """
    if form is not None and form not in FORMATS:
        raise UsageError(f"no list has the format {form!r}", hint=f"known: {', '.join(FORMATS)}")
    placing = _placing(strip, prefix)
    if source != "-":
        if not Path(source).is_file():
            raise UsageError(f"there is no list at {source}", hint="name a file, or - for stdin")
        return _as_listing(source, form, placing, warn, sequences=sequences)
    if form is None:
        raise UsageError("a list from stdin has no name to tell its format", hint="say --from-format csv, for instance")
    with tempfile.NamedTemporaryFile(prefix="jetplan-", suffix=f".{form}") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        return _as_listing(file.name, form, placing, warn, sequences=sequences, shown="standard input")


def read_storage(folder: Path, on_file: Callable[[int], None] = lambda _: None) -> Walked:
    """The files of a mounted storage, and what of it cannot be sent, with the reason."""
    return walk(folder, on_file)


def placed(listing: Mapping[str, int], strip: str | None, prefix: str | None) -> dict[str, int]:
    """The same objects where `strip` and `prefix` put them. Raises UsageError for one that is not below `strip`."""
    placing = _placing(strip, prefix)
    found = {}
    for path, size in listing.items():
        if placing.strip and not path.startswith(f"{placing.strip}/"):
            raise UsageError(f"{path} is not below {placing.strip}/, which --strip takes off", hint="correct --strip")
        found[placing.prefix + path[len(placing.strip) :]] = size
    return found


def compare(first: Mapping[str, int], second: Mapping[str, int]) -> Comparison:
    """What is in one list only, and what has another size."""
    both = [path for path in first if path in second]
    resized = [
        (path, first[path], second[path])
        for path in both
        if first[path] != second[path] and UNKNOWN_SIZE not in {first[path], second[path]}
    ]
    return Comparison(
        [path for path in first if path not in second],
        [path for path in second if path not in first],
        resized,
        len(both) - len(resized),
    )


def check_objects(table: ObjectTable, storage: Mapping[str, int]) -> Comparison:
    """A set's objects against what a storage holds. A folder is there when something lies in it."""
    folders = {path for path in table.paths if path.endswith("/")}
    declared = {path: size for path, size in zip(table.paths, table.sizes, strict=True) if not path.endswith("/")}
    found = compare(declared, storage)
    filled, extra = set(), []
    for path in found.only_second:
        above = folders.intersection((path, *folders_above(path)))
        filled |= above
        if not above:
            extra.append(path)
    empty = [folder for folder in folders if folder not in filled and folder not in storage]
    return Comparison([*found.only_first, *empty], extra, found.resized, found.same + len(folders) - len(empty))


def _as_listing(
    path: str,
    form: str | None,
    placing: Placing,
    warn: Callable[[Sequence[Problem]], None],
    *,
    sequences: bool,
    shown: str = "",
) -> dict[str, int]:
    packing = (parts_of(path) or ("", ""))[1]
    columns, warnings = read_alone(path, (form, packing) if form else None, limits_of(os.environ), placing, shown)
    warn([each for each in warnings if not (sequences and each.code == "path-frames")])
    if not sequences:
        return dict(zip(columns.paths, columns.sizes, strict=True))
    listing: dict[str, int] = {}
    for name, size in _expanded(zip(columns.paths, columns.sizes, strict=True)):
        if name in listing:
            raise UsageError(f"{quoted(name)} is listed twice once the frames are named", hint="remove one of the two")
        listing[name] = size
    return listing


def _placing(strip: str | None, prefix: str | None) -> Placing:
    return Placing(*(_folder(text, name) for text, name in ((strip, "--strip"), (prefix, "--prefix"))))


def _folder(text: str | None, name: str) -> str:
    folder = canonical(text, folder=True) if text else "/"
    for fault in faults_of(folder) if text else ():
        raise UsageError(f"{name} {text!r} {fault.message}", hint=fault.hint)
    return folder.removesuffix("/")


def _expanded(objects: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    """Frame ranges as single files. The size of a range is of no single file."""
    try:
        from fileseq.exceptions import FileSeqException  # noqa: PLC0415 - an extra
        from fileseq.filesequence import FileSequence  # noqa: PLC0415 - as above
    except ImportError:
        raise UsageError("--sequence needs fileseq", hint="pip install 'jetplan[lists]'") from None
    for path, size in objects:
        written = _RANGE.sub(lambda found: f"{found[1]}-{found[2]}{'@' * len(found[1])}", path)
        try:
            frames = list(FileSequence(written)) if written != path or "#" in path or "@" in path else [path]
        except FileSeqException as error:
            raise UsageError(f"{path} is no frame range: {error}", hint="write shot.[0001-0240].exr") from error
        if len(frames) == 1 and _NO_RANGE.search(path.rpartition("/")[2]):
            message = f"{quoted(path)} stands for frames, and does not say from which to which"
            raise UsageError(message, hint="write the range, as `shot.[0001-0240].exr`")
        if len(frames) == 1:
            yield path if written == path else str(frames[0]), size
        else:
            yield from ((str(frame), UNKNOWN_SIZE) for frame in frames)
