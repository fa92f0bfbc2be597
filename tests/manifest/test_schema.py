"""The schema that editors use, the models it comes from, and the reader agree on what is valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pins import as_generated
from pydantic import ValidationError

from jetplan.errors import ManifestInvalid
from jetplan.manifest.document import Document, declare_strictly
from jetplan.manifest.files import SourceFile
from jetplan.manifest.findings import Findings
from jetplan.manifest.limits import DEFAULT_LIMITS
from jetplan.manifest.models import Manifest
from jetplan.manifest.read import read_manifests
from jetplan.manifest.schema import manifest_schema

ROOT = Path(__file__).parents[2]
SCHEMA = manifest_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
BETWEEN_OBJECTS = {
    "path-twice", "path-file-above", "path-inside-folder", "path-case-twin", "path-unicode-twin",
    "renamed-from-declared",
    "declared-twice",
}  # fmt: skip
"""What only the reader can know, since it is between objects or files."""


def reader_refuses(manifest: object) -> set[str]:
    """The codes of what the reader refuses in a document, without those between objects."""
    findings = Findings("m.yaml")
    data = json.dumps(manifest, ensure_ascii=False).encode()
    declare_strictly(data, Document(), findings, SourceFile("m.yaml", "."), DEFAULT_LIMITS)
    codes = {problem.code for problem in findings.problems}
    return {code for code in codes - BETWEEN_OBJECTS if not code.startswith("list-")}


def models_refuse(manifest: object) -> bool:
    """Whether the models refuse a document."""
    try:
        Manifest.model_validate(manifest)
    except ValidationError:
        return True
    return False


def job(**changes: object) -> dict[str, object]:
    """A valid document with one job, changed."""
    return {"apiVersion": "jetplan/v1", "jobs": {"j": {"source": "a", "destination": "b"} | changes}}


def declared(**changes: object) -> dict[str, object]:
    """A valid document with one delivery set, changed."""
    return {"apiVersion": "jetplan/v1", "deliverySets": {"s": {"job": "j", "objects": ["/a"]} | changes}}


@as_generated
def test_committed_schema_is_fresh() -> None:
    """The schema in the repository is the one that the models give."""
    committed = json.loads((ROOT / "schemas/manifest.schema.json").read_text())
    assert committed == SCHEMA, "run `jetplan schema` and commit the result"


def test_schema_is_a_schema() -> None:
    """The schema itself is valid, and every property of it has a title, a description and examples."""
    Draft202012Validator.check_schema(SCHEMA)
    models = [SCHEMA, *SCHEMA["$defs"].values()]
    for model in models:
        assert model["description"]
        for name, field in model["properties"].items():
            assert field["description"], name
            assert field["examples"] if name not in {"source", "destination"} else True


def test_examples_of_the_schema_are_valid() -> None:
    """Each example shown on hover is valid where it is shown."""
    for model in [SCHEMA, *SCHEMA["$defs"].values()]:
        for field in model["properties"].values():
            for example in field.get("examples", []):
                Draft202012Validator(field | {"$defs": SCHEMA["$defs"]}).validate(example)


@pytest.mark.parametrize("path", sorted((ROOT / "manifests").rglob("*.y*ml")), ids=lambda path: path.name)
def test_shipped_examples(path: Path) -> None:
    """Each example manifest is valid by schema, models and reader, and names the schema for editors."""
    import ruamel.yaml

    text = path.read_text()
    assert text.startswith("# yaml-language-server: $schema=../schemas/manifest.schema.json\n")
    document = ruamel.yaml.YAML(typ="safe", pure=True).load(text)
    VALIDATOR.validate(document)
    Manifest.model_validate(document)
    try:
        read_manifests(path)
    except ManifestInvalid as invalid:
        pytest.fail(str(invalid.problems))


WINDOW = {"rrule": "FREQ=WEEKLY;BYDAY=FR;BYHOUR=20", "timeZone": "Europe/Berlin", "duration": "PT10H"}
VALID = [
    {"apiVersion": "jetplan/v1"},
    job(),
    job(paused=False, jobId="x-1", source={"storageProfileId": "1"}),
    declared(objects="all"),
    declared(objects=["a", "/b/", {"relativePath": "/", "isDirectory": True}]),
    declared(objects=[{"relativePath": "/é", "sizeInBytes": 0, "isDirectory": False, "revision": 2}]),
    declared(overlap="send", renamedFrom="t", revision=9, allowCaseTwins=True),
    declared(notBefore="2026-12-01T20:00+01:00", notAfter="2026-12-05T06:00:00Z", windows=[WINDOW]),
    job(windows=[WINDOW | {"rrule": "FREQ=DAILY;INTERVAL=2", "start": "2026-12-01T20:00"}]),
    declared(allowUnicodeTwins=True, allowFilesAsFolders=False, objects=["/a:b", "/x\uff0fy", "/\u0646\u200c\u0647"]),
]
INVALID = [
    declared(complete=True), declared(package="a.mhl"), declared(package={}),
    declared(package={"file": "a.mhl", "x": 1}), declared(package={"file": "a.mhl", "format": "doc"}),
    [], "x", 1, {}, {"apiVersion": "jetplan/v2"}, {"apiVersion": "jetplan/v1", "x": 1},
    {"apiVersion": "jetplan/v1", "jobs": []}, {"apiVersion": "jetplan/v1", "jobs": None},
    {"apiVersion": "jetplan/v1", "jobs": {" ": {"source": "a", "destination": "b"}}},
    job(source=None), job(source=1), job(source=""), job(source=" a"), job(source="a" * 256), job(source={}),
    job(source={"storageProfileId": "a/b"}), job(source={"storageProfileId": ".."}), job(paused="yes"), job(paused=1),
    job(paused=None), job(jobId="a b"), job(sauce="x"), job(destination=["a"]),
    declared(objects=[]), declared(objects="some"), declared(objects=None), declared(objects=["/"]),
    declared(objects=[""]), declared(objects=["//h"]), declared(objects=["/a/../b"]), declared(objects=["a\\b"]),
    declared(objects=["C:/b"]),
    declared(objects=["s3://a/b"]), declared(objects=["/a\tb"]), declared(objects=[1]), declared(objects=[None]),
    declared(objects=[{"relativePath": "/"}]), declared(objects=[{"relativePath": "/a/", "isDirectory": False}]),
    declared(objects=[{"relativePath": "/a/", "sizeInBytes": 1}]),
    declared(objects=[{"relativePath": "/a", "size": 1}]),
    declared(objects=[{"relativePath": "/a", "isDirectory": True, "sizeInBytes": 1}]), declared(objects=[{}]),
    declared(objects=[{"relativePath": "/a", "sizeInBytes": -1}]),
    declared(objects=[{"relativePath": "/a", "revision": 0}]),
    declared(objects=[{"relativePath": "/a", "sizeInBytes": 2**53}]),
    declared(objects=[{"relativePath": "/a", "sizeInBytes": 1.5}]),
    declared(objectsFrom={"file": "a.csv"}), declared(overlap="maybe"), declared(revision=0), declared(revision="1"),
    declared(notBefore="2026-12-01"), declared(notBefore="2026-12-01T20:00"), declared(notAfter="tomorrow"),
    declared(notAfter=1), declared(notBefore=None), declared(windows=[]), declared(windows={}), declared(windows=["x"]),
    job(windows=[{}]), job(windows=[WINDOW | {"x": 1}]), job(windows=[WINDOW | {"rrule": "every friday"}]),
    job(windows=[WINDOW | {"duration": "10h"}]), job(windows=[WINDOW | {"duration": "PT"}]),
    job(windows=[WINDOW | {"start": "2026-12-01T20:00Z"}]), job(windows=[WINDOW | {"timeZone": ""}]),
    declared(job=None), declared(job=12), declared(allowCaseTwins="true"), declared(renamedFrom=""),
]  # fmt: skip


@pytest.mark.parametrize("manifest", VALID, ids=json.dumps)
def test_all_accept(manifest: Any) -> None:
    """What is valid is so for all three."""
    assert (VALIDATOR.is_valid(manifest), models_refuse(manifest), reader_refuses(manifest)) == (True, False, set())


@pytest.mark.parametrize("manifest", INVALID, ids=lambda manifest: json.dumps(manifest)[:60])
def test_all_refuse(manifest: Any) -> None:
    """What is invalid is so for all three."""
    assert not VALIDATOR.is_valid(manifest)
    assert models_refuse(manifest)
    assert reader_refuses(manifest)


SCALARS = st.sampled_from(
    [None, True, False, 0, 1, -1, 2, 2**53 - 1, 2**53, 1.5, "", "a", "all", "true", "12", "skip", " a", "a/b"]
)
NAMES = st.sampled_from(
    ["a", "b c", "é", "1", "null", "~", "<<", "", " a", "a ", "a\tb", "x" * 255, "x" * 256, "..", "a\u200b"]
)
PATHS = st.lists(
    st.sampled_from(["/", "a", "B", ".", "..", " ", ":", "\\", "é", "\t", "\uff0f", "~", "%2e"]), max_size=6
).map("".join)


def mostly(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Mostly what fits, sometimes anything."""
    return st.integers(0, 11).flatmap(lambda odd: SCALARS if odd == 0 else st.just([]) if odd == 1 else strategy)


