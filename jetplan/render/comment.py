"""Fits blocks of Markdown into the length that a comment may have, saying how much was left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.render import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_RESERVE = 400
"""Room kept for the sentence that says what was left out."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together and are complete in themselves. They are made only when there may be room for them.

    `short` stands in where the lines do not fit.
    """

    lines: Callable[[], Iterable[str]]
    short: Callable[[], Iterable[str]] | None = None
    what: str = "part"
    plural: str = ""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text of a bounded length, and whether it holds everything."""

    text: str
    complete: bool


def fitted(head: Sequence[Block], blocks: Iterable[Block], foot: Sequence[str], limit: int) -> Fitted:
    """All blocks that fit, in order, an empty line between them; then what was left out, and the foot."""
    ending = "\n".join(foot) + "\n"
    room = limit - len(ending) - _RESERVE
    parts: list[str] = []
    left_out: Counter[str] = Counter()
    plurals: dict[str, str] = {}
    shortened = 0
    full = False
    for number, block in enumerate((*head, *blocks)):
        for make in () if full else (block.lines, block.short):
            text = "\n".join([*make(), "\n"]) if make else ""
            if make and len(text) <= room:
                parts.append(text)
                room -= len(text)
                shortened += make is block.short
                break
        else:
            left_out[block.what] += 1
            plurals[block.what] = block.plural
            full = number >= len(head)
    text = "".join(parts) + _cut(left_out, plurals, shortened) + ending
    return Fitted(text, complete=not left_out and not shortened)


def _cut(left_out: Counter[str], plurals: dict[str, str], shortened: int) -> str:
    said = [words.count(number, what, plurals[what]) for what, number in sorted(left_out.items())]
    if not said and not shortened:
        return ""
    parts = [f"{', '.join(said)} left out"] if said else []
    parts += [f"{words.count(shortened, 'list')} of objects left out"] if shortened else []
    return (
        f"**Cut to fit a comment:** {'; '.join(parts)}. The full page has all of it, "
        "and the digest below is of the whole plan.\n\n"
    )
