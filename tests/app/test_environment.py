"""What CI systems say in environment variables."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import jetplan
from jetplan.app.environment import CI, OUTPUT, ci_of

PACKAGE = Path(jetplan.__file__).parent
CI_PREFIXES = ("GITHUB_", "GITLAB_", "CI_", "BUILD_", "GIT_COMMIT")

GITHUB = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": "abc",
    "GITHUB_ACTOR": "mia",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "o/r",
    "GITHUB_RUN_ID": "7",
    "GITHUB_BASE_REF": "main",
    OUTPUT: "/out",
}
GITLAB = {
    "CI": "1",
    "CI_COMMIT_SHA": "abc",
    "GITLAB_USER_LOGIN": "mia",
    "CI_JOB_URL": "https://gitlab/1",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA": "def",
}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, CI()),
        ({"CI": "0"}, CI()),
        ({"CI": "False"}, CI()),
        (
            GITHUB,
            CI(
                True,
                True,
                "abc",
                "https://github.com/o/r/actions/runs/7",
                "mia",
                "refs/remotes/origin/main",
                {OUTPUT: "/out"},
            ),
        ),
        (GITLAB, CI(True, False, "abc", "https://gitlab/1", "mia", "def")),
        ({"BUILD_SOURCEVERSION": "abc", "BUILD_URL": "https://ci/1"}, CI(commit="abc", run_url="https://ci/1")),
    ],
)
def test_each_system_is_understood(variables: dict[str, str], said: CI) -> None:
    """GitHub, GitLab, Azure and Jenkins name commit, run, user and base in words of their own."""
    assert ci_of(variables) == said


def test_ci_variables_are_read_in_one_place() -> None:
    """No other module names a variable of a CI system."""
    named = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if (text := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (node.value == "CI" and "environ" in text) or (node.value.startswith(CI_PREFIXES) and " " not in node.value)
    }
    assert named == {"app/environment.py"}
