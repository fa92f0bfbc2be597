"""The shape of `manifest/`: no circle among its modules, and shortcuts that can be taken away."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.manifest import shortcuts
from jetplan.manifest.cache.known import KnownManifests
from jetplan.manifest.fast import quick
from jetplan.manifest.lists import csvlist, jsonlist

if TYPE_CHECKING:
    from folders import Folder

FOLDER = Path(__file__).parents[2] / "jetplan/manifest"


def _modules() -> dict[str, set[str]]:
    """Each module of the folder with all it imports, at its top, in functions and for types alike."""
    found = {}
    for file in FOLDER.rglob("*.py"):
        parts = file.relative_to(FOLDER.parents[1]).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        targets = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                targets |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                targets |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
        found[name] = targets
    return {name: (targets & found.keys()) - {name} for name, targets in found.items()}


def _circle(modules: dict[str, set[str]]) -> list[str]:
    """What is left when modules that import nothing of the rest are taken away, one after the other."""
    left = dict(modules)
    while ends := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in ends:
            del left[name]
    return sorted(left)


def test_no_circle() -> None:
    """No module of the folder can be reached from itself, not even by an import in a function or for a type."""
    modules = _modules()
    assert len(modules) > 30
    assert _circle(modules) == []


def test_a_circle_is_found() -> None:
    """One import back, and the test above fails."""
    modules = _modules()
    modules["jetplan.manifest.findings"] |= {"jetplan.manifest.read"}
    assert "jetplan.manifest.findings" in _circle(modules)


def test_the_rules_know_no_shortcut() -> None:
    """Only where reading begins are the quick ways chosen: the rules, YAML and lists are read without knowing them."""
    knowing = {
        name
        for name, targets in _modules().items()
        if any(each.startswith(("jetplan.manifest.fast", "jetplan.manifest.cache")) for each in targets)
        and not name.startswith(("jetplan.manifest.fast", "jetplan.manifest.cache"))
    }
    assert knowing == {"jetplan.manifest.read", "jetplan.manifest.format"}


@pytest.mark.parametrize(("said", "taken"), [(None, True), ("", True), ("0", True), ("1", False), ("yes", False)])
def test_the_switch(monkeypatch: pytest.MonkeyPatch, said: str | None, taken: bool) -> None:
    """Shortcuts are taken unless the variable for tests is set to something other than `0`."""
    monkeypatch.delenv(shortcuts.VARIABLE, raising=False)
    if said is not None:
        monkeypatch.setenv(shortcuts.VARIABLE, said)
    assert shortcuts.are_taken() is taken


LISTED: dict[str, str | bytes] = {
    "a.yaml": "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objects:\n      - /a\n  t:\n    job: j\n"
    "    objectsFrom: {file: l.csv}\n  u:\n    job: j\n    objectsFrom: {file: l.jsonl}\n",
    "l.csv": "relativePath\n/a\n",
    "l.jsonl": '{"relativePath":"/a"}\n',
}


@pytest.mark.parametrize("without", [False, True])
def test_no_shortcut_is_left(monkeypatch: pytest.MonkeyPatch, folder: Folder, tmp_path: Path, without: bool) -> None:
    """With the switch set no pattern is asked and no reading is remembered; without it each is used."""
    used: set[str] = set()

    def watch(owner: Any, real: Any) -> Any:
        def watched(*given: Any) -> Any:
            used.add(owner.__name__)
            return real(*given)

        return watched

    for owner, name in ((quick, "put_aside"), (csvlist._Reader, "_take_quickly"), (jsonlist, "_take_quickly")):
        monkeypatch.setattr(owner, name, watch(owner, getattr(owner, name)))
    folder.write(LISTED)
    if without:
        monkeypatch.setenv(shortcuts.VARIABLE, "1")
    KnownManifests(folder.root, tmp_path / "cache").read()
    assert len(used) == (0 if without else 3)
    assert (tmp_path / "cache").exists() is not without
