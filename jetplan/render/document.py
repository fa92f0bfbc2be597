"""The report as a JSON document, and the schema that describes it. Values are exact; nothing is cut or rounded."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from jetplan.render.escape import json_text
from jetplan.render.model import Report
from jetplan.render.rows import ObjectEntry, ObjectRows

SCHEMA_FILE = "report.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{name}"


def render_json(report: Report, *, indent: int = 2) -> str:
    """The report as JSON, ended by a newline; `indent` 0 puts it on one line. The same report, the same bytes."""
    return encoded(report, indent=indent)


def encoded(value: object, *, indent: int) -> str:
    """Any of the models as JSON, harmless to look at."""
    try:
        data = msgspec.json.encode(value, enc_hook=_builtin)
        text = (msgspec.json.format(data, indent=indent) if indent else data).decode()
    except UnicodeEncodeError:  # half a surrogate pair, from a file name that is no UTF-8
        builtins = msgspec.to_builtins(value, enc_hook=_builtin)
        text = json.dumps(builtins, ensure_ascii=False, indent=indent or None)
    return f"{json_text(text)}\n"


def _builtin(value: object) -> object:
    if isinstance(value, ObjectRows):
        return list(value)
    raise NotImplementedError(type(value))


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `plan --format json`."""
    return schema_of(Report, "What jetplan would do")


def schema_of(model: type, title: str) -> dict[str, Any]:
    """The JSON Schema of one model and all its parts."""
    (root,), parts = msgspec.json.schema_components([model], schema_hook=_described, ref_template=_REF)
    (_,), entries = msgspec.json.schema_components([ObjectEntry], ref_template=_REF)
    defs = {name: _all_there(part) for name, part in sorted((parts | entries).items())}
    return {"$schema": _DIALECT, "title": title, **root, "$defs": defs}


def _all_there(part: dict[str, Any]) -> dict[str, Any]:
    """Every field is always written, also one with its default."""
    properties = part.get("properties", {})
    for each in properties.values():
        each.pop("default", None)
    return {**part, "required": sorted(properties)} if properties else part


def _described(kind: type) -> dict[str, Any]:
    if kind is ObjectRows:
        return {"type": "array", "items": {"$ref": _REF.format(name=ObjectEntry.__name__)}}
    raise NotImplementedError(kind)
