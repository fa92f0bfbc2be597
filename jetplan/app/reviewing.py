"""What a change does to the project's own settings: it is part of the review, and does not lift what judges it.

A pull request is held against the limits of its base and against its own. Whoever raises a limit and uses that in one
change sees both: the refusal of the base, and the notice that the limit was changed.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jetplan.app.configuration import Configuration, read_configuration
from jetplan.app.limits import limits_of
from jetplan.core.addresses import shown_url
from jetplan.core.characters import quoted
from jetplan.core.limits import refusals
from jetplan.errors import ManifestInvalid, Place, Problem
from jetplan.manifest.revisions import read_file_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.app.limits import Lifts
    from jetplan.app.settings import Settings
    from jetplan.core.limits import Refusal
    from jetplan.core.plan import Plan
    from jetplan.manifest.revisions import Revision

HINT = "whoever approves this change approves that too"


def settings_at(config: Path, revision: Revision) -> Configuration | None:
    """The settings as they were at a revision; None where there was no file, or none that can be read."""
    data = read_file_at(config, revision)
    if data is None:
        return None
    with tempfile.TemporaryDirectory(prefix="jetplan-") as aside:
        file = Path(aside) / "jetplan.yaml"
        file.write_bytes(data)
        try:
            return read_configuration(file)
        except ManifestInvalid:
            return None


def changes(path: Path, before: Configuration, now: Configuration) -> Iterator[Problem]:
    """A notice for every setting that differs, with both values."""
    for key, old, new in _differences(before, now):
        message = f"`{key}` is changed from {old} to {new}"
        yield Problem(Place(str(path)), message, HINT, "settings-changed")


def refused_by_both(plan: Plan, settings: Settings, before: Configuration | None, lifts: Lifts) -> tuple[Refusal, ...]:
    """What the limits of the base refuse, then what its own refuse besides."""
    own = refusals(plan, limits_of(settings, lifts))
    if before is None:
        return own
    base = refusals(plan, limits_of(replace(settings, config=before), lifts))
    known = {(each.kind, each.set_name) for each in base}
    return (*base, *(each for each in own if (each.kind, each.set_name) not in known))


def _differences(before: Configuration, now: Configuration) -> Iterator[tuple[str, str, str]]:
    old, new = _flat(before), _flat(now)
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield key, _shown(key, old.get(key)), _shown(key, new.get(key))


def _flat(settings: Configuration) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in msgspec.to_builtins(settings).items():
        match value:
            case dict():
                found |= {f"{key}.{inner}": each for inner, each in value.items()}
            case _:
                found[key] = value
    return found


def _shown(key: str, value: object) -> str:
    if value is None or value in ("", [], ()):
        return "nothing"
    if isinstance(value, str):
        return quoted(shown_url(value) if key in {"apiUrl", "ledger"} else value)
    return quoted(str(list(value) if isinstance(value, tuple) else value))
