"""Adds the folded forms of paths to attempts that an older version recorded without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.ledger.contents import FOLDED, FOLDED_FOLDERS, folders_of, pack_folded, pages, unpack_listing

if TYPE_CHECKING:
    from jetplan.ledger.driver import Transaction


def fill_folded(tx: Transaction) -> None:
    """Add what is missing, one attempt at a time: their lists of paths may be long."""
    for (attempt_id,) in tx.rows("SELECT attempt_id FROM jetplan_listings ORDER BY attempt_id"):
        ((listing,),) = tx.rows("SELECT listing FROM jetplan_listings WHERE attempt_id = ?", (attempt_id,))
        paths, _ = unpack_listing(bytes(listing))
        parts = {FOLDED: pack_folded(paths), FOLDED_FOLDERS: pack_folded(list(folders_of(paths)))}
        rows = [(attempt_id, part, first, keys) for part, packed in parts.items() for first, keys in pages(packed)]
        if rows:
            tx.insert("jetplan_pages", ("attempt_id", "part", "first", "keys"), rows)
