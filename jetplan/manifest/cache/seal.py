"""Where the cache of this user lies, and the key that tells its own files from anybody else's.

Both lie outside of every checkout. The key is in another folder than the cache, so that whoever fills a cache from
somewhere else, as CI systems do, does not bring a key along.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEAL = 32
"""Bytes of a seal."""
_KEY = 32


def cache_folder() -> Path | None:
    """The folder of cache files; None where this user has none."""
    return _folder("XDG_CACHE_HOME", ".cache")


def seal_of(name: str, parts: Iterable[bytes | memoryview]) -> bytes | None:
    """The seal of a cache file's bytes under its name; None where this user can keep no key."""
    key = _key()
    if key is None:
        return None
    seal = hmac.new(key, f"{name}\0".encode(errors="surrogateescape"), "sha256")
    for part in parts:
        seal.update(part)
    return seal.digest()


def _folder(variable: str, default: str) -> Path | None:
    said = os.environ.get(variable, "")
    if os.path.isabs(said):  # the XDG specification ignores relative ones
        return Path(said) / "jetplan"
    home = os.path.expanduser("~")
    return Path(home) / default / "jetplan" if os.path.isabs(home) else None


def _key() -> bytes | None:
    folder = _folder("XDG_DATA_HOME", ".local/share")
    if folder is None:
        return None
    file = folder / "cache.key"
    with suppress(OSError):
        return _read(file) or _make(file)
    return None


def _read(file: Path) -> bytes | None:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb", buffering=0) as opened:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o077:
            raise PermissionError
        key = opened.read(_KEY + 1)
    if len(key) != _KEY:
        raise PermissionError
    return key


def _make(file: Path) -> bytes | None:
    """A new key, put in place whole: of two runs that make one at once, the first one's counts for both."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as opened:
            opened.write(secrets.token_bytes(_KEY))
        with suppress(FileExistsError):
            os.link(aside, file)
    finally:
        with suppress(OSError):
            aside.unlink()
    return _read(file)
