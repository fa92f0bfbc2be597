"""Copies one file so that a half copy is never taken for a whole one. Knows nothing of deliveries.

The bytes go to a partial file beside the target; size and hash are compared by reading it back; only then is it
renamed. A partial file that an interruption left is carried on, not begun again.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable

CHUNK = 1 << 20
Step = Callable[[int], int]


class CopyError(Exception):
    """This file could not be moved; the text says why."""


def copy_file(source: str, target: str, partial: str, step: Step) -> int:
    """Bytes copied. `step(done)` is called before each chunk with the bytes already there and answers how many
    to take next; what it raises stops the copy and keeps the partial file."""
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with os.fdopen(_open_regular(source), "rb", buffering=0) as reader:
            for resume in (True, False):
                size = _attempt(reader.fileno(), partial, step, resume=resume)
                if size is not None:
                    os.replace(partial, target)
                    return size
    except OSError as error:
        raise CopyError(f"{error.strerror or error}") from None
    raise CopyError("what was written is not what was read")


def _open_regular(source: str) -> int:
    # O_NONBLOCK: opening a FIFO must not hang; O_NOFOLLOW: the path was resolved before.
    descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CopyError("it is not a file")
    return descriptor


def _attempt(reader: int, partial: str, step: Step, *, resume: bool) -> int | None:
    before = os.fstat(reader)
    os.lseek(reader, 0, os.SEEK_SET)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | (0 if resume else os.O_TRUNC)
    writer = os.open(partial, flags, 0o644)
    try:
        digest, size = _pour(reader, writer, os.fstat(writer).st_size, step)
        after = os.fstat(reader)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise CopyError("it changed while it was read")
        written = os.fstat(writer).st_size
        return size if written == size and _digest(writer) == digest else None
    finally:
        os.close(writer)


def _pour(reader: int, writer: int, already: int, step: Step) -> tuple[bytes, int]:
    hashing = hashlib.blake2b()
    size = 0
    while True:
        # What an earlier run wrote is only read again for the hash, at full speed.
        wanted = min(CHUNK, already - size) if size < already else step(size)
        piece = os.read(reader, wanted)
        if not piece:
            break
        hashing.update(piece)
        if size >= already:
            _write_all(writer, piece, size)
        size += len(piece)
    os.ftruncate(writer, size)
    return hashing.digest(), size


def _write_all(writer: int, piece: bytes, at: int) -> None:
    view = memoryview(piece)
    while view:
        written = os.pwrite(writer, view, at)
        at += written
        view = view[written:]


def _digest(descriptor: int) -> bytes:
    hashing = hashlib.blake2b()
    os.lseek(descriptor, 0, os.SEEK_SET)
    while piece := os.read(descriptor, CHUNK):
        hashing.update(piece)
    return hashing.digest()
