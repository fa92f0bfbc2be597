"""Glob patterns of a job (`transferOptions.objectPatterns`): which paths of a folder are wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def select(object_patterns: Mapping[str, Any] | None) -> Callable[[str], bool]:
    """A test for absolute paths: matched by an inclusion (if there are any) and by no exclusion."""
    inclusions = _compile((object_patterns or {}).get("inclusions"))
    exclusions = _compile((object_patterns or {}).get("exclusions"))

    def wanted(path: str) -> bool:
        relative = path.lstrip("/")
        included = not inclusions or any(pattern.fullmatch(relative) for pattern in inclusions)
        return included and not any(pattern.fullmatch(relative) for pattern in exclusions)

    return wanted


def _compile(globs: object) -> list[re.Pattern[str]]:
    return [re.compile(_translate(glob)) for glob in globs if isinstance(glob, str)] if isinstance(globs, list) else []


def _translate(glob: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob.lstrip("/"))
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "(?s:" + "".join(meaning.get(part, re.escape(part)) for part in parts) + ")"
