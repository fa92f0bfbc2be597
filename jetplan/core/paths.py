"""Which paths may name an object, alone and beside each other, as pure functions over canonical paths.

A canonical path starts with `/`; a folder's ends with `/` too. Nothing here is decoded, expanded or normalised:
the bytes that a person wrote are the bytes that are sent, or the path is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.characters import LOOKALIKES, all_seen, escaped, first_joiner, first_unprintable, kind_of, remedy_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_SEGMENT = 255
LONGEST_PATH = 4096
_OUR_LIMIT = "this is a limit of jetplan's own: rename the file, or send the folder that holds it"
_FROM_ROOT = "write the path from the root of the storage profile, as `/folder/file`"

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\..*)?", re.IGNORECASE)
_ON_WINDOWS = '<>:"|?*'
"""Characters that no name on Windows holds; the backslash is refused."""
_NOT_ON_WINDOWS = re.compile(f"[{_ON_WINDOWS}]")
_DRIVE = re.compile(r"/[A-Za-z]:[/\\]")
_URL = re.compile(r"/[A-Za-z][A-Za-z0-9+.-]+:/{2}")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_FRAMES = re.compile(r"%[0-9]*d|##|@@|\$F[0-9]?|\[[0-9]+-[0-9]+\]|\{[0-9]+\.\.[0-9]+\}")
_PATTERN = re.compile(r"[*?]|\{[^{}/]*,[^{}/]*\}|\[[!^]?(?:[A-Za-z0-9]-[A-Za-z0-9])+\]")
_SUSPECTS = ("//", "./", " /", ".\\", " \\", *_ON_WINDOWS)
_MAYBE = ("%", "[", "{", "#", "@", "$")
_DEVICE_STARTS = ("/con", "/prn", "/aux", "/nul", "/com", "/lpt")
_CHUNK = 1 << 14
_SMALL_CHUNK = 1 << 4
_SHORT = LONGEST_SEGMENT // 4
"""No text of so many characters has more bytes than a name may have."""
_LITERAL = "it is sent literally, as the name of one file or folder; "
_EACH_FRAME = f"{_LITERAL}`jetplan list from FILE --sequence` writes a list with the name of each frame"
_EACH_NAME = f"{_LITERAL}`jetplan list from-folder FOLDER` writes a list of the names on a mounted storage"


@dataclass(frozen=True, slots=True)
class PathFault:
    """One thing wrong with a path: a stable code, a phrase, what to do."""

    code: str
    message: str
    hint: str = ""


def canonical(text: str, *, folder: bool = False) -> str:
    """The canonical form of a path as written: with a leading slash, and a trailing one for folders."""
    path = text if text.startswith("/") else "/" + text
    return path + "/" if folder and not path.endswith("/") else path


def faults_of(path: str) -> list[PathFault]:
    """Every reason to refuse one canonical path."""
    return [*_faults_of_characters(path), *_faults_of_shape(path)]


def _faults_of_characters(path: str) -> Iterator[PathFault]:
    if found := first_unprintable(path):
        yield PathFault("forbidden-character", f"holds {kind_of(found)}, {escaped(found)}", remedy_for(found))
    if path.startswith("/\\\\"):
        yield PathFault("path-backslash", "is a Windows network path (UNC)", _FROM_ROOT)
    elif "\\" in path and not _DRIVE.match(path):
        yield PathFault("path-backslash", "holds a backslash", "separate folders with `/`")


def _faults_of_shape(path: str) -> Iterator[PathFault]:
    if path == "/":
        return
    if _DRIVE.match(path):
        yield PathFault("path-drive", "begins with a Windows drive", _FROM_ROOT)
        return
    if _URL.match(path):
        yield PathFault("path-url", "is a URL", _FROM_ROOT)
        return
    if path.startswith("//"):
        yield PathFault("path-host", "starts with two slashes, which names a host", "start it with one `/`")
    segments = path.strip("/").split("/") if path.strip("/") else []
    if "//" in path[1:] or not segments:
        yield PathFault("path-empty-segment", "has an empty name between two slashes", "write one `/`")
    if any(segment in {".", ".."} for segment in segments):
        yield PathFault("path-dots", "has a `.` or `..` segment", "write the path from the profile's root")
    if any(len(segment) > LONGEST_SEGMENT for segment in segments):
        yield PathFault("path-long-segment", f"has a name of more than {LONGEST_SEGMENT} characters", _OUR_LIMIT)
    if len(path.encode(errors="replace")) > LONGEST_PATH:
        yield PathFault("path-too-long", f"is longer than {LONGEST_PATH} bytes", _OUR_LIMIT)


def cautions_of(path: str) -> list[PathFault]:
    """What a person should be warned of. Such a path may fail on some systems, or may not be meant as written."""
    return [*_cautions_of_names(path.strip("/").split("/")), *_cautions_of_text(path)]


def _cautions_of_names(segments: Sequence[str]) -> Iterator[PathFault]:
    if any(segment.endswith((".", " ")) and segment not in {".", ".."} for segment in segments):
        yield PathFault("path-trailing-dot-or-space", "has a name ending in a dot or a space: Windows drops it")
    if any(_DEVICES.fullmatch(segment) for segment in segments):
        yield PathFault("path-device-name", "has a name that is a device on Windows")
    if any(len(segment.encode(errors="replace")) > LONGEST_SEGMENT for segment in segments):
        yield PathFault(
            "path-long-segment", f"has a name of more than {LONGEST_SEGMENT} bytes: most file systems cannot hold it"
        )


def _cautions_of_text(path: str) -> Iterator[PathFault]:
    if held := _NOT_ON_WINDOWS.search(path):
        yield PathFault("path-windows-character", f"holds `{held.group()}`, which no name on Windows may hold")
    if _FRAMES.search(path):
        yield PathFault("path-frames", "looks like a range of frames", _EACH_FRAME)
    elif _ENCODED.search(path):
        yield PathFault("path-encoded", "looks encoded for a URL", _EACH_NAME)
    elif _PATTERN.search(path):
        yield PathFault("path-pattern", "looks like a pattern", _EACH_NAME)
    if not path.isascii():
        for lookalike in sorted(LOOKALIKES.keys() & set(path)):
            meant = LOOKALIKES[lookalike]
            yield PathFault("path-lookalike", f"holds {escaped(lookalike)}, which can be read as `{meant}`")
        if found := first_joiner(path):
            yield PathFault("path-unseen", f"holds {escaped(found)}, which cannot be seen")


def all_plain(paths: Sequence[str]) -> bool:
    """Whether certainly no path has a fault or a warning. A quick check; False means: check each path."""
    return not any(True for _ in suspects(paths))


def suspects(paths: Sequence[str]) -> Iterator[int]:
    """The indexes of all paths that could have a fault or a caution, and of some that have none."""
    for at in range(0, len(paths), _CHUNK):
        chunk = paths[at : at + _CHUNK]
        if not _chunk_is_plain(chunk):
            yield from _suspects_in(chunk, at)


def _suspects_in(chunk: Sequence[str], first: int) -> Iterator[int]:
    for at in range(0, len(chunk), _SMALL_CHUNK):
        few = chunk[at : at + _SMALL_CHUNK]
        if not _chunk_is_plain(few):
            yield from range(first + at, first + at + len(few))


def _chunk_is_plain(paths: Sequence[str]) -> bool:
    # A backslash cannot stand in a plain path, so it can stand between them; the rest are substring searches in C.
    text = "\\".join(("", *paths, ""))
    if text.count("\\") != len(paths) + 1 or not (text.isprintable() if text.isascii() else all_seen(text)):
        return False
    if max(map(len, paths)) > (LONGEST_SEGMENT if text.isascii() else _SHORT) or _holds_any(text, _SUSPECTS):
        return False
    if _holds_any(text, _MAYBE) and (_ENCODED.search(text) or _FRAMES.search(text) or _PATTERN.search(text)):
        return False
    return not _holds_any(text.lower(), _DEVICE_STARTS)


def _holds_any(text: str, parts: tuple[str, ...]) -> bool:
    for part in parts:  # noqa: SIM110 - a generator costs more than the searches in a short text
        if part in text:
            return True
    return False
