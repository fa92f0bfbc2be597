"""Bytes of a manifest as text: UTF-8 only, and none of the characters that hide or forge what people review."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import TYPE_CHECKING

from jetplan.core.characters import escaped, forbidden_in, kind_of, quoted, remedy_for
from jetplan.errors import Place

if TYPE_CHECKING:
    from jetplan.manifest.findings import Findings

_PLAIN_BYTES = bytes(range(0x20, 0x7F)) + b"\t\n\r"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_CONFLICT_MARKERS = (b"<<<<<<< ", b">>>>>>> ")
"""How git begins the lines around what two sides of a merge hold of one place."""
_OTHER_BOMS = (BOM_UTF32_LE, BOM_UTF32_BE, BOM_UTF16_LE, BOM_UTF16_BE)


_AS_UTF8 = "save it as UTF-8 (in Excel: `CSV UTF-8`; in PowerShell: `-Encoding utf8`)"


def _encoding(data: bytes) -> str:
    return "UTF-32" if data.startswith(_OTHER_BOMS[:2]) or b"\0\0" in data[:4] else "UTF-16"


def _in_windows(byte: int) -> str:
    try:
        return f"; it is {quoted(bytes([byte]).decode('cp1252'))} in Windows-1252"
    except UnicodeDecodeError:
        return ""


def check_text(data: bytes, findings: Findings, *, first_line: int = 1) -> bytes | None:
    """The bytes without a leading BOM, or None after recording each reason why they are no text of a manifest."""
    if first_line == 1 and (data.startswith(_OTHER_BOMS) or b"\0" in data[:4]):
        findings.refuse(Place(findings.file), "encoding", f"the file is {_encoding(data)}, not UTF-8", _AS_UTF8)
        return None
    if first_line == 1 and data.startswith(LFS_POINTER):
        message = "this is a pointer of Git LFS, not the file itself"
        hint = "fetch it: `git lfs pull`; in GitHub Actions, `lfs: true` on the checkout step"
        findings.refuse(Place(findings.file), "lfs-pointer", message, hint)
        return None
    data = data.removeprefix(BOM_UTF8) if first_line == 1 else data
    marked = _first_marked_line(data)
    if marked:
        message = "git's conflict marker: a merge of this file was not finished"
        hint = "keep the lines that are right, and delete those that begin with `<<<<<<<`, `=======` or `>>>>>>>`"
        findings.refuse(Place(findings.file, first_line + marked - 1, 1), "conflict-marker", message, hint)
        return None
    if not data.translate(None, _PLAIN_BYTES) and data.count(b"\r") == data.count(b"\r\n"):
        return data
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8")
        column = len(before) - before.rfind("\n")
        place = Place(findings.file, first_line + before.count("\n"), column)
        message = f"the byte \\x{data[wrong.start]:02x} is not UTF-8{_in_windows(data[wrong.start])}"
        findings.refuse(place, "encoding", message, _AS_UTF8)
        return None
    return None if _has_forbidden(text, findings, first_line) else data


def _first_marked_line(data: bytes) -> int:
    """The number of the first line that is a conflict marker, from 1; 0 if there is none."""
    if data.startswith(_CONFLICT_MARKERS):
        return 1
    found = [data.find(b"\n" + marker) for marker in _CONFLICT_MARKERS]
    return min((data.count(b"\n", 0, at) + 2 for at in found if at >= 0), default=0)


def mixed_ends(data: bytes, *, crlf: bool | None = None, first_line: int = 1) -> tuple[int, str]:
    """The first line that does not end as those before it, and what to say of it; 0 where all ends are of one kind.

    A CR in front of an LF may be the last character of a name, as of macOS's `Icon\r`; only where all lines end in
    CRLF it is none. `crlf`: how the lines before end, if there are any.
    """
    if crlf is None:
        crlf = data[: data.find(b"\n") + 1].endswith(b"\r\n")
    if data.count(b"\r\n") == (data.count(b"\n") if crlf else 0):
        return 0, ""
    other = re.search(rb"(?<!\r)\n" if crlf else rb"\r\n", data)
    line = first_line + data.count(b"\n", 0, other.start() if other else 0)
    ways = ("LF", "CRLF") if crlf else ("CRLF", "LF")
    return line, f"this line ends in {ways[0]}, and those before it in {ways[1]}"


def _has_forbidden(text: str, findings: Findings, line: int) -> bool:
    start, any_found = 0, False
    for found in forbidden_in(text):
        any_found = True
        line += text.count("\n", start, found.start())
        start = found.start()
        column = start - text.rfind("\n", 0, start)
        character = found.group()
        findings.refuse(
            Place(findings.file, line, column),
            "forbidden-character",
            f"{kind_of(character)} ({escaped(character)}) is not allowed in a manifest",
            remedy_for(character),
        )
        if findings.unlisted:  # enough to see that this is no text
            break
    return any_found
