"""The JSON Schema of one line of an export. It describes what `export` writes, and holds no data."""

from __future__ import annotations

from typing import Any

from jetplan.ledger.export import FORMAT, TABLES
from jetplan.ledger.schema import BLOBS, INTEGERS

_ABOUT = {
    "scopes": "An API URL and an account: everything else belongs to one of these.",
    "profiles": "What a storage profile was called when something was recorded for it.",
    "runs": "A run of a command that writes, and its lease.",
    "subjects": "What can be claimed: a job by name and route, or a delivery set on its route.",
    "renames": "A set that was renamed from another.",
    "attempts": "One try to create a job or to submit one batch.",
    "transitions": "One entry of an attempt's history; nothing is ever taken out.",
    "arrivals": "What was seen to arrive of a delivery, and which files were not.",
    "notifications": "What was told on a channel, or seen and not told yet.",
    "listings": "An attempt's objects: zlib of their paths and sizes.",
    "pages": "Sorted 16-byte keys of an attempt's objects, or of the folders above them.",
}


def export_schema() -> dict[str, Any]:
    """Draft 2020-12, for each line of the file by itself."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of a jetplan ledger's export (JSON Lines)",
        "description": "The first line is the head, the last the end; those between are rows, table after table.",
        "oneOf": [_head(), _end(), *(_row(table) for table in TABLES)],
    }


def _head() -> dict[str, Any]:
    return _object(
        "What the file is.",
        {
            "jetplanLedger": {"type": "string", "description": "The ledger's id."},
            "formatVersion": {"const": FORMAT},
            "schemaVersion": {"type": "integer", "minimum": 1},
            "createdOn": {"type": "string", "description": "When the ledger was made, ISO 8601 UTC."},
        },
    )


def _end() -> dict[str, Any]:
    return _object(
        "That the file is whole.",
        {
            "end": {"type": "integer", "minimum": 1, "description": "How many lines came before."},
            "blake2b": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": "Their digest, without newlines.",
            },
        },
    )


def _row(table: str) -> dict[str, Any]:
    columns, _ = TABLES[table]
    return _object(_ABOUT[table], {"table": {"const": table}, **{column: _column(column) for column in columns}})


def _column(name: str) -> dict[str, Any]:
    if name in BLOBS:
        return {"type": ["string", "null"], "contentEncoding": "base64"}
    return {"type": "integer"} if name in INTEGERS else {"type": ["string", "null"]}


def _object(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
