"""Reading many files with several processes: the same documents in the same order, only sooner.

This process reads too. What another one did not give back whole, for whatever reason, is read here.
"""

from __future__ import annotations

import marshal
import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from jetplan.manifest.fast.packing import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jetplan.manifest.document import Document
    from jetplan.manifest.files import SourceFile

Read: TypeAlias = "Callable[[SourceFile], Document]"

FEW_FILES = 500
FEW_BYTES = 16 << 20
_MOST_PROCESSES = 4
_MOST_PORTIONS = 128


def useful_processes(sources: Sequence[SourceFile]) -> int:
    """How many processes reading these files is worth: 1 where another costs more than it saves, or cannot be had."""
    if len(sources) < 2 or not sys.platform.startswith("linux"):
        return 1
    if len(sources) < FEW_FILES and sum(map(_size, sources)) < FEW_BYTES:
        return 1
    # After a fork, locks that other threads held are never released in the child.
    return 1 if threading.active_count() > 1 else min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)


def _size(source: SourceFile) -> int:
    try:
        return os.lstat(source.path).st_size
    except OSError:
        return 0


def read_documents(sources: Sequence[SourceFile], read: Read, processes: int) -> Iterator[Document]:
    """The documents of many files in their order, read with `read` by up to this many processes."""
    if processes < 2:
        yield from (read(source) for source in sources)
        return
    size = -(-len(sources) // _MOST_PORTIONS)
    portions = [sources[at : at + size] for at in range(0, len(sources), size)]
    for portion, documents in zip(portions, _read_portions(portions, read, processes), strict=True):
        yield from documents or (read(source) for source in portion)


def _read_portions(portions: Sequence[Sequence[SourceFile]], read: Read, processes: int) -> list[list[Document] | None]:
    taken, given = os.pipe()  # holds the numbers of portions that nobody took yet, a byte each
    readers: list[_Reader] = []
    try:
        os.write(given, bytes(range(len(portions))))
        os.close(given)
        readers += [reader for _ in range(processes - 1) if (reader := _start(portions, read, taken))]
        documents: list[list[Document] | None] = [None] * len(portions)
        while number := os.read(taken, 1):
            documents[number[0]] = [read(source) for source in portions[number[0]]]
        for reader in readers:
            for at, packed in reader.results():
                documents[at] = [unpack(each) for each in packed]
        return documents
    finally:
        os.close(taken)
        for reader in readers:
            reader.end()


@dataclass(slots=True)
class _Reader:
    """Another process that reads, and the file in memory that it writes what it read into."""

    pid: int
    file: int

    def results(self) -> Iterator[tuple[int, list[tuple[object, ...]]]]:
        """What the process read, by portion, once it has ended; nothing if it did not end well."""
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        if status == 0:
            with open(self.file, "rb", closefd=False) as file:
                file.seek(0)
                while length := file.read(8):
                    data = file.read(int.from_bytes(length, "big"))
                    yield marshal.loads(data)  # noqa: S302  # written by this very program

    def end(self) -> None:
        """Remove everything that was made for it."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.file)


def _start(portions: Sequence[Sequence[SourceFile]], read: Read, taken: int) -> _Reader | None:
    try:
        file = os.memfd_create("jetplan")
    except OSError:
        return None
    try:
        pid = os.fork()
    except OSError:
        os.close(file)
        return None
    if pid:
        return _Reader(pid, file)
    status = 1
    try:
        _read_into(file, portions, read, taken)
        status = 0
    finally:
        os._exit(status)  # in any case: skip the exit handlers of the first process


def _read_into(file: int, portions: Sequence[Sequence[SourceFile]], read: Read, taken: int) -> None:
    with open(file, "wb", closefd=False) as results:
        while number := os.read(taken, 1):
            packed = [pack(read(source)) for source in portions[number[0]]]
            data = marshal.dumps((number[0], packed))
            results.write(len(data).to_bytes(8, "big"))
            results.write(data)
