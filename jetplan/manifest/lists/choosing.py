"""Which objects of a list are taken: `include` and `exclude`, as patterns over the paths that would be sent.

`*` and `?` stay within a name, `**` goes over folders, `[a-z]` is one character and `{a,b}` either text. What
rclone and gitignore read in two ways is refused: a slash inside a pattern without one in front, and `!`.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.manifest.columns import Columns

_LONGEST = 255
_MOST_ALTERNATIVES = 64
_MOST_OVER_FOLDERS = 2
_BRACKETS = re.compile(r"\[[!^]?[^\]/!^][^\]/]*\]|\{[^{}\[\]/]*\}")


@dataclass(frozen=True, slots=True)
class Choice:
    """`include`: an object has to match one of these, if there are any. `exclude`: and none of these."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def takes(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """The two as regular expressions over whole canonical paths."""
        return _joined(self.include or ("**",)), _joined(self.exclude)


def fault_of(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern, as the end of a sentence, and what to do; None if it can be used."""
    body = pattern.removesuffix("/")
    if not body or len(pattern) > _LONGEST:
        return f"must have 1 to {_LONGEST} characters, and not only a slash", "leave it out to take all"
    if pattern.startswith("!"):
        return "begins with `!`", "write what is left out in `exclude`"
    if "\\" in pattern:
        return "holds a backslash", "no path holds one; `[*]` stands for an asterisk itself"
    if "/" in body and not pattern.startswith(("/", "**/")):
        return (
            "has a slash inside, and tools differ in where such a pattern begins",
            "begin it with `/` for the root of the profile, or with `**/` for any folder",
        )
    if re.search(r"[^/]\*\*|\*\*[^/]", pattern):
        return "has `**` beside other characters of a name", "write `**` as the whole of a name, as in `/ep101/**`"
    if pattern.count("**") > _MOST_OVER_FOLDERS:
        return f"has `**` more than {_MOST_OVER_FOLDERS} times", "name the folders between them"
    if re.search(r"[\[\]{}]", _BRACKETS.sub("", pattern)):
        return "has a bracket that is not closed, or that goes over a slash", "write `[[]` for a bracket itself"
    if len(_alternatives(pattern)) > _MOST_ALTERNATIVES:
        return f"has more than {_MOST_ALTERNATIVES} alternatives in braces", "write several patterns"
    try:
        _joined([pattern])
    except re.error:
        return "has a range of characters that is none", "write `[a-z]`, the first character first"
    return None


def choose(columns: Columns, choice: Choice) -> int:
    """Leave out what is not chosen; returns how many objects that were."""
    include, exclude = choice.takes()
    kept = [at for at, path in enumerate(columns.paths) if include.fullmatch(path) and not exclude.fullmatch(path)]
    left_out = len(columns.paths) - len(kept)
    if left_out:
        columns.revisions = {new: columns.revisions[at] for new, at in enumerate(kept) if at in columns.revisions}
        columns.paths[:] = [columns.paths[at] for at in kept]
        columns.sizes = array("q", [columns.sizes[at] for at in kept])
        columns.places = array("Q", [columns.places[at] for at in kept])
    return left_out


def _joined(patterns: Sequence[str]) -> re.Pattern[str]:
    each = [_regex(written) for pattern in patterns for written in _alternatives(pattern)]
    return re.compile("|".join(each) or "(?!)", re.DOTALL)


def _alternatives(pattern: str) -> list[str]:
    """The pattern without braces: one for each combination of what stands in them."""
    pieces = re.split(r"\{([^{}/]*)\}", pattern)
    return [
        "".join(each) for each in product(*(piece.split(",") if at % 2 else [piece] for at, piece in enumerate(pieces)))
    ]


def _regex(pattern: str) -> str:
    """A pattern without braces as a regular expression over a canonical path."""
    below = "/.*" if pattern.endswith("/") else "/?"
    names = pattern.strip("/").split("/")
    anywhere = not pattern.startswith("/") and names[0] != "**"
    text = "/(?:.*/)?" if anywhere else "/"
    for at, name in enumerate(names):
        last = at == len(names) - 1
        if name == "**":
            text += ".*" if last else "(?:.*/)?"
        else:
            text += _name(name) + ("" if last else "/")
    return f"(?:{text}{below})"


def _name(name: str) -> str:
    """One name. Every part between asterisks is found once: never in exponential time."""
    pieces = [_fixed(piece) for piece in re.split(r"\*(?![^\[]*\])", name)]
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle) + f"[^/]*{last}"


def _fixed(piece: str) -> str:
    """A part of a name without asterisks."""
    text = ""
    for found in re.finditer(r"\?|\[([!^]?)([^\]]+)\]|.", piece, re.DOTALL):
        if found[0] == "?":
            text += "[^/]"
        elif found[2] is not None:
            inner = re.sub(r"([\\\[\]^&~|])", r"\\\1", found[2])
            text += f"[^/{inner}]" if found[1] else f"[{inner}]"
        else:
            text += re.escape(found[0])
    return text
