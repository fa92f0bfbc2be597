"""Makes strings from outside harmless in each face. Names, paths and server messages reach no output without it."""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Printable by Unicode's word, and yet nothing to see: joiners, fillers, variation selectors, the blank Braille."""
_KEPT = "\u3000"
"""Not printable by Python's word, but ordinary in names: the ideographic space."""
_WORKFLOW_COMMAND = re.compile(r"(^|\s)::|##(?=\w*\[)")
"""What CI runners obey when a line of a log begins with it (`::`), or anywhere in a line (`##[`, `##vso[`)."""
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
_BACKTICKS = re.compile(r"`+")
_JSON_UNSAFE = re.compile(
    "[\x7f-\x9f\xa0\xad\u0300-\u036f\u0600-\u0605\u061c\u06dd\u070f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff\U000e0000-\U000effff]"
)


def visible(text: str) -> str:
    """The text with every control, format, bidi, zero-width or otherwise unseen character as `\\x1b` or `\\u202e`."""
    if text.isprintable() and (text.isascii() or not _INVISIBLE.search(text)):
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char == _KEPT or (char.isprintable() and not _INVISIBLE.match(char)):
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def plain(text: str) -> str:
    """For a terminal or a CI log: visible, on one line, and no workflow command wherever the line breaks."""
    shown = visible(text)
    if "::" not in shown and "##" not in shown:
        return shown
    return _WORKFLOW_COMMAND.sub(lambda found: found[0].replace("::", "\\x3a:").replace("##", "#\\x23"), shown)
