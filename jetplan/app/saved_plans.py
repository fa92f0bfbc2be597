"""Saved plans as files: written aside and moved into place, read with a limit on their size.

`render` knows their content.
"""

from __future__ import annotations

import os
import secrets
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jetplan.app.environment import current_ci
from jetplan.app.identity import commit_of_git
from jetplan.core.binding import bind
from jetplan.errors import StalePlan, UsageError
from jetplan.manifest.files import SUFFIXES
from jetplan.render.planfile import BEGINNING, FORMAT_VERSION, Bound, Content, read, written
from jetplan.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.app.planning import Observation
    from jetplan.app.settings import Settings
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.render.model import Report

MOST_BYTES = 2 << 30


def save_plan(file: Path, report: Report, bound: Bound) -> str:
    """Write a saved plan; returns its id. Raises UsageError where the file cannot be written."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    content = Content(FORMAT_VERSION, secrets.token_hex(8), now, f"jetplan {__version__}", bound, report)
    data = written(content)
    aside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        if file.exists() and not file.is_file():
            raise UsageError(f"--out {file} is there and is no file", hint="name a file to be written")
        aside.write_bytes(data)
        aside.replace(file)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise UsageError(
            f"--out {file} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            hint="name a file in a folder that is there",
        ) from None
    return content.plan_id


def bound_of(settings: Settings, ledger: Ledger, observation: Observation, spec: Spec, manifests: Path) -> Bound:
    """What a plan made now depends on."""
    binding = bind(spec, observation.observed)
    return Bound(
        settings.api_url,
        observation.plan.account,
        ledger.ledger_id,
        current_ci().commit or commit_of_git(),
        os.fspath(manifests),
        dict(binding.manifests),
        dict(binding.server),
        dict(binding.ledger),
        settings.selection.sets,
        settings.selection.jobs,
    )


def is_plan_file(path: Path) -> bool:
    """Whether an argument names a saved plan rather than manifests: by what it begins with, or by its name."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with path.open("rb") as file:
            begins = file.read(len(BEGINNING)) == BEGINNING
    except OSError:
        return False
    return begins or path.suffix.lower() not in SUFFIXES


def load_plan(file: Path) -> Content:
    """What a saved plan says. Raises UsageError where there is none, StalePlan where it is not to be trusted."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UsageError(f"{file} is not a regular file", hint="name a plan saved by `jetplan plan --out`")
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {(error.strerror or 'unknown reason').lower()}",
            hint="name a plan saved by `jetplan plan --out`",
        ) from None
    if len(data) > MOST_BYTES:
        raise StalePlan(f"{file} is larger than {MOST_BYTES >> 30} GiB: jetplan saves no such plan")
    return read(data)
