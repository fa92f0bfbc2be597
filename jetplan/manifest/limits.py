"""How much of anything a manifest may hold before it is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Sizes in bytes. `list_bytes` and `list_ratio` bound an object list once it is unpacked.

    `list_lines` bounds the objects of one list, `problems` those kept of one file.
    """

    file_bytes: int = 64 * MIB
    list_bytes: int = 8 << 30
    list_ratio: int = 4000
    list_lines: int = 20_000_000
    problems: int = 1000
    depth: int = 20


DEFAULT_LIMITS = ReadingLimits()

LIST_LINES = "JETPLAN_MAX_LIST_OBJECTS"
"""The variable that sets `list_lines`: the operator's word, which nothing in a checkout can raise."""


def limits_of(environment: Mapping[str, str]) -> ReadingLimits:
    """The limits, with what the environment sets. Raises UsageError for what is no whole number from 1."""
    text = environment.get(LIST_LINES, "")
    if not text:
        return DEFAULT_LIMITS
    if not re.fullmatch(r"[1-9][0-9]{0,14}", text):
        raise UsageError(
            f"{LIST_LINES} must be a whole number from 1", hint=f"unset it for {DEFAULT_LIMITS.list_lines}"
        )
    return replace(DEFAULT_LIMITS, list_lines=int(text))
