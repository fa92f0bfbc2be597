"""The schema of an export says of each line what it is, and lets nothing else pass."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from desks import delivery
from jsonschema import Draft202012Validator

from jetplan.ledger.export_schema import export_schema

if TYPE_CHECKING:
    from desks import Desk

KEYWORDS = {
    "$schema",
    "additionalProperties",
    "const",
    "contentEncoding",
    "description",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
}
HEAD = {"jetplanLedger": "l-1", "formatVersion": 1, "schemaVersion": 7, "createdOn": "2026-11-27T00:00:00Z"}
END = {"end": 3, "blake2b": "0" * 64}
SCOPE = {"table": "scopes", "scope_id": "s", "api_url": "https://jet.example", "account": "a"}
LISTING = {"table": "listings", "attempt_id": "x", "listing": "eJw="}


@pytest.fixture
def validator() -> Draft202012Validator:
    """Of the schema as it is when the test runs."""
    return Draft202012Validator(export_schema())


@pytest.mark.parametrize("line", [HEAD, END, SCOPE, SCOPE | {"account": None}, LISTING, LISTING | {"listing": None}])
def test_lines_that_an_export_holds(line: Any, validator: Draft202012Validator) -> None:
    """Texts and blobs may be null."""
    assert validator.is_valid(line)


@pytest.mark.parametrize(
    "line",
    [
        HEAD | {"jetplanLedger": 1},
        HEAD | {"formatVersion": 2},
        HEAD | {"schemaVersion": 0},
        HEAD | {"schemaVersion": "7"},
        HEAD | {"createdOn": 7},
        HEAD | {"more": 1},
        {key: value for key, value in HEAD.items() if key != "createdOn"},
        END | {"end": 0},
        END | {"end": "3"},
        END | {"blake2b": "0" * 63},
        END | {"blake2b": 5},
        {"end": 3},
        SCOPE | {"account": 5},
        SCOPE | {"table": "scope"},
        SCOPE | {"more": ""},
        {key: value for key, value in SCOPE.items() if key != "account"},
        LISTING | {"listing": 5},
        {"table": "transitions", "attempt_id": "x", "seq": "1"},
    ],
)
def test_other_lines(line: Any, validator: Draft202012Validator) -> None:
    """Another type, a key too many or too few."""
    assert not validator.is_valid(line)


def test_every_part_says_what_it_is() -> None:
    """A title, a description of each kind of line, and the encoding of bytes."""
    schema = export_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "One line of a jetplan ledger's export (JSON Lines)"
    assert all(part["description"] for part in (schema, *schema["oneOf"]))
    head, end, *rows = schema["oneOf"]
    assert {key: value["description"] for key, value in (head | end)["properties"].items()} == {
        "end": "How many lines came before.",
        "blake2b": "Their digest, without newlines.",
    }
    assert [head["properties"][key]["description"] for key in ("jetplanLedger", "createdOn")] == [
        "The ledger's id.",
        "When the ledger was made, ISO 8601 UTC.",
    ]
    [listing] = [each for each in rows if each["properties"]["table"]["const"] == "listings"]
    assert listing["properties"]["listing"] == {"type": ["string", "null"], "contentEncoding": "base64"}


def test_a_real_export(desk: Desk, validator: Draft202012Validator) -> None:
    """Every line of a ledger with something in it, its head with the moment that it was made."""
    desk.claim(delivery(), 0, "/a")
    text = io.StringIO()
    desk.ledger.export(text)
    lines = [json.loads(line) for line in text.getvalue().splitlines()]
    for line in lines:
        validator.validate(line)
    assert lines[0]["createdOn"].endswith("Z")


def test_every_keyword_is_one_of_json_schema() -> None:
    """A validator passes over a keyword that it does not know."""

    def keywords(schema: dict[str, Any]) -> set[str]:
        below = (*schema.get("oneOf", ()), *schema.get("properties", {}).values())
        return set(schema).union(*map(keywords, below))

    assert keywords(export_schema()) == KEYWORDS
