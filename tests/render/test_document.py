"""The JSON face is exact, valid against its schema, and harmless to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from golden_files import check
from jsonschema import Draft202012Validator
from pins import as_generated
from render_plans import SAMPLES, create, job, plan, submit

from jetplan.core.plan import KeepJob
from jetplan.render.document import SCHEMA_FILE, render_json, report_schema
from jetplan.render.outcome import outcome_schema
from jetplan.render.report import build_report

SCHEMAS = Path(__file__).parents[2] / "schemas"


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with every object closed: a field that is not documented fails."""
    defs = {
        name: part | ({"additionalProperties": False} if "properties" in part else {})
        for name, part in schema["$defs"].items()
    }
    return schema | {"$defs": defs}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_fits_the_schema(name: str) -> None:
    """Every field of every kind of plan is in the schema, and none is missing."""
    schema = closed(report_schema())
    Draft202012Validator.check_schema(schema)
    for indent in (0, 2):
        document = json.loads(render_json(build_report(SAMPLES[name]()), indent=indent))
        Draft202012Validator(schema).validate(document)
        assert document["formatVersion"] == 1


@pytest.mark.parametrize("schema", [report_schema(), outcome_schema()], ids=["report", "outcome"])
def test_every_field_is_documented(schema: dict[str, Any]) -> None:
    """No field and no part of the schema is without a description."""
    for name, part in schema["$defs"].items():
        assert part.get("description"), name
        for field, about in part.get("properties", {}).items():
            assert "$ref" in about or about.get("description") or field == "type", f"{name}.{field}"


@as_generated
@pytest.mark.parametrize(
    ("file", "schema"), [(SCHEMA_FILE, report_schema()), ("outcome.schema.json", outcome_schema())]
)
def test_committed_schemas_are_fresh(file: str, schema: dict[str, Any]) -> None:
    """schemas/ holds what the models say today."""
    check(SCHEMAS / file, json.dumps(schema, indent=2) + "\n")


def test_speaks_the_words_of_the_api() -> None:
    """Objects, profiles and jobs are named as the Jet API names them, sizes exact."""
    report = build_report(plan(create("a"), submit("s", "a", [("/x.mxf", 104857600), "/f/"])))
    document = json.loads(render_json(report))
    [job_] = document["jobs"]
    assert job_["route"]["source"]["storageProfileId"] == "11111111-aaaa"
    assert job_["sets"][0]["deliveries"][0]["objects"] == [
        {"relativePath": "/x.mxf", "sizeInBytes": 104857600, "isDirectory": False},
        {"relativePath": "/f/", "sizeInBytes": None, "isDirectory": True},
    ]


def test_unseen_characters_are_escaped_and_kept() -> None:
    """A hostile name is written in escapes, and read back as it was."""
    name = "a\x1b[2J\u202eb\u200b\U000e0041##[error]\x7f"
    text = render_json(build_report(plan(KeepJob(name, job(name)))))
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "##" not in text
    assert json.loads(text)["jobs"][0]["name"] == name


def test_half_a_surrogate_pair_is_survived() -> None:
    """A file name that is no UTF-8 does not stop the report."""
    text = render_json(build_report(plan(KeepJob("a\udc80", job("a")))))
    text.encode()
    assert json.loads(text)["jobs"][0]["name"] == "a\udc80"


def test_secrets_in_profile_urls_are_left_out() -> None:
    """User, password and query of a storage profile's URL appear in no report."""
    from dataclasses import replace

    observed = job("a")
    bad = replace(observed.source, url="https://user:pass@host/p?sig=secret#frag")
    text = render_json(build_report(plan(KeepJob("a", replace(observed, source=bad)))))
    assert '"url": "https://host/p"' in text
    assert "secret" not in text
    assert "pass@" not in text
