"""Scopes: within one API URL and account, everything is recorded apart from every other.

The account is only known by what the API shows of it (profiles and jobs carry an account id), so a scope may begin
without one and is given it once it is seen.
"""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from jetplan.errors import LedgerMismatch
from jetplan.ledger.words import storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.ledger.driver import Transaction


_PORTS = {"http": ":80", "https": ":443"}


def canonical_url(api_url: str) -> str:
    """One spelling of an API URL: lower case, no port that goes without saying, no slash at the end, nothing secret."""
    parts = urlsplit(api_url)
    scheme = parts.scheme.lower()
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(_PORTS.get(scheme, ":")).removesuffix(":")
    return urlunsplit((scheme, host, parts.path.rstrip("/"), "", ""))


def find(tx: Transaction, api_url: str, accounts: Sequence[str]) -> str | None:
    """The scope to read: one of an account seen, the most frequent first; else the one that could be adopted."""
    found = _match(tx, canonical_url(api_url), _ranked(accounts))
    return None if found is None else found[0]


def ensure(tx: Transaction, api_url: str, accounts: Sequence[str]) -> str:
    """The scope to write to, made or adopted where needed."""
    url, ranked = canonical_url(api_url), _ranked(accounts)
    # Two runners, one that knows the account and one that does not, must not make a scope each.
    tx.lock(["scopes"])
    found = _match(tx, url, ranked)
    if found is None:
        scope_id = secrets.token_hex(8)
        account = ranked[0] if ranked else ""
        tx.insert("jetplan_scopes", ("scope_id", "api_url", "account"), [(scope_id, url, account)])
        return scope_id
    scope_id, account = found
    if not account and ranked:
        tx.run("UPDATE jetplan_scopes SET account = ? WHERE scope_id = ?", (ranked[0], scope_id))
    return scope_id


def name_of(tx: Transaction, attempt_id: str) -> str:
    """Which scope an attempt was recorded in, for people: the API's URL, and the account where it is known."""
    ((url, account),) = tx.rows(
        """SELECT s.api_url, s.account FROM jetplan_attempts a JOIN jetplan_scopes s ON s.scope_id = a.scope_id
           WHERE a.attempt_id = ?""",
        (attempt_id,),
    )
    return f"{url}, account {account}" if account else str(url)


def of_api(tx: Transaction, api_url: str) -> list[str]:
    """Every scope of an API, ordered by account."""
    url = canonical_url(api_url)
    return [row[0] for row in tx.rows("SELECT scope_id FROM jetplan_scopes WHERE api_url = ? ORDER BY account", (url,))]


def _ranked(accounts: Sequence[str]) -> list[str]:
    counted = Counter(storable(account) for account in accounts if account)
    return sorted(counted, key=lambda account: (-counted[account], account))


def _match(tx: Transaction, url: str, ranked: Sequence[str]) -> tuple[str, str] | None:
    rows = tx.rows("SELECT account, scope_id FROM jetplan_scopes WHERE api_url = ? ORDER BY account", (url,))
    known: dict[str, str] = dict(rows)
    for account in ranked:
        if account in known:
            return known[account], account
    if not ranked and len(known) > 1:
        raise LedgerMismatch(
            f"the ledger knows {len(known)} accounts at {url}, and the API showed none to tell which this is",
            hint="use credentials that may list jobs or storage profiles of the account",
        )
    if not ranked and known:
        ((account, scope_id),) = known.items()
        return scope_id, account
    return (known[""], "") if "" in known else None
