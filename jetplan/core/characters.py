"""Characters that have no place in a manifest, and how hostile text is shown without harm.

Where such text may stand, and what is printed, is decided elsewhere.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_BREAKS = "\u2028\u2029"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"
_VARIATIONS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_INVISIBLE = _BLANKS + _VARIATIONS
_INVISIBLE += "\u00ad\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a"
_TAGS = "\U000e0000-\U000e007f"
_NO_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17)
)
LOOKALIKES = {
    "\uff0f": "/", "\u2044": "/", "\u2215": "/", "\u29f8": "/",
    "\uff3c": "\\", "\u2216": "\\", "\u29f5": "\\", "\u29f9": "\\", "\ufe68": "\\",
    "\uff1a": ":", "\ufe55": ":", "\ua789": ":", "\u2236": ":",
    "\uff0e": ".", "\u2024": ".", "\u2025": "..",
}  # fmt: skip
"""Characters that look like a separator (`/`, `:`), with the separator that each looks like."""

_FORBIDDEN = re.compile(f"[{_CONTROLS}{_BREAKS}{_BIDI}{_INVISIBLE}{_TAGS}{_NO_CHARACTERS}]|\r(?!\n)")
"""Characters that a text may not hold, except joiners in their place.

Names and paths may not hold tab, LF or CR either.
"""
_UNPRINTABLE = re.compile(f"[{_CONTROLS}\t\n\r{_BREAKS}{_BIDI}{_INVISIBLE}{_TAGS}{_NO_CHARACTERS}]")
_SHOWN = re.compile(f"[{_CONTROLS}\t\n\r{_BREAKS}{_BIDI}{_INVISIBLE}{_TAGS}{_NO_CHARACTERS}{''.join(LOOKALIKES)}]")
_KINDS = (
    (re.compile("[\ud800-\udfff]"), "a lone surrogate"),
    (re.compile("\r"), "a carriage return without a line feed"),
    (re.compile(f"[{_CONTROLS}\t\n]"), "a control character"),
    (re.compile(f"[{_BREAKS}]"), "a Unicode line break"),
    (re.compile(f"[{_BIDI}]"), "a character that changes the direction of text"),
    (re.compile("\ufeff"), "a byte order mark in the middle of text"),
    (re.compile(f"[{_INVISIBLE}{_TAGS}]"), "an invisible character"),
)

_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_IDEOGRAPHS = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WITHOUT_SPACES = _IDEOGRAPHS + "\u0e00-\u109f\u1780-\u17b3\u17b6-\u17ff\u1950-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
_JOINING = (
    "\u0600-\u061b\u061d-\u07ff\u0840-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1800-\u180a\u1810-\u18af"
    "\u1900-\u1cff\ua800-\uabff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)


def joins(text: str, at: int) -> bool:
    """Whether the character at a position is invisible and belongs there.

    A joiner within a script that joins, an emoji's joiner, variation or tags, a break between words of a script
    that has no spaces. Anywhere else such a character only deceives.
    """
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    match char:
        case "\u200c":
            return _is_in(_JOINING, before) and _is_in(_JOINING, after)
        case "\u200d":
            if _is_in(_JOINING, before):
                return _is_in(_JOINING, after)
            return _is_in(_EMOJI + "\ufe0f\U000e007f", before) and _is_in(_EMOJI, after)
        case "\u200b":
            return _is_in(_WITHOUT_SPACES, before) and _is_in(_WITHOUT_SPACES, after)
        case "\ufe0e" | "\ufe0f":
            return _is_in(_EMOJI + _IDEOGRAPHS, before) or (before in set("0123456789#*") and after == "\u20e3")
    if "\u180b" <= char <= "\u180f":
        return char != "\u180e" and _is_in("\u1820-\u18af", before)
    if "\U000e0020" <= char <= "\U000e007f":
        return any(found.start() < at < found.end() for found in _flags().finditer(text))
    return _is_in(_VARIATIONS, char) and _is_in(_IDEOGRAPHS + "\u1000-\u109f\u2200-\u22ff\ua840-\ua87f", before)


@cache
def _class(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{characters}]")


@cache
def _flags() -> re.Pattern[str]:
    """The flags of England, Scotland, Wales and their like: a black flag, a region in tags, an end."""
    return re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")


def _is_in(characters: str, char: str) -> bool:
    return bool(char) and _class(characters).match(char) is not None


def forbidden_in(text: str) -> Iterator[re.Match[str]]:
    """Every character that no text of a manifest may hold, in order."""
    return (found for found in _FORBIDDEN.finditer(text) if not joins(text, found.start()))


def first_unprintable(text: str) -> str:
    """The first character that a name or path may not hold, or an empty string."""
    return next((found.group() for found in _UNPRINTABLE.finditer(text) if not joins(text, found.start())), "")


def first_joiner(text: str) -> str:
    """The first invisible character that belongs where it is, or an empty string."""
    return next((found.group() for found in _UNPRINTABLE.finditer(text) if joins(text, found.start())), "")


def all_seen(text: str) -> bool:
    """Whether no character is unprintable, a joiner or a look-alike of a separator."""
    return _SHOWN.search(text) is None


def kind_of(character: str) -> str:
    """What a forbidden character is, in words: `a control character`."""
    return next((words for pattern, words in _KINDS if pattern.match(character)), "a noncharacter")


def remedy_for(character: str) -> str:
    """What to do about a forbidden character."""
    if character == "\r":
        return "use LF or CRLF line ends"
    return "if a file's name holds it, rename the file; anywhere else, delete the character"


def escaped(character: str) -> str:
    r"""One character as a visible escape: `\x1b`, `\u202e`, `\U000e0041`."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


BACKTICK = "\\x60"


def visible(text: str, limit: int = 0) -> str:
    """Text with every unprintable character and look-alike escaped, cut at `limit` characters."""
    cut = text[:limit] + "…" if limit and len(text) > limit else text
    return _SHOWN.sub(lambda found: escaped(found.group()), cut)


def quoted(text: str, limit: int = 80) -> str:
    """A value as messages show it: visible, bounded, between backticks."""
    return in_code(visible(text, limit))


def in_code(name: str) -> str:
    """A name between backticks, which none of its own can end: else it could go on in words that seem to be ours."""
    return f"`{name.replace('`', BACKTICK)}`"
