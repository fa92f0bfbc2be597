"""`jetplan fmt`, as people and pre-commit run it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from jetplan.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

UNTIDY = "apiVersion:   'jetplan/v1'  \njobs:\n    j: {source: a, destination: b} # c"
TIDY = "apiVersion:   jetplan/v1\njobs:\n  j: {source: a, destination: b} # c\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one untidy manifest, one tidy one and one that is not valid."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "manifests/sub").mkdir(parents=True)
    (tmp_path / "manifests/untidy.yaml").write_text(UNTIDY)
    (tmp_path / "manifests/sub/tidy.yaml").write_text(TIDY)
    return tmp_path


def test_writes_what_is_untidy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The untidy file is rewritten with its mode kept and named on stdout; a second run does nothing."""
    (project / "manifests/untidy.yaml").chmod(0o640)
    assert run(["fmt"]) == 0
    assert capsys.readouterr().out == "manifests/untidy.yaml\n"
    assert (project / "manifests/untidy.yaml").read_text() == TIDY
    assert stat.S_IMODE((project / "manifests/untidy.yaml").stat().st_mode) == 0o640
    assert [file.name for file in (project / "manifests").iterdir() if file.is_file()] == ["untidy.yaml"]
    assert run(["fmt"]) == 0
    assert capsys.readouterr().out == ""


def test_check_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --check the file is named, left alone, and the exit code is 1."""
    assert run(["fmt", "--check"]) == 1
    assert capsys.readouterr().out == "manifests/untidy.yaml\n"
    assert (project / "manifests/untidy.yaml").read_text() == UNTIDY
    assert run(["fmt", "--check", "manifests/sub"]) == 0


def test_several_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files may be named one by one, as pre-commit does."""
    assert run(["fmt", "manifests/sub/tidy.yaml", "manifests/untidy.yaml"]) == 0
    assert capsys.readouterr().out == "manifests/untidy.yaml\n"


def test_invalid_files_are_left_and_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not valid stays, its problems are told, and the others are still laid out."""
    (project / "manifests/bad.yaml").write_text("x:    1")
    (project / "manifests/link.yaml").symlink_to("untidy.yaml")
    assert run(["fmt"]) == 1
    out, err = capsys.readouterr()
    assert out == "manifests/untidy.yaml\n"
    assert "manifests/bad.yaml:1:1: unknown key `x`" in err
    assert "manifests/link.yaml: this is a symbolic link" in err
    assert (project / "manifests/bad.yaml").read_text() == "x:    1"
