"""A whole reading of manifests as one file, and back: jobs and sets as records, objects as columns.

What does not fit in every respect is no reading at all; that the bytes are ours, `files` knows. Nothing here
knows whether a reading still tells the truth about the manifests: `cache` does.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

import msgspec

from jetplan.core.objects import ObjectTable
from jetplan.core.spec import DeliverySetSpec, JobSpec, Overlap, Spec
from jetplan.core.windows import Timing  # noqa: TC001 - as below
from jetplan.errors import Place, Problem  # noqa: TC001 - the decoder reads the annotations
from jetplan.manifest.read import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = 8


class PackedSet(msgspec.Struct, array_like=True, gc=False):
    """A delivery set but for its columns; `text` is how many bytes its paths take, a line each."""

    name: str
    job: str
    overlap: Overlap
    renamed_from: str | None
    place: Place
    case_twins: bool
    unicode_twins: bool
    digest: bytes
    revision: int
    revisions: dict[int, int]
    count: int
    text: int
    retries: int = 0
    timing: Timing | None = None


class Head(msgspec.Struct):
    """All but the columns. `key` says what was read, by which program, as the cache knows it."""

    key: bytes
    jobs: list[JobSpec]
    sets: list[PackedSet]
    warnings: list[Problem]
    files: int


class PackedPaths(Sequence[str]):
    """The paths of one set, decoded on first use. Those of a set that is entirely sent are never used."""

    __slots__ = ("_count", "_paths", "_text")

    def __init__(self, text: memoryview, count: int) -> None:
        self._text: memoryview | None = text
        self._count = count
        self._paths: list[str] = []

    def _decoded(self) -> list[str]:
        if self._text is not None:
            self._paths = str(self._text, "utf-8").split("\n") if self._count else []
            self._text = None
        return self._paths

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return iter(self._decoded())

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        return self._decoded()[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._decoded() == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none


def pack(key: bytes, reading: Reading) -> list[bytes]:
    """The parts of the file, in their order."""
    sets: list[PackedSet] = []
    sizes: list[bytes] = []
    texts: list[bytes] = []
    spec = reading.spec
    for wanted in spec.sets.values():
        table = wanted.objects
        text = "\n".join(table.paths).encode()
        texts.append(text)
        sizes.append(table.sizes.tobytes())
        sets.append(
            PackedSet(
                wanted.name,
                wanted.job,
                wanted.overlap,
                wanted.renamed_from,
                wanted.place,
                wanted.case_twins,
                wanted.unicode_twins,
                spec.digests[wanted.name],
                table.revision,
                dict(table.revisions),
                len(table),
                len(text),
                wanted.retries,
                wanted.timing,
            )
        )
    head = Head(key, list(spec.jobs.values()), sets, list(reading.warnings), spec.files)
    encoded = msgspec.msgpack.encode(head)
    return [len(encoded).to_bytes(_LENGTH, "little"), encoded, *sizes, *texts]


def unpack(whole: memoryview, key: bytes) -> Reading | None:
    """The reading in a file's bytes, or None if it is another's or of another shape."""
    end = _LENGTH + int.from_bytes(whole[:_LENGTH], "little")
    try:
        head = msgspec.msgpack.decode(whole[_LENGTH:end], type=Head)
    except msgspec.DecodeError:
        return None
    return _reading(head, whole[end:]) if head.key == key else None


def _reading(head: Head, columns: memoryview) -> Reading:
    width = array("q").itemsize
    at_size, at_text = 0, width * sum(each.count for each in head.sets)
    sets: dict[str, DeliverySetSpec] = {}
    for each in head.sets:
        sizes = array("q")
        sizes.frombytes(columns[at_size : at_size + width * each.count])
        paths = PackedPaths(columns[at_text : at_text + each.text], each.count)
        table = ObjectTable(paths, sizes, each.revision, each.revisions)
        said = (each.overlap, each.renamed_from, each.place, each.case_twins, each.unicode_twins)
        sets[each.name] = DeliverySetSpec(each.name, each.job, table, *said, each.retries, each.timing)
        at_size += width * each.count
        at_text += each.text
    jobs = {job.name: job for job in head.jobs}
    return Reading(Spec(jobs, sets, {each.name: each.digest for each in head.sets}, head.files), tuple(head.warnings))
