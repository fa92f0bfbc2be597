"""Characters that have no place in a manifest, and how hostile text is shown without harm.

Where such text may stand, and what is printed, is decided elsewhere.
"""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_BREAKS = "\u2028\u2029"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"
_INVISIBLE = _BLANKS + "\u00ad\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a"
_TAGS = "\U000e0000-\U000e007f"
_NO_CHARACTERS = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17)
)

FORBIDDEN = re.compile(f"[{_CONTROLS}{_BREAKS}{_BIDI}{_INVISIBLE}{_TAGS}{_NO_CHARACTERS}]|\r(?!\n)")
"""What no text of a manifest may hold. Tab, LF and CRLF are text; a name or a path may not hold them either."""

_UNPRINTABLE = re.compile(f"[{_CONTROLS}\t\n\r{_BREAKS}{_BIDI}{_INVISIBLE}{_TAGS}{_NO_CHARACTERS}]")
_KINDS = (
    (re.compile("[\ud800-\udfff]"), "a lone surrogate"),
    (re.compile("\r"), "a carriage return without a line feed"),
    (re.compile(f"[{_CONTROLS}\t\n]"), "a control character"),
    (re.compile(f"[{_BREAKS}]"), "a Unicode line break"),
    (re.compile(f"[{_BIDI}]"), "a character that changes the direction of text"),
    (re.compile("\ufeff"), "a byte order mark in the middle of text"),
    (re.compile(f"[{_INVISIBLE}{_TAGS}]"), "an invisible character"),
)


def first_unprintable(text: str) -> str:
    """The first character that a name or path may not hold, or an empty string."""
    found = _UNPRINTABLE.search(text)
    return found.group() if found else ""


def kind_of(character: str) -> str:
    """What a forbidden character is, in words: `a control character`."""
    return next((words for pattern, words in _KINDS if pattern.match(character)), "a noncharacter")


def escaped(character: str) -> str:
    r"""One character as a visible escape: `\x1b`, `\u202e`, `\U000e0041`."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str, limit: int = 0) -> str:
    """Text with every unprintable character escaped, cut in the middle of nothing but at `limit` characters."""
    cut = text[:limit] + "…" if limit and len(text) > limit else text
    return _UNPRINTABLE.sub(lambda found: escaped(found.group()), cut)


def quoted(text: str, limit: int = 80) -> str:
    """A value as messages show it: visible, bounded, between backticks."""
    return f"`{visible(text, limit)}`"
