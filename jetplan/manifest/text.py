"""Bytes of a manifest as text: UTF-8 only, and none of the characters that hide or forge what people review."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import TYPE_CHECKING

from jetplan.core.characters import escaped, forbidden_in, kind_of, remedy_for
from jetplan.errors import Place

if TYPE_CHECKING:
    from jetplan.manifest.findings import Findings

_PLAIN_BYTES = bytes(range(0x20, 0x7F)) + b"\t\n\r"
_OTHER_BOMS = (BOM_UTF32_LE, BOM_UTF32_BE, BOM_UTF16_LE, BOM_UTF16_BE)


def check_text(data: bytes, findings: Findings, *, first_line: int = 1) -> bytes | None:
    """The bytes without a leading BOM, or None after recording each reason why they are no text of a manifest."""
    if first_line == 1 and (data.startswith(_OTHER_BOMS) or b"\0" in data[:4]):
        findings.refuse(Place(findings.file), "encoding", "the file is not UTF-8", "save it as UTF-8")
        return None
    data = data.removeprefix(BOM_UTF8) if first_line == 1 else data
    if not data.translate(None, _PLAIN_BYTES) and data.count(b"\r") == data.count(b"\r\n"):
        return data
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8")
        column = len(before) - before.rfind("\n")
        place = Place(findings.file, first_line + before.count("\n"), column)
        message = f"the byte \\x{data[wrong.start]:02x} is not UTF-8"
        findings.refuse(place, "encoding", message, "save the file as UTF-8")
        return None
    return None if _has_forbidden(text, findings, first_line) else data


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
