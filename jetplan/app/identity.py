"""Who runs this, and from which commit: what the ledger records beside every attempt."""

from __future__ import annotations

import getpass
import uuid
from pathlib import Path

from jetplan.app.environment import current_ci
from jetplan.core.attempts import RunInfo
from jetplan.ledger.runs import this_host, this_process
from jetplan.manifest.git import head_of
from jetplan.version import __version__


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
    return head_of(Path())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
