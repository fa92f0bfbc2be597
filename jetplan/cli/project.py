"""A command's way into the project: its settings, its ledger, its account. Opens what is asked for, closes it all."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jetplan import __version__
from jetplan.cli.config import check_ledger_named, check_pinned, credentials, load_settings
from jetplan.core.attempts import RunInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jetplan.api.client import JetClient
    from jetplan.cli.config import Settings
    from jetplan.core.observed import Observed
    from jetplan.core.plan import BatchLimits, Plan
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.observe import Server
    from jetplan.observe.server import Listed


@dataclass(frozen=True, slots=True)
class Project:
    """Settings, and the ways to open what they name."""

    settings: Settings

    @classmethod
    def load(cls, config: Path, api_url: str | None = None, ledger: str | None = None) -> Project:
        """Read the settings. Raises ManifestInvalid where `jetplan.yaml` is at fault."""
        return cls(load_settings(config, api_url, ledger))

    @contextmanager
    def open_ledger(self) -> Iterator[Ledger]:
        """The pinned ledger. Raises LedgerMismatch where there is none, or another."""
        from jetplan.ledger import open_ledger

        check_ledger_named(self.settings)
        if not self.settings.ledger_id:
            check_pinned(self.settings, "")
        with open_ledger(self.settings.ledger) as ledger:
            check_pinned(self.settings, ledger.ledger_id)
            yield ledger

    @contextmanager
    def connect(self, connections: int = 4) -> Iterator[JetClient]:
        """A client for the account whose credentials are in the environment."""
        from jetplan.api.client import Credentials, JetClient

        client = JetClient(
            self.settings.api_url,
            Credentials(*credentials()),
            connections=connections,
            total_timeout=float(os.environ.get("JETPLAN_TIMEOUT", "60")),
        )
        try:
            yield client
        finally:
            client.close()

    @property
    def limits(self) -> BatchLimits:
        """How much one delivery may hold."""
        from jetplan.core.plan import BatchLimits

        return BatchLimits(self.settings.max_objects_per_delivery, self.settings.max_bytes_per_delivery)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was seen and what follows from it."""

    server: Server
    observed: Observed
    plan: Plan
    scope: str | None


def look_ahead(
    project: Project, spec: Spec, client: JetClient, ledger: Ledger, listed: Listed | None = None
) -> Outlook:
    """Observe and plan, and look for evidence of what is in doubt; reading only. `listed`: what was listed already."""
    from jetplan.observe.evidence import look_for_evidence, with_findings
    from jetplan.observe.server import list_server, server_of

    outlook = plan_from(project, spec, server_of(listed or list_server(client)), ledger)
    if outlook.scope is None or not outlook.plan.unfinished:
        return outlook
    findings = look_for_evidence(client, ledger, outlook.scope, lambda: outlook.server.jobs)
    plan = replace(outlook.plan, unfinished=with_findings(outlook.plan.unfinished, findings))
    return replace(outlook, plan=plan)


def plan_from(
    project: Project, spec: Spec, server: Server, ledger: Ledger, before: Mapping[str, int] | None = None
) -> Outlook:
    """Plan from what the server showed and what the ledger says now; `before` as for `observe`."""
    from jetplan.core.diff import diff
    from jetplan.observe import observe

    scope = ledger.scope_of(project.settings.api_url, server.accounts)
    observed = observe(spec, server, ledger, scope, before)
    return Outlook(server, observed, diff(spec, observed, project.limits), scope)


def new_run() -> RunInfo:
    """Who is running this, from what the machine and the CI system say."""
    from jetplan.ledger.runs import this_host, this_process

    return RunInfo(
        run_id=uuid.uuid4().hex[:12],
        commit=commit_of_ci() or commit_of_git(),
        ci_url=_ci_url(),
        who=_who(),
        host=this_host(),
        process=this_process(),
        program=f"jetplan {__version__}",
    )


def commit_of_ci() -> str:
    """The commit that CI says it works on."""
    return next(
        (
            value
            for name in ("GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION", "GIT_COMMIT")
            if (value := os.environ.get(name, ""))
        ),
        "",
    )


def commit_of_git() -> str:
    """The commit checked out here, or nothing."""
    import subprocess

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


def _ci_url() -> str:
    server, repository, run = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return os.environ.get("CI_JOB_URL", "") or os.environ.get("BUILD_URL", "")


def _who() -> str:
    import getpass

    try:
        name = os.environ.get("GITHUB_ACTOR") or os.environ.get("GITLAB_USER_LOGIN") or getpass.getuser()
    except (KeyError, OSError):
        name = ""
    return name
