"""A ledger that goes on at another place, and a person's word that one is right as it stands."""

from __future__ import annotations

import io
import tempfile
from typing import TYPE_CHECKING

from jetplan.app.endpoints import check_ledger_endpoint
from jetplan.app.identity import new_run
from jetplan.app.opening import pinned_ledger
from jetplan.app.resolving import check_reason
from jetplan.app.settings import check_ledger_named
from jetplan.core.addresses import shown_url
from jetplan.errors import LedgerMismatch, UsageError
from jetplan.ledger import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.app.settings import Settings

_IN_MEMORY = 64 << 20


def move_ledger(settings: Settings, target: str, reason: str) -> str:
    """Let the pinned ledger go on at another URL; that URL without secrets.

    The old place is closed first, so that at no moment two ledgers of one id can be written to. After a crash in
    between, the same call goes on where it stopped. Raises JetplanError where the target is not empty, or a run works.
    """
    check_reason(reason)
    shown = shown_url(target)
    if shown == shown_url(settings.ledger):
        raise UsageError(f"the ledger is at {shown} already", hint="name the place where it is to go on")
    with pinned_ledger(settings, verify=False) as source, open_ledger(target, create=True) as goal:
        if goal.ledger_id == source.ledger_id:
            if source.moved_to() == shown:
                return shown
            raise LedgerMismatch(
                f"at {shown} there is a ledger of the same id already, and nobody knows which of the two is newer",
                hint="compare them with `jetplan ledger list`; remove the older one, and move the newer one",
            )
        goal.require_empty()
        source.retire(shown, who=new_run().who, reason=reason)
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="\n") as lines:
            source.export(lines)
            lines.seek(0, io.SEEK_SET)
            goal.import_(lines, pinned=source.ledger_id)
    return shown


def import_ledger(settings: Settings, file: Path) -> tuple[int, str]:
    """Read an export into the ledger of the settings, new or empty; how many lines, and the id that it took over."""
    check_ledger_named(settings)
    check_ledger_endpoint(settings)
    with open_ledger(settings.ledger, create=True) as ledger, file.open(encoding="utf-8") as lines:
        return ledger.import_(lines, pinned=settings.ledger_id), ledger.ledger_id


def reopen_ledger(settings: Settings, reason: str) -> bool:
    """Undo a move, so that the ledger goes on at its old place. Returns whether it had been moved."""
    check_reason(reason)
    with pinned_ledger(settings, verify=False) as ledger:
        reopened = ledger.reopen()
        if reopened:
            ledger.accept(who=new_run().who, reason=f"reopened: {reason}")
    return reopened


def accept_ledger(settings: Settings, reason: str) -> None:
    """Record a person's word that the pinned ledger is the right one as it stands."""
    check_reason(reason)
    with pinned_ledger(settings, verify=False) as ledger:
        ledger.accept(who=new_run().who, reason=reason)
