"""What a change does to the project's own settings: it is part of the review, and does not lift what judges it.

A pull request is held against the limits of its base and against its own. Whoever raises a limit and uses that in one
change sees both: the refusal of the base, and the notice that the limit was changed.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from jetplan.app.configuration import Configuration, read_configuration
from jetplan.app.environment import current_ci
from jetplan.app.house_rules import house_rules
from jetplan.app.limits import limits_of
from jetplan.core.addresses import shown_url
from jetplan.core.characters import quoted
from jetplan.core.limits import refusals
from jetplan.core.lookalikes import mixes_scripts
from jetplan.errors import JetplanError, ManifestInvalid, Place, Problem
from jetplan.manifest.read import read_manifests
from jetplan.manifest.revisions import find_revision, lay_out_at, read_file_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.app.limits import Lifts
    from jetplan.app.settings import Settings
    from jetplan.core.limits import Refusal
    from jetplan.core.plan import Plan
    from jetplan.manifest.revisions import Revision

HINT = "whoever approves this change approves that too"
_LONGEST = 300
"""Characters of a value: a name may have 255."""
_GONE_FIRST = ("removed", "changed", "added")


@dataclass(frozen=True, slots=True)
class Review:
    """What a change does to the settings and house rules that judge it. `before`: the settings of the base, if any."""

    before: Configuration | None = None
    changes: tuple[Problem, ...] = ()


def review_of(manifests: Path, settings: Settings, revision: Revision) -> Review:
    """What differs from the settings and house rules of a revision. Where it had no file, every setting is new.

    Raises ManifestInvalid where the manifests break a house rule as it was there.
    """
    try:
        before = settings_at(settings.path, revision)
    except ManifestInvalid:
        return _unknown(settings, revision.said, f"{settings.path} cannot be read there", "read the whole file")
    then = before or Configuration()
    rules = _rule_changes(manifests, settings.path, then, revision)
    return Review(before, (*changes(settings.path, then, settings.config), *rules))


def review_in_ci(manifests: Path, settings: Settings) -> Review:
    """The same against the base that CI names; where git does not have it, that is what the review says."""
    base = current_ci().base
    if not base:
        return Review()
    try:
        return review_of(manifests, settings, find_revision(manifests, base))
    except ManifestInvalid:
        raise
    except JetplanError as error:
        return _unknown(settings, base, error.message, error.hint)


def _unknown(settings: Settings, base: str, why: str, hint: str) -> Review:
    message = f"changes of the settings since {quoted(base)} are not shown: {why}"
    return Review(None, (Problem(Place(str(settings.path)), message, hint, "settings-unknown"),))


def settings_at(config: Path, revision: Revision) -> Configuration | None:
    """The settings as they were at a revision; None where there was no file. Raises ManifestInvalid."""
    data = read_file_at(config, revision)
    if data is None:
        return None
    with tempfile.TemporaryDirectory(prefix="jetplan-") as aside:
        file = Path(aside) / "jetplan.yaml"
        file.write_bytes(data)
        return read_configuration(file)


def changes(path: Path, before: Configuration, now: Configuration) -> Iterator[Problem]:
    """A notice for every setting that differs, with both values; of a list, for every item that is new or gone."""
    old, new = _flat(before), _flat(now)
    for key in sorted({*old, *new}, key=_rank):
        for message in _change(key, old.get(key), new.get(key)):
            yield Problem(Place(str(path)), message, HINT, "settings-changed")


def refused_by_both(plan: Plan, settings: Settings, before: Configuration | None, lifts: Lifts) -> tuple[Refusal, ...]:
    """What the limits of the base refuse, then what its own refuse besides."""
    own = refusals(plan, limits_of(settings, lifts))
    if before is None:
        return own
    base = refusals(plan, limits_of(replace(settings, config=before), lifts))
    known = {(each.kind, each.set_name) for each in base}
    return (*base, *(each for each in own if (each.kind, each.set_name) not in known))


def _rule_changes(manifests: Path, config: Path, before: Configuration, revision: Revision) -> list[Problem]:
    """A notice for every house rule that differs; the manifests are held against those of the base, too."""
    folder = config.parent
    now = {file.relative_to(folder).as_posix(): file.read_bytes() for file in house_rules(config)}
    with tempfile.TemporaryDirectory(prefix="jetplan-") as aside:
        copies = lay_out_at(folder, before.house_rules, revision, Path(aside))
        then = {name: copy.read_bytes() for name, copy in copies.items()}
        found = []
        for name in sorted(then.keys() | now.keys()):
            if then.get(name) != now.get(name):
                word = "added" if name not in then else "removed" if name not in now else "changed"
                message = f"the house rule {quoted(name, _LONGEST)} is {word}"
                problem = Problem(Place(str(folder / name)), message, HINT, "house-rule-changed")
                found.append((_GONE_FIRST.index(word), problem))
        if any(then[name] != now.get(name) for name in then):
            _check_rules_of_base(manifests, list(copies.values()), revision)
    return [problem for _, problem in sorted(found)]


def _check_rules_of_base(manifests: Path, rules: Sequence[Path], revision: Revision) -> None:
    try:
        read_manifests(manifests, rules=rules)
    except ManifestInvalid as invalid:
        said = f" (the rule as it is at {revision})"
        raise ManifestInvalid([each._replace(message=each.message + said) for each in invalid.problems]) from None


def _rank(key: str) -> tuple[bool, str]:
    """How deliveries are split comes last: it decides nothing of what may be sent, and where to."""
    return key.startswith("delivery."), key


def _change(key: str, old: object, new: object) -> Iterator[str]:
    if isinstance(old, tuple | list) and isinstance(new, tuple | list):
        # Not as two long lists side by side: the eye finds no difference in them.
        yield from (f"`{key}` no longer holds {_item(str(each))}" for each in old if each not in new)
        yield from (f"`{key}` now holds {_item(str(each))}" for each in new if each not in old)
    elif old != new:
        yield f"`{key}` is changed from {_shown(key, old)} to {_shown(key, new)}"


def _item(name: str) -> str:
    """A name in a list; one whose letters imitate others with its letters spelled."""
    letters = name.encode("ascii", "backslashreplace").decode()
    return quoted(name, _LONGEST) + (f" ({quoted(letters, 2 * _LONGEST)})" if mixes_scripts(name) else "")


def _flat(settings: Configuration) -> dict[str, object]:
    return dict(_leaves("", msgspec.to_builtins(settings)))


def _leaves(prefix: str, settings: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Each setting with its keys, joined by dots."""
    for key, value in settings.items():
        if isinstance(value, dict):
            yield from _leaves(f"{prefix}{key}.", value)
        else:
            yield prefix + key, value


def _shown(key: str, value: object) -> str:
    if value is None or value in ("", [], ()):
        return "nothing"
    if isinstance(value, str):
        return quoted(shown_url(value) if key in {"apiUrl", "ledger"} else value, _LONGEST)
    return quoted(str(list(value) if isinstance(value, tuple) else value), _LONGEST)
