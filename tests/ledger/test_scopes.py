"""Scopes: one API and account, found again however little of the account is seen."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from jetplan.errors import LedgerMismatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from desks import Desk

    from jetplan.ledger import Ledger

URL = "https://api.example"


def test_a_scope_is_found_by_any_account_seen(desk: Desk) -> None:
    """Partners' profiles carry other accounts: the scope's own among them is enough."""
    scope = desk.ledger.ensure_scope(URL, ["a", "a", "b"])
    assert desk.ledger.scope_of(URL, ["b", "b", "a"]) == scope
    assert desk.ledger.ensure_scope(URL, ["c", "a"]) == scope
    assert desk.ledger.scope_of(URL, ["c"]) is None
    assert desk.ledger.ensure_scope(URL, ["c"]) != scope


def test_no_account_means_the_only_scope(desk: Desk) -> None:
    """An empty account shows nothing to tell it by: the one scope of this URL is meant."""
    assert desk.ledger.scope_of(URL, []) is None
    scope = desk.ledger.ensure_scope(URL, ["a"])
    assert desk.ledger.scope_of(URL, []) == scope == desk.ledger.ensure_scope(URL, [])


def test_among_several_accounts_none_is_guessed(desk: Desk) -> None:
    """Where the ledger knows two accounts and none is seen, a guess could send everything again."""
    desk.ledger.ensure_scope(URL, ["a"])
    desk.ledger.ensure_scope(URL, ["b"])
    with pytest.raises(LedgerMismatch, match="2 accounts"):
        desk.ledger.scope_of(URL, [])
    with pytest.raises(LedgerMismatch, match="2 accounts"):
        desk.ledger.ensure_scope(URL, [])


def test_a_scope_without_an_account_is_adopted_once(desk: Desk) -> None:
    """What was recorded before the account was known stays with the account it turns out to be."""
    scope = desk.ledger.ensure_scope(URL, [])
    assert desk.ledger.scope_of(URL, ["a"]) == scope
    assert desk.ledger.ensure_scope(URL, ["a"]) == scope
    assert desk.ledger.scope_of(URL, ["b"]) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "https://API.example/",
        "HTTPS://api.example",
        "https://me:pw@api.example",
        "https://api.example:443",
        "https://api.example:",
    ],
)
def test_a_url_is_one_however_it_is_spelt(desk: Desk, spelling: str) -> None:
    """Case of the host and a slash at the end make no other scope, and no secret is kept."""
    assert desk.ledger.ensure_scope(spelling, ["a"]) == desk.ledger.ensure_scope(URL, ["a"])


def test_racing_runners_make_one_scope(opener: Callable[..., Ledger]) -> None:
    """Some know the account and some do not: all end in the same scope."""
    ledgers = [opener() for _ in range(8)]
    barrier = threading.Barrier(8)
    scopes: list[str] = []

    def race(number: int) -> None:
        barrier.wait()
        scopes.append(ledgers[number].ensure_scope(URL, ["a"] if number % 2 else []))

    threads = [threading.Thread(target=race, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(scopes) == 8
    assert len(set(scopes)) == 1
