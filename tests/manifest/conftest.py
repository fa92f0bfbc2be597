"""Manifests as bytes or text, read from a real folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from folders import HEAD, Folder
from repository import repository

if TYPE_CHECKING:
    from pathlib import Path

    from folders import MakeFolder, MakeText

__all__ = ["repository"]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of manifests."""
    root = tmp_path / "manifests"
    root.mkdir()
    return Folder(root)


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Makes folders of manifests by name."""

    def make(name: str) -> Folder:
        (tmp_path / name).mkdir()
        return Folder(tmp_path / name)

    return make


@pytest.fixture
def with_objects() -> MakeText:
    """Text of a manifest whose one set has these lines below `objects:`."""

    def make(*lines: str) -> str:
        return HEAD + "deliverySets:\n  s:\n    job: j\n    objects:\n" + "".join(f"      {line}\n" for line in lines)

    return make
