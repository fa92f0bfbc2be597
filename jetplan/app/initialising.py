"""A new project: the ledger, `jetplan.yaml` that pins it, and an example manifest where there is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.api.origin import parse_origin
from jetplan.app.endpoints import check_ledger_endpoint
from jetplan.app.opening import pinned_ledger
from jetplan.app.settings import check_ledger_named
from jetplan.app.tracking import check_not_tracked
from jetplan.core.addresses import shown_url
from jetplan.ledger import check_locks, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.app.settings import Settings

EXAMPLE = """\
apiVersion: jetplan/v1

# jobs:
#   nyc-to-lax:                      # the Jet job's name
#     source: NYC Dailies            # a storage profile, by name
#     destination: LAX Ingest
#
# deliverySets:
#   ep101-masters:
#     job: nyc-to-lax
#     objects:
#       - /ep101/master.mxf          # a file
#       - /ep101/audio/              # trailing slash: a folder
"""


TEMPLATE = """\
# jetplan's settings for this project. Commit this file: it pins the ledger that remembers what was sent.
apiUrl: {api_url}
ledger: {ledger}
ledgerId: {ledger_id}
"""


def initialise(settings: Settings, manifests: Path, tell: Callable[[str], None]) -> None:
    """Make what is missing and tell of each thing. Overwrites nothing; a pinned ledger must be there.

    Raises LedgerMismatch where the pinned ledger is not there, where git tracks it, or where locks do not hold.
    """
    parse_origin(settings.api_url)  # it is written to a file that is committed: refuses what holds credentials
    check_ledger_named(settings)
    check_ledger_endpoint(settings)
    check_not_tracked(settings.ledger)
    if settings.ledger_id:
        with pinned_ledger(settings) as pinned:
            check_locks(settings.ledger)
            tell(f"{settings.path} pins ledger {pinned.ledger_id}, and it is there: nothing to do.")
    else:
        with open_ledger(settings.ledger, create=True) as made:
            check_locks(settings.ledger)
            _keep_out_of_git(settings.ledger, tell)
            _pin(settings, made.ledger_id)
            tell(
                f"Made ledger {made.ledger_id} at {shown_url(settings.ledger)} and pinned it in {settings.path}: "
                f"commit {settings.path} and your manifests, and not the ledger."
            )
    if not manifests.exists():
        manifests.mkdir()
        (manifests / "example.yaml").write_text(EXAMPLE, encoding="utf-8")
        tell(f"Wrote {manifests / 'example.yaml'}: declare jobs and delivery sets there.")


def _pin(settings: Settings, ledger_id: str) -> None:
    config = settings.path
    if config.exists():
        text = config.read_text(encoding="utf-8")
        added = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}ledgerId: {ledger_id}\n"
    else:
        added = TEMPLATE.format(api_url=settings.api_url, ledger=shown_url(settings.ledger), ledger_id=ledger_id)
    aside = config.with_name(f".{config.name}.{os.getpid()}")
    aside.write_text(added, encoding="utf-8")
    aside.replace(config)


def _keep_out_of_git(ledger: str, tell: Callable[[str], None]) -> None:
    """Only in jetplan's own folder: elsewhere the same file would hide what is not ours."""
    folder = Path(ledger.removeprefix("sqlite:///")).parent
    if not ledger.startswith("sqlite:///") or folder.name != ".jetplan":
        return
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("# What was sent changes with every run: it is not for git.\n*\n", encoding="utf-8")
        tell(f"Wrote {ignored}: the ledger stays out of git.")
