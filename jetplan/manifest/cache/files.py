"""Files of the cache: read only if they are ours alone and sealed, put in place whole, tied to this very program."""

from __future__ import annotations

import hmac
import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.manifest.cache.seal import SEAL, seal_of
from jetplan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def read_own(path: Path) -> memoryview | None:
    """What `write_whole` wrote there, if it was this user who did, and nobody else can write to the file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(descriptor, "rb", buffering=0) as file:
        state = os.fstat(descriptor)
        if state.st_uid != os.geteuid() or state.st_mode & 0o022:
            return None
        whole = memoryview(file.read())
    seal = seal_of(path.name, (whole[SEAL:],))
    return whole[SEAL:] if seal is not None and hmac.compare_digest(seal, whole[:SEAL]) else None


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Put a file in place whole and sealed, readable to its owner only. Raises OSError."""
    parts = list(parts)
    seal = seal_of(path.name, parts)
    if seal is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.writelines([seal, *parts])
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink()


def name_for(root: Path) -> str:
    """What the cache calls a folder of manifests: by where it is, and by how it was named."""
    return sha256(f"{os.path.abspath(root)}\0{os.fspath(root)}".encode(errors="surrogateescape")).hexdigest()[:24]


def _states(folder: Path, *, deep: bool) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file():
                state = entry.stat()
                yield f"{entry.path} {state.st_size} {state.st_mtime_ns}"
            elif deep and entry.is_dir() and entry.name != "__pycache__":
                yield from _states(Path(entry.path), deep=True)


def program_digest(parts: Iterable[str]) -> bytes:
    """32 bytes over the files of some parts of this program (`.`: its top), its version, and Python's."""
    package = Path(__file__).parents[2]
    told = [__version__, sys.version]
    for part in parts:
        told += sorted(_states(package / part, deep=part != "."))
    return sha256("\n".join(told).encode()).digest()
