"""Keeps the last output of `plan` and shows it again while all its inputs are the same. Safe to delete.

A plan follows from the manifests, settings and options, from this program, from the server's lists and from the
ledger. Where these are what they were, so is the plan: the lists are still asked for and the ledger is still read,
but nothing is compared or laid out. `apply` never goes by this.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from jetplan.manifest.cache.files import name_for, program_digest, read_own, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.app.settings import Settings
    from jetplan.ledger.store import Ledger
    from jetplan.observe.server import Listed

_DIGEST = 32
_PARTS = (".", "api", "app", "cli", "core", "ledger", "manifest", "observe", "render")


class CachedPlan(msgspec.Struct, frozen=True):
    """What one `plan` wrote: to stdout, warnings and refusals to stderr, to CI's files; and its exit code."""

    out: str
    warnings: str
    refusals: str
    published: dict[str, str]
    code: int


class RememberedPlan:
    """The cached plan of a folder in one format, with the inputs that it was made from."""

    def __init__(self, root: Path, form: str, question: bytes, folder: Path) -> None:
        self._file = folder / f"{name_for(root)}.{form}.plan"
        self._question = question
        self._seen, self._told = self._load()

    @property
    def warnings(self) -> str | None:
        """The warnings of the cached plan; None where the inputs differ, so that the manifests must be read."""
        return None if self._told is None else self._told.warnings

    def told(self, seen: bytes | None) -> CachedPlan | None:
        """The cached plan if inputs and observation (see `seen_of`) are the same, else None."""
        return self._told if seen is not None and seen == self._seen else None

    def keep(self, seen: bytes, told: CachedPlan) -> None:
        """Keep this plan instead. If it cannot be written, none is kept."""
        with suppress(OSError, UnicodeEncodeError):
            write_whole(self._file, [self._question, seen, msgspec.msgpack.encode(told)])

    def _load(self) -> tuple[bytes, CachedPlan | None]:
        said = read_own(self._file)
        if said is None or len(said) <= 2 * _DIGEST or said[:_DIGEST] != self._question:
            return b"", None
        with suppress(msgspec.MsgspecError):
            return bytes(said[_DIGEST : 2 * _DIGEST]), msgspec.msgpack.decode(said[2 * _DIGEST :], type=CachedPlan)
        return b"", None


def question_of(content: bytes, settings: Settings, asked: object) -> bytes:
    """32 bytes over all that a plan and its telling follow from, but for the server and the ledger.

    `content`: what `KnownManifests` gives. `asked`: what else decides what is told, with a `repr` that says it all.
    """
    said = repr((asked, settings)).encode(errors="surrogateescape")
    return blake2b(program_digest(_PARTS) + content + said, digest_size=_DIGEST).digest()


def seen_of(listed: Listed, ledger: Ledger) -> bytes | None:
    """32 bytes over all that a plan takes from the server and the ledger; None where the clock counts besides."""
    recorded = ledger.fingerprint()
    if recorded is None:
        return None
    try:
        return blake2b(listed.digest() + recorded, digest_size=_DIGEST).digest()
    except UnicodeEncodeError:
        return None
