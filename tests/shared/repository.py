"""A scratch git repository with manifests, untouched by the settings of whoever runs the tests."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ALONE = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "A Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.com",
    "GIT_COMMITTER_NAME": "A Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.com",
}
CI_VARIABLES = ("GITHUB_BASE_REF", "GITHUB_SHA", "CI_COMMIT_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "JETPLAN_BASE")


@dataclass
class Repository:
    """A repository at `folder`; `write` and `commit` play its authors."""

    folder: Path

    def git(self, *words: str, data: bytes | None = None) -> str:
        ran = subprocess.run(
            ["git", *words], cwd=self.folder, input=data, capture_output=True, check=True, env=os.environ | ALONE
        )
        return ran.stdout.decode().strip()

    def write(self, text: str, name: str = "manifests/main.yaml") -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def commit(self, message: str = "change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """An empty repository, which is the current folder too."""
    for name in CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    made = Repository(folder)
    made.git("init", "--quiet", "--initial-branch=main")
    monkeypatch.chdir(folder)
    return made
