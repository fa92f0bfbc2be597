"""The recipes of docs/lists.md that need no more than a shell, played as they stand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from jetplan.manifest.read import read_manifests

DOCS = Path(__file__).parents[3] / "docs"
RECIPES = re.findall(r"^```sh\n(.+?)\n```$", (DOCS / "lists.md").read_text(), re.MULTILINE | re.DOTALL)
FILES = ["/ep101/a 1.mxf", "/ep101/audio/#2.wav", "/ep101/été.mov"]


def test_there_are_recipes() -> None:
    """The search for recipes finds them all."""
    assert len(RECIPES) == 2


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_lists_the_files(tmp_path: Path, recipe: Any) -> None:
    """What the command writes is read as it is, and names every file once."""
    for name in FILES:
        file = tmp_path / "dailies" / name[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "manifests").mkdir()
    command = recipe.replace("/mnt/dailies", str(tmp_path / "dailies"))
    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=True)
    (made,) = (tmp_path / "manifests").iterdir()
    (tmp_path / "manifests" / "a.yaml").write_text(
        f"apiVersion: jetplan/v1\ndeliverySets:\n  s: {{job: j, objectsFrom: {{file: {made.name}}}}}\n"
    )
    assert sorted(read_manifests(tmp_path / "manifests").spec.sets["s"].objects.paths) == FILES
