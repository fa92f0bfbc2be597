"""Scenarios that a doubter thought of, played by a user on a local Jet, or on one that only counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from counting import CountingJet, counting
from stage import Stage, open_stage, stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["open_stage", "stage"]


@pytest.fixture
def jet() -> CountingJet:
    """A Jet that only counts."""
    return CountingJet()


@pytest.fixture
def project(jet: CountingJet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A project beside the Jet that only counts."""
    for name in ("nyc", "lax", "project/manifests"):
        (tmp_path / name).mkdir(parents=True)
    with counting(jet) as url:
        words = {"API_URL": url, "CLIENT_ID": "id", "CLIENT_SECRET": "secret", "TIMEOUT": "2"}
        for name, value in words.items():
            monkeypatch.setenv(f"JETPLAN_{name}", value)
        monkeypatch.chdir(tmp_path / "project")
        project = Stage(tmp_path, url)
        project.run("jetplan init")
        yield project
