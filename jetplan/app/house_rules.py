"""Which house rules the project's configuration names: files below its own folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.app.configuration import read_configuration
from jetplan.core.characters import quoted
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def house_rules(config: Path) -> tuple[Path, ...]:
    """The files that `houseRules` names (patterns such as `rules/*.schema.json`), sorted; none without a file.

    Raises UsageError for a pattern that leaves the folder or finds nothing: a rule misspelt must not be a rule lost.
    """
    if not config.exists():
        return ()
    found: dict[Path, None] = {}
    for pattern in read_configuration(config).house_rules:
        if pattern.startswith("/") or ".." in pattern.split("/"):
            raise UsageError(f"the house rule {quoted(pattern)} is outside the project", hint="name files below it")
        files = sorted(config.parent.glob(pattern))
        if not files:
            raise UsageError(f"no house rule is at {quoted(pattern)}", hint=f"see `houseRules` in {config}")
        found |= dict.fromkeys(files)
    return tuple(found)
