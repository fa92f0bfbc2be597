"""No file of a checkout is run: not while jetplan is installed, and not while it works there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PLANTED = (
    "venv",
    "pip",
    "ensurepip",
    "click",
    "sitecustomize",
    "usercustomize",
    "subprocess",
    "json",
    "yaml",
    "msgspec",
)
SECRETS = {"JETPLAN_CLIENT_ID", "JETPLAN_CLIENT_SECRET", "JETPLAN_LEDGER", "PGPASSWORD"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose Python files leave a trace where they are imported."""
    folder = tmp_path / "checkout"
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests/main.yaml").write_text("apiVersion: jetplan/v1\n")
    for name in PLANTED:
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'TRAP')!r}, 'a').write({name!r})\n")
    return folder


def trap(checkout: Path) -> Path:
    return checkout.parent / "TRAP"


def install_commands() -> list[list[str]]:
    """How the action and the GitLab template start the installation: a folder, then a command."""
    action: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
    step = next(each for each in action["runs"]["steps"] if each["name"] == "Install jetplan")
    assert step["working-directory"] == "${{ runner.temp }}"
    template: dict[str, Any] = YAML(typ="safe").load(ROOT / "ci/gitlab/jetplan.gitlab-ci.yml")
    line = next(each for each in template[".jetplan"]["before_script"] if "install.sh" in each)
    return [["action", step["run"]], ["template", line]]


@pytest.mark.parametrize("form", [0, 1])
def test_installing_runs_nothing_of_the_checkout(checkout: Path, tmp_path: Path, form: int) -> None:
    """Even started in the checkout. Without an index the installation ends where the first package is wanted."""
    runner = tmp_path / "runner"
    runner.mkdir()
    (runner / "source").symlink_to(ROOT)
    ran = subprocess.run(
        ["bash", "-euc", install_commands()[form][1]],
        cwd=checkout,
        env={
            **os.environ,
            "ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(runner),
            "jetplan_home": str(runner),
            "PIP_NO_INDEX": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": "",
            "PYTHONPATH": ".",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No matching distribution" in ran.stderr, ran.stderr
    assert not trap(checkout).exists()
    assert list(runner.glob("*venv/bin/pip"))


def test_pip_checks_hashes() -> None:
    """Every package has to have a hash that ci/requirements.txt knows; tests/ci/test_pins.py looks into that file."""
    assert "--require-hashes" in (ROOT / "ci/install.sh").read_text()


def test_secrets_reach_one_step() -> None:
    """Only the step that runs jetplan is handed credentials, and the installation drops those that it inherits."""
    action: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
    holders = [step["name"] for step in action["runs"]["steps"] if "client-secret" in str(step)]
    assert holders == ["Run jetplan"]
    dropped = re.search(r"^unset (.*)$", (ROOT / "ci/install.sh").read_text(), re.MULTILINE)
    assert dropped is not None
    assert set(dropped[1].split()) == SECRETS
    for workflow in (ROOT / "docs/ci").glob("github-*.yml"):
        for job in YAML(typ="safe").load(workflow)["jobs"].values():
            assert "secrets." not in str(job.get("env"))
            assert not [step for step in job["steps"] if "secrets." in str(step.get("env"))]


def test_the_template_installs_nothing_by_a_name_that_nobody_owns() -> None:
    """A commit by its whole name and an image by its digest: both are to be filled in by whoever looked at them."""
    variables = YAML(typ="safe").load(ROOT / "ci/gitlab/jetplan.gitlab-ci.yml")["variables"]
    assert re.fullmatch(r"[0-9a-f]{40}", variables["JETPLAN_COMMIT"])
    assert re.fullmatch(r"[\w./:-]+@sha256:[0-9a-f]{64}", variables["JETPLAN_IMAGE"])
    text = (ROOT / "ci/gitlab/jetplan.gitlab-ci.yml").read_text()
    assert "pip install" not in text
    assert "apt-get" not in text


def test_plans_can_read_the_base() -> None:
    """In a shallow checkout the limits and rules of the base would be unknown, and a pull request its own judge."""
    template: dict[str, Any] = YAML(typ="safe").load(ROOT / "ci/gitlab/jetplan.gitlab-ci.yml")
    for job in ("jetplan:plan", "jetplan:diff"):
        assert template[job]["variables"]["GIT_DEPTH"] == "0"
    for workflow in ("github-plan.yml", "github-diff.yml"):
        (job,) = YAML(typ="safe").load(ROOT / "docs/ci" / workflow)["jobs"].values()
        checkout = next(each for each in job["steps"] if each["uses"].startswith("actions/checkout@"))
        assert checkout["with"]["fetch-depth"] == 0


@pytest.mark.parametrize(("commit", "code"), [("0" * 40, 64), ("", 64), ("0" * 39 + "1", 0)])
def test_the_template_says_that_a_pin_is_not_filled_in(commit: str, code: int) -> None:
    """Before anything is fetched, and with the page that says how."""
    template: dict[str, Any] = YAML(typ="safe").load(ROOT / "ci/gitlab/jetplan.gitlab-ci.yml")
    first = template[".jetplan"]["before_script"][0]
    environment = {**os.environ, "JETPLAN_COMMIT": commit}
    ran = subprocess.run(["sh", "-euc", first], env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == code
    assert ("docs/ci.md" in ran.stderr) == bool(code)
    assert {"JETPLAN_COMMIT", "JETPLAN_IMAGE"} <= set(re.findall(r"`(\w+)`", (ROOT / "docs/ci.md").read_text()))


@pytest.mark.parametrize(
    "start",
    [[str(Path(sys.executable).with_name("jetplan"))], [sys.executable, "-m", "jetplan"]],
    ids=["command", "-m"],
)
def test_working_runs_nothing_of_the_checkout(checkout: Path, start: list[str]) -> None:
    """`jetplan` and `python -m jetplan` import only what is installed."""
    for line in (["--help"], ["validate"], ["fmt", "--check"], ["plan"], ["diff"]):
        subprocess.run([*start, *line], cwd=checkout, capture_output=True, check=False)
        assert not trap(checkout).exists(), f"{line} ran {trap(checkout).read_text()}.py"
    ran = subprocess.run([*start, "validate"], cwd=checkout, capture_output=True, text=True, check=True)
    assert "0 jobs" in ran.stderr


def test_the_comment_runs_nothing_of_the_checkout(checkout: Path) -> None:
    """The comment's script starts with an isolated Python."""
    action: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
    step = next(each for each in action["runs"]["steps"] if "comment.py" in each.get("run", ""))
    assert "python3 -I " in step["run"]
    assert "python3 " not in step["run"].replace("python3 -I ", "")
