"""The examples are what they claim to be: valid, planned, applied once, and true to their words."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stage import run_here

from jetplan.manifest.read import read_manifests
from jetplan.sandbox.jet import Settings
from jetplan.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())


@pytest.fixture
def example(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A copy of one example, as the working folder, with a local Jet that has its storage profiles and its files."""
    project = tmp_path / "project"
    shutil.copytree(EXAMPLES / request.param, project)
    spec = read_manifests(project / "manifests").spec
    profiles = sorted({str(ref.name) for job in spec.jobs.values() for ref in (job.source, job.destination)})
    for job in spec.jobs.values():
        for wanted in spec.sets.values():
            if wanted.job == job.name:
                put_files(tmp_path / str(job.source.name), list(wanted.objects.paths))
    for name in profiles:
        (tmp_path / name).mkdir(exist_ok=True)
    with serve(Settings(profiles=tuple((name, tmp_path / name) for name in profiles), roots=(tmp_path,))) as url:
        for name, value in {"API_URL": url, "CLIENT_ID": "sandbox", "CLIENT_SECRET": "sandbox"}.items():
            monkeypatch.setenv(f"JETPLAN_{name}", value)
        monkeypatch.chdir(project)
        yield project, profiles


def put_files(source: Path, paths: list[str]) -> None:
    """A small file for each object; a folder and a whole profile get one file inside."""
    for path in paths:
        file = source / (path.lstrip("/") + ("inside.dat" if path.endswith("/") else ""))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path, encoding="utf-8")


@pytest.mark.parametrize("example", NAMES, indirect=True)
def test_an_example_is_applied_once(example: Any) -> None:
    """Each example is valid and laid out, its plan sends everything it declares, and a second apply sends nothing."""
    assert example
    run_here("jetplan validate")
    run_here("jetplan fmt --check")
    run_here("jetplan init")
    assert "To submit: " in run_here("jetplan plan").out
    run_here("jetplan apply --auto-approve")  # the files are small ones, so --wait would miss their declared sizes
    assert "No changes" in run_here("jetplan apply --auto-approve").out


@pytest.mark.parametrize("example", NAMES, indirect=True)
def test_an_example_names_its_profiles(example: Any) -> None:
    """The README of an example names the storage profiles that one needs to try it."""
    project, profiles = example
    said = (project / "README.md").read_text(encoding="utf-8").rpartition("Storage profiles: ")[2]
    assert sorted(re.findall("`([^`]+)`", said)) == profiles


def test_every_example_is_listed() -> None:
    """The list of examples leaves none out."""
    listed = re.findall(r"\]\(([a-z-]+)/README.md\)", (EXAMPLES / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == NAMES
