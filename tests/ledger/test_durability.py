"""Commits are durable whatever the server was told to do for others."""

from __future__ import annotations

from jetplan.ledger import open_ledger


def test_a_postgresql_commit_waits_for_the_disk(postgres_url: str) -> None:
    """A role or a URL may switch `synchronous_commit` off; a transaction that writes switches it on again."""
    with open_ledger(f"{postgres_url}%20-csynchronous_commit%3Doff", create=True) as ledger:
        assert ledger._driver.read(lambda tx: tx.rows("SHOW synchronous_commit")) == [("off",)]
        assert ledger._driver.write(lambda tx: tx.rows("SHOW synchronous_commit")) == [("on",)]
