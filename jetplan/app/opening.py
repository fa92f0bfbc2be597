"""Opens what the settings name: the pinned ledger, and a client for the account. Each is closed when its block ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from jetplan.api.client import Credentials, JetClient
from jetplan.app.endpoints import check_endpoints
from jetplan.app.settings import check_ledger_named, check_pinned, credentials, ledger_not_here, request_timeout
from jetplan.errors import LedgerMissing
from jetplan.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.app.settings import Settings
    from jetplan.ledger.store import Ledger


@contextmanager
def pinned_ledger(settings: Settings, *, verify: bool = True) -> Iterator[Ledger]:
    """The pinned ledger. Raises LedgerMismatch where there is none, or another.

    `verify` False, for those who only look: also one that was moved away, restored or copied back.
    """
    check_ledger_named(settings)
    check_endpoints(settings)
    if not settings.ledger_id:
        check_pinned(settings, "")
    try:
        opened = open_ledger(settings.ledger, verify=verify)
    except LedgerMissing as error:
        raise ledger_not_here(settings) from error
    with opened as ledger:
        check_pinned(settings, ledger.ledger_id)
        yield ledger


@contextmanager
def connection(settings: Settings, connections: int = 4) -> Iterator[JetClient]:
    """A client for the account whose credentials are in the environment, with so many requests at once."""
    check_endpoints(settings)
    client = JetClient(
        settings.api_url,
        Credentials(*credentials()),
        connections=connections,
        total_timeout=request_timeout(),
    )
    try:
        yield client
    finally:
        client.close()
