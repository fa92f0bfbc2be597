"""Settings are part of the review: a change of them is told, and does not lift the limits that judge it."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest
from repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Ran, Stage

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
    assert "`limits.maxObjects` is changed from `1` to `5`" in " ".join(ran.out.split())
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
    assert told in " ".join(ran.out.split())
    assert "hunter2" not in ran.err + ran.out


NAMES = [f"A store with a name that is rather long, number {at}" for at in range(9)]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_no_change_hides_among_others(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Among many changes that decide little, and at the end of a long list, each that decides much is shown."""
    monkeypatch.chdir(project.folder)
    many = f"{BEFORE}  allowDestinations: {json.dumps(NAMES)}\nhouseRules: ['rules/*.json']\n"
    project.write(many, "jetplan.yaml")
    project.write('{"title": "m"}', "rules/masters.json")
    project.commit()
    (project.folder / "rules/masters.json").unlink()
    for at in range(12):
        project.write(f'{{"title": "{at}"}}', f"rules/a{at}.json")
    changed = many.replace("maxObjects: 1", "maxObjects: 5").replace(json.dumps(NAMES), json.dumps([*NAMES, "Evil"]))
    project.write(f"{changed}delivery: {{maxObjects: 9, maxBytes: 9}}\n", "jetplan.yaml")
    out = html.unescape(" ".join(run_line(f"jetplan diff --base HEAD --format {form}").out.split()))
    told = re.sub(r"</?code>|`", "", out)
    assert "limits.maxObjects is changed from 1 to 5" in told
    assert "limits.allowDestinations now holds Evil" in told
    assert "the house rule rules/masters.json is removed" in told
    assert told.index("limits.maxObjects is") < told.index("delivery.maxObjects is")
    assert told.index("masters.json is removed") < told.index("a0.json is added")


def test_unchanged_settings_are_no_notice(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said where nothing changed; where the base had no file, every setting is new."""
    monkeypatch.chdir(project.folder)
    assert "is changed" not in run_line("jetplan diff --base HEAD", code=7).out
    told = " ".join(run_line("jetplan diff --base HEAD~1", code=7).out.split())
    assert "`limits.maxObjects` is changed from nothing to `1`" in told


def test_settings_that_cannot_be_read_at_the_base(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be held against them, and the reviewer is told so."""
    monkeypatch.chdir(project.folder)
    project.write("limits: [", "jetplan.yaml")
    project.commit()
    project.write(BEFORE.replace("maxObjects: 1", "maxObjects: 99"), "jetplan.yaml")
    told = " ".join(run_line("jetplan diff --base HEAD").out.split())
    assert "changes of the settings since `HEAD` are not shown: jetplan.yaml cannot be read there" in told


RULE = '{{"title": "masters only", "properties": {{"objects": {{"maxItems": {}}}}}}}'


@pytest.fixture
def ruled(project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A project whose base has a house rule: one object a set. It is the current folder."""
    monkeypatch.chdir(project.folder)
    project.write(f"{BEFORE}houseRules: ['rules/*.json']\n", "jetplan.yaml")
    project.write(RULE.format(1), "rules/masters.json")
    project.write(f"{JOB}  s: {{job: j, objects: [/a]}}\n")
    project.commit()
    project.write(f"{JOB}  s: {{job: j, objects: [/a, /b]}}\n")
    return project


def test_a_house_rule_that_is_weakened_in_the_same_change(ruled: Repository, run_line: Callable[..., Ran]) -> None:
    """The rule of the base still refuses."""
    ruled.write(RULE.format(9), "rules/masters.json")
    ran = run_line("jetplan diff --base HEAD", code=1)
    assert "breaks the house rule `masters only`" in ran.err
    assert "(the rule as it is at HEAD" in ran.err


def test_a_house_rule_that_is_taken_out(ruled: Repository, run_line: Callable[..., Ran]) -> None:
    """Also where the setting that names it is taken out with it."""
    (ruled.folder / "rules/masters.json").unlink()
    ruled.write(BEFORE, "jetplan.yaml")
    assert "(the rule as it is at HEAD" in run_line("jetplan diff --base HEAD", code=1).err


def test_changes_of_house_rules_are_told(ruled: Repository, run_line: Callable[..., Ran]) -> None:
    """Each by its file: changed, added, removed; nothing where nothing differs."""
    ruled.write(f"{JOB}  s: {{job: j, objects: [/a]}}\n")
    assert "house rule" not in run_line("jetplan diff --base HEAD").out
    ruled.write(RULE.format(9), "rules/masters.json")
    ruled.write("{}", "rules/other.json")
    told = " ".join(run_line("jetplan diff --base HEAD").out.split())
    assert "the house rule `rules/masters.json` is changed" in told
    assert "the house rule `rules/other.json` is added" in told
    (ruled.folder / "rules/masters.json").unlink()
    assert "`rules/masters.json` is removed" in " ".join(run_line("jetplan diff --base HEAD").out.split())


@pytest.mark.parametrize("form", ["json", "markdown", "html"])
def test_changes_and_warnings_are_notices_in_every_format(
    project: Repository, run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """A reviewer reads the comment or the page, not the log."""
    monkeypatch.chdir(project.folder)
    project.write(BEFORE.replace("maxObjects: 1", "maxObjects: 9"), "jetplan.yaml")
    project.write(f"{JOB}  s: {{job: j, objects: ['/a*.mxf']}}\n")
    out = run_line(f"jetplan diff --base HEAD --format {form}").out
    assert "limits.maxObjects" in out
    assert "looks like a pattern" in out
    if form == "json":
        kinds = {notice["kind"]: notice for notice in json.loads(out)["notices"]}
        assert kinds["warning"]["place"] == "manifests/main.yaml:5:25"
        assert kinds["settings"]["place"] == "jetplan.yaml"


def test_a_plan_in_ci_is_held_against_the_base(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Online too: the base's limit refuses, the change is told, and an unknown base is told as that."""
    made = Repository(stage.project)
    made.git("init", "--quiet", "--initial-branch=main")
    stage.configure("limits:\n  maxObjects: 1\n")
    stage.write_set("/a.mxf")
    base = made.commit()
    settings = stage.project / "jetplan.yaml"
    settings.write_text(settings.read_text().replace("maxObjects: 1", "maxObjects: 5"))
    stage.write_set("/a.mxf", "/b.mxf")
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
    ran = stage.run("jetplan plan", code=7)
    assert "`limits.maxObjects` is changed from `1` to `5`" in " ".join(ran.out.split())
    assert "one apply may submit 1" in ran.err
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", "f" * 40)
    told = " ".join(stage.run("jetplan plan").out.split())
    assert f"changes of the settings since `{'f' * 40}` are not shown" in told
    monkeypatch.delenv("CI_MERGE_REQUEST_DIFF_BASE_SHA")
    assert "Settings:" not in stage.run("jetplan plan").out
