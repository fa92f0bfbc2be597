"""The action runs one jetplan command, hands on its exit code and outputs, and leaves the comment's Markdown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from stage import Stage

ROOT = Path(__file__).parents[2]
INPUTS = (
    "COMMAND", "MANIFESTS", "BASE", "OUT", "EXPECT_DIGEST", "ARGUMENTS",
    "CLIENT_ID", "CLIENT_SECRET", "API_URL", "LEDGER", "ALLOW_EXIT_CODES",
)  # fmt: skip


def act(stage: Stage, code: int = 0, **inputs: str) -> dict[str, str]:
    """Run the action's script as a runner does; its outputs."""
    temp = stage.folder / "runner"
    temp.mkdir(exist_ok=True)
    output = temp / "output"
    output.unlink(missing_ok=True)
    given = {f"INPUT_{name}": inputs.get(name.lower(), "") for name in INPUTS}
    given["INPUT_MANIFESTS"] = given["INPUT_MANIFESTS"] or "manifests"
    ran = subprocess.run(
        [str(ROOT / "ci/github/run.sh"), str(Path(sys.executable).with_name("jetplan"))],
        cwd=stage.project,
        env={**os.environ, **given, "RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    lines = output.read_text().splitlines() if output.exists() else []
    return dict(line.split("=", 1) for line in lines)


def comment(stage: Stage) -> str:
    file = stage.folder / "runner/jetplan-comment.md"
    return file.read_text() if file.exists() else ""


def test_plan_then_apply(stage: Stage) -> None:
    """What `plan` saves, `apply` applies; outputs tell both; the comment begins with its marker."""
    stage.write_set("/a.mxf")
    outputs = act(stage, command="plan", out="plan.json")
    assert (outputs["has_changes"], outputs["objects"], outputs["exitcode"]) == ("true", "1", "0")
    assert comment(stage).startswith("<!-- jetplan:plan -->")
    act(stage, command="apply", manifests="plan.json", expect_digest=outputs["plan_digest"])
    assert stage.delivered() == {"/a.mxf": 1}
    assert act(stage, command="plan")["has_changes"] == "false"


@pytest.mark.parametrize("command", ["plan", "diff"])
def test_the_page_of_the_whole_plan_is_kept(stage: Stage, command: str) -> None:
    """Beside the comment, which may be cut; and no page is told of where there is none."""
    stage.write_set("/a.mxf")
    for words in (["init", "-q"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x", "--allow-empty"]):
        subprocess.run(["git", *words], cwd=stage.project, check=True)
    assert act(stage, command=command, base="HEAD")["page"] == "true"
    page = (stage.folder / "runner/jetplan-page.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "/a.mxf" in page
    stage.write("nonsense")
    assert "page" not in act(stage, 1, command=command, base="HEAD")


def test_arguments_are_words(stage: Stage) -> None:
    """Arguments come one a line, and nothing in them is run by a shell."""
    stage.write_set("/a.mxf", "/b.mxf")
    trap = stage.folder / "trap"
    act(stage, 64, command="plan", arguments=f"$(touch {trap})\n`touch {trap}`; touch {trap}")
    assert not trap.exists()
    outputs = act(stage, 7, command="plan", arguments="--max-objects=1\n\n--detailed-exitcode")
    assert outputs["exitcode"] == "7"
    assert "Refused by a limit" in comment(stage)
    act(stage, 64, command="apply --auto-approve")


def test_the_inputs_and_outputs_are_those_of_the_script() -> None:
    """The action hands every input on in a variable, never inside a script, and knows every output there is."""
    from jetplan.cli import ci

    action: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
    steps = action["runs"]["steps"]
    assert not [step for step in steps if "${{" in step.get("run", "")]
    run = next(step for step in steps if step.get("id") == "run")
    assert {f"INPUT_{name}" for name in INPUTS} <= set(run["env"])
    written = re.findall(r'"(\w+)": ', Path(ci.__file__).read_text())
    assert list(action["outputs"]) == written


@pytest.mark.parametrize("name", ["github-diff.yml", "github-plan.yml", "github-apply.yml"])
def test_example_workflows(name: str) -> None:
    """Examples ask for no more than they need, pin what they use, and give secrets to no pull request of a fork."""
    text = (ROOT / "docs/ci" / name).read_text()
    workflow: dict[Any, Any] = YAML(typ="safe").load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in text
    for used in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used)
    for job in workflow["jobs"].values():
        if "secrets." in str(job):
            assert "environment" in job
            assert workflow["on"] != "pull_request" or "head.repo.full_name == github.repository" in job["if"]


def test_what_is_stuck_does_not_keep_the_rest(stage: Stage) -> None:
    """With one delivery in doubt the plan is let through, the apply sends the other set, and is the red mark."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1")
    act(stage, 3, command="apply")
    stage.put("/b.mxf")
    more = "deliverySets:\n  more: {job: nyc-to-lax, objects: [/b.mxf]}\n"
    stage.write(f"apiVersion: jetplan/v1\n{more}", "more.yaml")
    assert act(stage, 3, command="plan", out="plan.json")["exitcode"] == "3"
    outputs = act(stage, 0, command="plan", out="plan.json", allow_exit_codes="1 3")
    assert (outputs["exitcode"], outputs["in_doubt"], outputs["has_changes"]) == ("3", "1", "true")
    assert act(stage, 3, command="apply", manifests="plan.json")["exitcode"] == "3"
    assert stage.delivered() == {"/b.mxf": 1}


@pytest.mark.parametrize("command", ["plan", "diff", "apply", "validate"])
def test_where_no_plan_was_made_nothing_is_allowed(stage: Stage, command: str) -> None:
    """Invalid manifests fail the step in any case, and the code is an output."""
    stage.write("nonsense")
    assert act(stage, 1, command=command, allow_exit_codes="1 3")["exitcode"] == "1"


def test_the_code_is_an_output_however_it_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused credentials, and another ledger than the pinned one."""
    stage.write_set("/a.mxf")
    assert act(stage, 4, command="plan", client_secret="wrong", client_id="x")["exitcode"] == "4"
    monkeypatch.setenv("JETPLAN_LEDGER", "sqlite:///nowhere.db")
    assert act(stage, 6, command="plan")["exitcode"] == "6"
