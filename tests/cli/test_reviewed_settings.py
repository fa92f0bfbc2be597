"""Settings are part of the review: a change of them is told, and does not lift the limits that judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from repository import Repository
    from stage import Ran

JOB = "apiVersion: jetplan/v1\njobs:\n  j: {source: a, destination: b}\ndeliverySets:\n"
BEFORE = "apiUrl: https://jet.example\nledger: postgresql://u@db/d\nlimits:\n  maxObjects: 1\n"


@pytest.fixture
def project(repository: Repository) -> Repository:
    repository.commit("empty")
    repository.write(f"{JOB}  s: {{job: j, objects: [/a]}}\n")
    repository.write(BEFORE, "jetplan.yaml")
    repository.commit()
    repository.write(f"{JOB}  s: {{job: j, objects: [/a, /b, /c]}}\n")
    return repository


def test_a_limit_that_is_raised_in_the_same_change(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The base's limit refuses, and the change of it is told with both values."""
    monkeypatch.chdir(project.folder)
    project.write(BEFORE.replace("maxObjects: 1", "maxObjects: 5"), "jetplan.yaml")
    ran = run_line("jetplan diff --base HEAD", code=7)
    assert "`limits.maxObjects` is changed from `1` to `5`" in ran.err
    assert "one apply may submit 1" in ran.err
    run_line("jetplan diff --base HEAD --max-objects 5", code=0)


def test_its_own_limits_hold_too(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that tightens a limit is held against that as well."""
    monkeypatch.chdir(project.folder)
    project.write(BEFORE.replace("maxObjects: 1", "maxObjects: 9"), "jetplan.yaml")
    project.commit()
    project.write(BEFORE, "jetplan.yaml")
    assert "one apply may submit 1" in run_line("jetplan diff --base HEAD~1", code=7).err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BEFORE.replace("jet.example", "evil.example"), "from `https://jet.example` to `https://evil.example`"),
        (BEFORE.replace("u@db", "u:hunter2@evil"), "from `postgresql://u@db/d` to `postgresql://u@evil/d`"),
        (BEFORE.partition("limits:")[0], "`limits.maxObjects` is changed from `1` to nothing"),
        (BEFORE + "  allowDestinations: [b]\n", "`limits.allowDestinations` is changed from nothing to `['b']`"),
    ],
)
def test_every_change_is_told(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    """Endpoint, ledger, limits and destinations; never a password."""
    monkeypatch.chdir(project.folder)
    project.write(text, "jetplan.yaml")
    ran = run_line("jetplan diff --base HEAD", code=7)
    assert told in ran.err
    assert "hunter2" not in ran.err + ran.out


def test_unchanged_settings_are_no_notice(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said where nothing changed, and a file that the base lacks judges nothing."""
    monkeypatch.chdir(project.folder)
    assert "is changed" not in run_line("jetplan diff --base HEAD", code=7).err
    assert "is changed" not in run_line("jetplan diff --base HEAD~1", code=7).err
