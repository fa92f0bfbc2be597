"""What storage profiles were called when something was recorded for them, so that one made anew is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.observed import ObservedProfile
from jetplan.ledger.words import storable

if TYPE_CHECKING:
    from collections.abc import Collection

    from jetplan.ledger.driver import Row, Transaction

PROFILE = ("scope_id", "profile_id", "name", "url", "storage_type")


def known(tx: Transaction, scope_id: str) -> list[ObservedProfile]:
    """Every profile of a scope that was learned, by id."""
    rows = tx.rows(
        "SELECT profile_id, name, storage_type, url FROM jetplan_profiles WHERE scope_id = ? ORDER BY profile_id",
        (scope_id,),
    )
    return [ObservedProfile(*row) for row in rows]


def recorded_ids(tx: Transaction, scope_id: str) -> set[str]:
    """The ids of all profiles that something was recorded for."""
    rows = tx.rows("SELECT DISTINCT source_id, destination_id FROM jetplan_subjects WHERE scope_id = ?", (scope_id,))
    return {ident for row in rows for ident in row}


def learn(tx: Transaction, scope_id: str, profiles: Collection[ObservedProfile]) -> None:
    """Keep the present names and urls of some profiles."""
    rows: list[Row] = [
        (scope_id, each.profile_id, storable(each.name), storable(each.url), storable(each.storage_type))
        for each in profiles
    ]
    tx.run_many(
        """INSERT INTO jetplan_profiles (scope_id, profile_id, name, url, storage_type) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (scope_id, profile_id) DO UPDATE
           SET name = excluded.name, url = excluded.url, storage_type = excluded.storage_type""",
        rows,
    )
