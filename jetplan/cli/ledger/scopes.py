"""Which accounts of the ledger a command reads: those of the project's API URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.app.settings import Settings
    from jetplan.core.attempts import Attempt
    from jetplan.ledger.store import Ledger


def scopes_of(settings: Settings, ledger: Ledger) -> Sequence[str]:
    """The scopes recorded for the project's API, of whatever account: needs no network."""
    return ledger.scopes(settings.api_url)


def attempts_of(settings: Settings, ledger: Ledger) -> Iterator[Attempt]:
    """Every attempt of the project's API, oldest first within each account."""
    for scope in scopes_of(settings, ledger):
        yield from ledger.attempts(scope)
