"""The JSON Schema of a manifest, generated from the models. Where it is written to is the command line's matter."""

from __future__ import annotations

from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def manifest_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) that editors check a manifest against while it is typed."""
    from jetplan.manifest.models import Manifest

    schema = without_null(Manifest.model_json_schema(by_alias=True))
    return {"$schema": DIALECT, "$id": "urn:jetplan:schema:manifest:v1", **schema}


def without_null(node: Any) -> Any:
    """A model's optional field as a key that may be left out, never one that may be null."""
    if isinstance(node, list):
        return [without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: without_null(value) for key, value in node.items() if not (key == "default" and value is None)}
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        choices = [choice for choice in choices if choice != {"type": "null"}]
        del kept["anyOf"]
        kept = {**kept, **choices[0]} if len(choices) == 1 else {**kept, "anyOf": choices}
    return kept
