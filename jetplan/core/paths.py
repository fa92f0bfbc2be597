"""Which paths may name an object, alone and beside each other, as pure functions over canonical paths.

A canonical path starts with `/`; a folder's ends with `/` too. Nothing here is decoded, expanded or normalised:
the bytes that a person wrote are the bytes that are sent, or the path is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.characters import escaped, first_unprintable, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_SEGMENT = 255
LONGEST_PATH = 4096

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\..*)?", re.IGNORECASE)
_LOOKALIKES = {"\uff0f": "/", "\uff3c": "\\", "\u2025": ".."}
_SUSPECTS = ("//", "./", " /", ".\\", " \\", ":")
_DEVICE_STARTS = ("/con", "/prn", "/aux", "/nul", "/com", "/lpt")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class PathFault:
    """One thing wrong with a path: a stable code, a plain phrase, what to do."""

    code: str
    message: str
    hint: str = ""


def canonical(text: str, *, folder: bool = False) -> str:
    """The canonical form of a path as written: a leading slash put there, a folder's trailing one too."""
    path = text if text.startswith("/") else "/" + text
    return path + "/" if folder and not path.endswith("/") else path


def faults_of(path: str) -> list[PathFault]:
    """Every reason to refuse one canonical path."""
    return [*_faults_of_characters(path), *_faults_of_shape(path)]


def _faults_of_characters(path: str) -> Iterator[PathFault]:
    if found := first_unprintable(path):
        yield PathFault("forbidden-character", f"holds {kind_of(found)}, {escaped(found)}")
    if "\\" in path:
        yield PathFault("path-backslash", "holds a backslash", "separate folders with `/`")
    if ":" in path:
        yield PathFault(
            "path-colon",
            "holds a colon, which names a drive or a stream on Windows",
            "rename the file, or send the folder that holds it",
        )
    for lookalike, meant in _LOOKALIKES.items():
        if lookalike in path:
            yield PathFault("path-lookalike", f"holds {escaped(lookalike)}, which can be read as `{meant}`")


def _faults_of_shape(path: str) -> Iterator[PathFault]:
    if path == "/":
        return
    if path.startswith("//"):
        yield PathFault("path-host", "starts with two slashes, which names a host", "start it with one `/`")
    segments = path.strip("/").split("/") if path.strip("/") else []
    if "//" in path[1:] or not segments:
        yield PathFault("path-empty-segment", "has an empty name between two slashes", "write one `/`")
    if any(segment in {".", ".."} or _folds_to_dots(segment) for segment in segments):
        yield PathFault("path-dots", "has a `.` or `..` segment", "write the path from the profile's root")
    if any(len(segment.encode(errors="replace")) > LONGEST_SEGMENT for segment in segments):
        yield PathFault("path-long-segment", f"has a name of more than {LONGEST_SEGMENT} bytes")
    if len(path.encode(errors="replace")) > LONGEST_PATH:
        yield PathFault("path-too-long", f"is longer than {LONGEST_PATH} bytes")


def _folds_to_dots(segment: str) -> bool:
    if segment.isascii():
        return False
    folded = unicodedata.normalize("NFKC", segment)
    return folded in {".", ".."} or ("/" in folded and not _LOOKALIKES.keys() & set(segment))


def cautions_of(path: str) -> list[PathFault]:
    """What may go wrong with one path on some destinations; never a reason to refuse it."""
    segments = path.strip("/").split("/")
    cautions = []
    if any(segment.endswith((".", " ")) and segment not in {".", ".."} for segment in segments):
        cautions.append(
            PathFault("path-trailing-dot-or-space", "has a name ending in a dot or a space: Windows drops it")
        )
    if any(_DEVICES.fullmatch(segment) for segment in segments):
        cautions.append(PathFault("path-device-name", "has a name that is a device on Windows"))
    return cautions


def all_plain(paths: Sequence[str]) -> bool:
    """Whether no path of many can have a fault or a caution: quick, and False when in any doubt."""
    return all(_chunk_is_plain(paths[at : at + _CHUNK]) for at in range(0, len(paths), _CHUNK))


def _chunk_is_plain(paths: Sequence[str]) -> bool:
    # A backslash cannot stand in a plain path, so it can stand between them; the rest are substring searches in C.
    text = "\\".join(("", *paths, ""))
    if not (text.isascii() and text.isprintable()) or text.count("\\") != len(paths) + 1:
        return False
    return max(map(len, paths)) <= LONGEST_SEGMENT and not (
        _holds_any(text, _SUSPECTS) or _holds_any(text.lower(), _DEVICE_STARTS)
    )


def _holds_any(text: str, parts: tuple[str, ...]) -> bool:
    for part in parts:  # noqa: SIM110 - a generator costs more than the searches in a short text
        if part in text:
            return True
    return False
