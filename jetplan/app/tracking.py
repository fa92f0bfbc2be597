"""Whether git tracks the ledger's file. A tracked ledger comes back older with each checkout."""

from __future__ import annotations

import shlex
from pathlib import Path

from jetplan.errors import JetplanError, LedgerMismatch
from jetplan.manifest.git import GitRefused, find_checkout

_SQLITE = "sqlite:///"


def check_not_tracked(ledger: str) -> None:
    """Raises LedgerMismatch where the ledger at this URL is a file that git tracks. Says nothing outside of git."""
    if not ledger.startswith(_SQLITE):
        return
    file = Path(ledger.removeprefix(_SQLITE)).absolute()
    try:
        checkout = find_checkout(file.parent)
        tracked = checkout.ask("ls-files", "--", str(file))
    except (GitRefused, JetplanError):
        return
    if tracked:
        raise LedgerMismatch(
            f"git tracks the ledger {file}: a checkout would bring back an older one, "
            "and what was sent since would be sent again",
            hint=f"run `git rm --cached {shlex.quote(str(file))}`, commit that, and keep the file where it is",
        )
