"""What `make` and CI install: each package has one version and its hashes, and nothing that is needed is missing."""

from __future__ import annotations

import re
import tomllib

import pytest
from pins import ROOT, pins

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HOLDS = {
    "constraints.txt": ("bench", "dev", "postgres", "rules", "sandbox", "zstd"),
    "ci/sandbox.txt": ("sandbox",),
    "ci/requirements.txt": ("postgres", "rules", "zstd"),
    "ci/tools.txt": (),
}
"""The files that `make pins` writes, and the extras whose packages each pins."""


def name_of(requirement: str) -> str:
    """The package that a requirement is for, as pins spell it."""
    return re.sub(r"[._]", "-", re.split(r"[\[<>=!~ ;]", requirement)[0].lower())


@pytest.mark.parametrize("file", HOLDS)
def test_every_pin_has_hashes(file: str) -> None:
    """A package without a hash would let the whole installation fail, or be let through where hashes are not asked."""
    blocks = [block for block in re.split(r"\n(?=\S)", (ROOT / file).read_text()) if not block.startswith("#")]
    assert blocks
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("file", HOLDS)
def test_every_package_that_is_needed_is_pinned(file: str) -> None:
    """After a change of pyproject.toml or of a list in ci/, `make pins` has to run."""
    extras = [each for extra in HOLDS[file] for each in PROJECT["optional-dependencies"][extra]]
    declared = ["setuptools", *PROJECT["dependencies"], *extras]
    if file == "ci/tools.txt":
        declared = [line for line in (ROOT / "ci/tools.in").read_text().splitlines() if not line.startswith("#")]
    assert {name_of(each) for each in declared} - {"jetplan"} <= set(pins(file))


def test_a_package_has_one_version() -> None:
    """What is tested is what the action installs, and what a release is built with."""
    tested = pins("constraints.txt")
    for file in HOLDS:
        for name, version in pins(file).items():
            assert tested.get(name, version) == version, f"{file} has another {name} than constraints.txt: make pins"


@pytest.mark.parametrize("file", HOLDS)
def test_no_pin_names_a_server(file: str) -> None:
    """Where packages come from is for pip's own settings to say."""
    assert "://" not in (ROOT / file).read_text()
