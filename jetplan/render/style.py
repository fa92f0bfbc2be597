"""Colour and width of text: what the terminal shows and how long a line may be. Knows nothing of plans."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How text is drawn. `width` in columns; without `color` no escape sequence is ever written."""

    color: bool
    width: int

    def add(self, text: str) -> str:
        """Something new."""
        return self._paint("32", text)

    def change(self, text: str) -> str:
        """Something changed."""
        return self._paint("33", text)

    def alert(self, text: str) -> str:
        """Something that needs a person."""
        return self._paint("31", text)

    def strong(self, text: str) -> str:
        """What the eye should find."""
        return self._paint("1", text)

    def faint(self, text: str) -> str:
        """What the eye may skip."""
        return self._paint("2", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def wrapped(self, text: str, indent: int, *, first: str = "") -> list[str]:
        """A sentence over as many lines as it needs; words are never broken, so paths stay whole."""
        return textwrap.wrap(
            text,
            max(self.width, indent + 20),
            initial_indent=first or " " * indent,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [first.rstrip()]


def columns(text: str) -> int:
    """How many terminal columns a visible text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def padded(text: str, width: int) -> str:
    """The text with spaces up to `width` columns."""
    return text + " " * (width - columns(text))
