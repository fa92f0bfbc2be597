"""Names that a reader takes for one another: other case, spaces, accents, or letters of another script. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_OTHERS = str.maketrans(
    # Cyrillic
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u04bb\u04cf\u0433\u043a\u043c\u0442\u043d\u0432"
    # Greek
    "\u03b1\u03b5\u03bf\u03c1\u03c5\u03c7\u03b9\u03ba\u03bd\u03c4\u03b7\u03b2\u03b6\u03bc"
    # Armenian, Latin letters of their own, digits and signs
    "\u0585\u057d\u0570\u0578\u0131\u0142\u0251\u0261\u01c0"
    "01|!"
    # Cyrillic soft sign and straight u, Greek gamma, sigma and omega, small capitals
    "\u044c\u04af\u03b3\u03c3\u03c9\u1d00\u0299\u1d04\u1d05\u1d07\u0262\u029c\u026a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22",
    "aeopcyxijsdqwhlrkmthbaeopuxiknthbzuouhnilaglolllbyyowabcdeghiklmnoprstuvwyz",
)
"""Letters, folded to lower case, that look like a Latin one."""
_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE"})
"""Scripts whose letters look like those of another of them."""
_WORDS = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(r"[\W_]+")


def skeleton(name: str) -> str:
    """What a reader sees of a name at a glance. Equal skeletons look alike."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return _SPACES.sub("", plain.casefold().translate(_OTHERS)).replace("i", "l").replace("rn", "m")


def mixes_scripts(name: str) -> bool:
    """Whether one word holds letters of two scripts that look alike: no language writes so."""
    return not name.isascii() and any(
        len(_SCRIPTS & {unicodedata.name(letter, "").partition(" ")[0] for letter in word}) > 1
        for word in _WORDS.findall(name)
    )


def alike(names: Iterable[str]) -> frozenset[str]:
    """Those of the names that look like another one of them, or that mix scripts within a word."""
    by_skeleton: dict[str, set[str]] = {}
    for name in names:
        by_skeleton.setdefault(skeleton(name), set()).add(name)
    return frozenset(name for found in by_skeleton.values() for name in found if len(found) > 1 or mixes_scripts(name))
