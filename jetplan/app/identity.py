"""Who runs this, and from which commit: what the ledger records beside every attempt."""

from __future__ import annotations

import getpass
import subprocess
import uuid

from jetplan import __version__
from jetplan.app.environment import current_ci
from jetplan.core.attempts import RunInfo
from jetplan.ledger.runs import this_host, this_process


def new_run() -> RunInfo:
    """A run of this process, from what the machine and the CI system say."""
    ci = current_ci()
    return RunInfo(
        run_id=uuid.uuid4().hex[:12],
        commit=ci.commit or commit_of_git(),
        ci_url=ci.run_url,
        who=ci.user or _user(),
        host=this_host(),
        process=this_process(),
        program=f"jetplan {__version__}",
    )


def commit_of_git() -> str:
    """The commit checked out here, or nothing."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 - git is found as the user's shell would
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
