"""What CI systems say in environment variables. No other module reads these variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMMARY = "GITHUB_STEP_SUMMARY"
OUTPUT = "GITHUB_OUTPUT"
_COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION", "GIT_COMMIT")
_USERS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN")
_RUNS = ("CI_JOB_URL", "BUILD_URL")


@dataclass(frozen=True, slots=True)
class CI:
    """The CI job that this process runs in. Text that is not known is empty."""

    active: bool = False
    """Whether `CI` is set, and not to 0 or false."""
    annotates: bool = False
    """Whether lines such as `::error …::` become annotations: GitHub Actions."""
    commit: str = ""
    run_url: str = ""
    user: str = ""
    base: str = ""
    """The revision that a pull or merge request is compared with."""
    files: Mapping[str, str] = field(default_factory=dict)
    """By variable (SUMMARY, OUTPUT), the file that CI wants written."""


def ci_of(environ: Mapping[str, str]) -> CI:
    """The CI job that a set of variables describes."""
    branch = environ.get("GITHUB_BASE_REF", "")
    return CI(
        active=environ.get("CI", "").lower() not in {"", "0", "false"},
        annotates=environ.get("GITHUB_ACTIONS") == "true",
        commit=_first(environ, _COMMITS),
        run_url=_github_run(environ) or _first(environ, _RUNS),
        user=_first(environ, _USERS),
        base=f"refs/remotes/origin/{branch}" if branch else environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
        files={name: environ[name] for name in (SUMMARY, OUTPUT) if environ.get(name)},
    )


def current_ci() -> CI:
    """The CI job that this process runs in, as its environment says now."""
    return ci_of(os.environ)


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := environ.get(name, ""))), "")


def _github_run(environ: Mapping[str, str]) -> str:
    server, repository, run = (environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""