def mapping(
    required: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[object]:
    """A mapping with these keys, now and then one missing or one too many."""
    whole = st.fixed_dictionaries(required, optional=optional)
    less = st.fixed_dictionaries({}, optional=required | optional)
    return st.integers(0, 9).flatmap(lambda odd: less if odd == 0 else whole)


PROFILES = mostly(st.one_of(NAMES, mapping({"storageProfileId": NAMES}, {"name": NAMES})))
JOBS = mapping({"source": PROFILES, "destination": PROFILES}, {"paused": mostly(st.booleans()), "jobId": mostly(NAMES)})
OBJECTS = mapping(
    {"relativePath": mostly(PATHS)},
    {
        "sizeInBytes": mostly(st.integers(0, 9)),
        "isDirectory": mostly(st.booleans()),
        "revision": mostly(st.integers(0, 3)),
    },
)
SETS = mapping(
    {
        "job": mostly(NAMES),
        "objects": mostly(st.one_of(st.just("all"), st.lists(mostly(st.one_of(PATHS, OBJECTS)), max_size=3))),
    },
    {
        "overlap": mostly(st.sampled_from(["refuse", "skip", "send", "no"])),
        "renamedFrom": mostly(NAMES),
        "revision": mostly(st.integers(0, 3)),
        "allowCaseTwins": mostly(st.booleans()),
        "objectsFrom": mapping({"file": NAMES}, {}),
    },
)
MANIFESTS = mapping(
    {"apiVersion": st.just("jetplan/v1")},
    {
        "jobs": mostly(st.dictionaries(NAMES, mostly(JOBS), max_size=2)),
        "deliverySets": mostly(st.dictionaries(NAMES, mostly(SETS), max_size=2)),
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mostly(MANIFESTS))
def test_schema_models_and_reader_agree(manifest: Any) -> None:
    """Whatever document is made up, the three give one verdict."""
    verdicts = (not VALIDATOR.is_valid(manifest), models_refuse(manifest), bool(reader_refuses(manifest)))
    assert len(set(verdicts)) == 1, (verdicts, reader_refuses(manifest))
