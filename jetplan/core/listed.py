"""Which declared object a listed file stands for. One spelling may have several readings; all of them are given. Pure.

Nothing documents whether Jet percent-encodes the urls it lists, so `a%20b` may be a file `a b` or a file `a%20b`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from jetplan.core.objects import folders_above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ARRIVED = frozenset({"COMPLETED", "TRANSFERRED"})
_FAILED = frozenset({"FAILED", "ERROR", "CANCELLED", "CANCELED"})
_WINDOWS = re.compile(r"/?[A-Za-z]:/|//")
"""Roots whose letter case does not matter: a drive's or a UNC share's."""
_NEVER_ENCODED = re.compile(r" |%(?![0-9A-Fa-f]{2})")
"""What a percent-encoding server never lists: a space, or a percent sign that begins no escape."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file or folder the job has moved, as the server lists it. `url` as sent; strings may be empty.

    `state` is the server's word, `size` in bytes where given, `file_type` is "file" or "directory" where given.
    """

    url: str
    transfer_id: str
    state: str = ""
    size: int | None = None
    file_type: str = ""

    @property
    def arrived(self) -> bool:
        """Whether the server says that this file has arrived."""
        return self.state.upper() in _ARRIVED

    @property
    def failed(self) -> bool:
        """Whether the server says that this file did not arrive."""
        return self.state.upper() in _FAILED


@dataclass(frozen=True, slots=True)
class Meaning:
    """One reading of a listed file: its canonical path, and the declared object that covers it (None: none does)."""

    path: str
    declared: str | None

    @property
    def by_name(self) -> bool:
        """Whether the declared object itself is listed, not only something in it."""
        return self.path == self.declared


def meanings(file: SeenFile, source_root: str, holds: Callable[[str], bool], *, encoded: bool = False) -> list[Meaning]:
    """Every reading of a listed file, with the declared object that it stands for.

    `source_root` is the url of the job's *source* profile. `holds` tells whether a canonical path is declared. A
    listed file stands for the declared file of its path, or for a declared folder above it; a listed folder only
    for folders. Empty where the url is not below the root. To prove that an object was sent, all readings must
    agree; to suspect it, one is enough. `encoded`: see `lists_encoded`.
    """
    found = []
    for path in readings(file.url, source_root, encoded=encoded):
        named = _of_kind(path, file.file_type.casefold())
        if named is not None:
            found.append(Meaning(named, next(filter(holds, (named, *folders_above(named))), None)))
    return found


def _of_kind(path: str, file_type: str) -> str | None:
    """The canonical path of a listed file or folder; None where its spelling contradicts its kind."""
    if file_type == "directory":
        return path if path.endswith("/") else path + "/"
    return None if file_type == "file" and path.endswith("/") else path


def readings(url: str, source_root: str, *, encoded: bool = False) -> list[str]:
    """The paths below the source's root that a listed url may stand for: literal and percent-decoded.

    A url without a scheme may be relative to the root, or absolute. `encoded`: only the decoded reading is possible.
    """
    bases = [base for spelling in (source_root, unquote(source_root)) for base in _separated(spelling) if base]
    shapes = [shape for spelling in ([] if encoded else [url]) + [unquote(url)] for shape in _separated(spelling)]
    found = [path for shape in shapes for base in bases if (path := _below(shape, base)) is not None]
    if "://" not in url:
        found += ["/" + shape.lstrip("/") for shape in shapes if not _is_windows(shape)]
    return list(dict.fromkeys(found))


def is_telling(url: str) -> bool:
    """Whether a listed url may tell if the server percent-encodes what it lists; see `lists_encoded`."""
    return "%" in url or " " in url


def lists_encoded(urls: Iterable[str], source_root: str, known: Callable[[str], bool]) -> bool:
    """Whether the server is known to percent-encode what it lists.

    It is, where a listed name is a `known` object (one that was accepted) only when it is decoded, and where nothing
    is listed that an encoder would have changed.
    """
    proven = False
    for url in urls:
        if _NEVER_ENCODED.search(url):
            return False
        if "%" in url and not proven:
            decoded = readings(url, source_root, encoded=True)
            literal = [path for path in readings(url, source_root) if path not in decoded]
            proven = any(map(known, decoded)) and not any(map(known, literal))
    return proven


def _separated(spelling: str) -> list[str]:
    """Without the scheme of `file://`; a backslash is a separator on Windows, and may be one elsewhere."""
    plain = spelling[7:] if spelling.casefold().startswith("file://") else spelling
    turned = plain.replace("\\", "/")
    return [turned] if turned == plain or _is_windows(plain) else [plain, turned]


def _is_windows(plain: str) -> bool:
    return _WINDOWS.match(plain.replace("\\", "/")) is not None


def _below(shape: str, base: str) -> str | None:
    """The path of a listed shape below a root, with its leading slash; `/` for the root itself."""
    root = base.rstrip("/")
    head, path = shape[: len(root)], shape[len(root) :]
    same = head.casefold() == root.casefold() if _is_windows(base) else head == root
    return (path or "/") if same and path[:1] in {"", "/"} else None
