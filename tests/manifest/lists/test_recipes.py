"""The recipes of docs/lists.md that need no more than a shell, played as they stand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from stage import run_here

from jetplan.manifest.read import read_manifests

DOCS = Path(__file__).parents[3] / "docs"
BLOCKS = re.findall(r"^```sh\n(.+?)\n```$", (DOCS / "lists.md").read_text(), re.MULTILINE | re.DOTALL)
RECIPES = [each for each in BLOCKS if not each.startswith("jetplan ")]
[LISTING] = [each for each in BLOCKS if each.startswith("jetplan ")]
FILES = ["/ep101/a 1.mxf", "/ep101/audio/#2.wav", "/ep101/été.mov"]


def test_there_are_recipes() -> None:
    """The search for recipes finds them all."""
    assert (len(RECIPES), len(LISTING.splitlines())) == (2, 5)


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


def test_jetplans_own_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of the recipe, played on a small storage, in its order."""
    monkeypatch.chdir(tmp_path)
    mounted = tmp_path / "dailies"
    (mounted / "ep101").mkdir(parents=True)
    (mounted / "ep101" / "master.mxf").write_text("12345")
    Path("manifests").mkdir()
    Path("A001.mhl").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><hashlist version="1.1"><hash><file>clip.mov</file><size>5</size>'
        "<md5>d41d8cd98f00b204e9800998ecf8427e</md5></hash></hashlist>\n"
    )
    Path("shots.txt").write_text("/ep101/shot.[0001-0003].exr\n")
    Path("new.csv").write_text("relativePath,sizeInBytes\n/ep101/master.mxf,5\n")
    for line in LISTING.splitlines():
        run_here(line.partition("#")[0].replace("/mnt/dailies", str(mounted)))
        Path("manifests/m.yaml").write_text(
            "apiVersion: jetplan/v1\njobs:\n  j: {source: a, destination: b}\n"
            "deliverySets:\n  ep101-masters: {job: j, objectsFrom: {file: ep101.csv}}\n"
        )
    made = {file.name: file.read_text() for file in Path("manifests").glob("*.csv")}
    assert made == {
        "ep101.csv": "relativePath,sizeInBytes\n/ep101/master.mxf,5\n",
        "A001.csv": "relativePath,sizeInBytes\n/ep101/A001/clip.mov,5\n",
        "shots.csv": "relativePath,sizeInBytes\n" + "".join(f"/ep101/shot.000{frame}.exr,\n" for frame in (1, 2, 3)),
    }
