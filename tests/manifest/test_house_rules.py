"""House rules: a team's own schemas, held against every job and set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.errors import ManifestInvalid
from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from pathlib import Path

    from folders import Folder

    from jetplan.errors import Problem

MANIFEST = """apiVersion: jetplan/v1
jobs:
  nyc-to-lax: {source: NYC, destination: LAX}
deliverySets:
  ep101:
    job: nyc-to-lax
    objects:
      - {relativePath: /ep101/a.mxf, sizeInBytes: 5}
      - /ep101/b.mxf
  elsewhere: {job: only-on-server, objects: [/x/]}
"""
SIZES = {
    "title": "every file has a size",
    "if": {"properties": {"kind": {"const": "deliverySet"}}},
    "then": {
        "properties": {
            "objects": {
                "items": {
                    "description": "add sizeInBytes, so that the console can estimate",
                    "if": {"properties": {"isDirectory": {"const": False}}},
                    "then": {"required": ["sizeInBytes"], "description": "add sizeInBytes"},
                }
            }
        }
    },
}


def problems(folder: Folder, tmp_path: Path, *rules: object, content: str = MANIFEST) -> list[Problem]:
    """What the rules refuse of a manifest."""
    files = []
    for at, rule in enumerate(rules):
        file = tmp_path / f"rule{at}.json"
        file.write_text(rule if isinstance(rule, str) else json.dumps(rule))
        files.append(file)
    folder.write({"a.yaml": content})
    try:
        read_manifests(folder.root, rules=files)
    except ManifestInvalid as invalid:
        return list(invalid.problems)
    return []


def test_satisfied_rules_change_nothing(folder: Folder, tmp_path: Path) -> None:
    """A rule that holds is silent."""
    assert problems(folder, tmp_path, {"properties": {"name": {"pattern": "^[a-z0-9-]+$"}}}) == []


def test_required_sizes_at_the_object(folder: Folder, tmp_path: Path) -> None:
    """A rule about objects is broken at the place of the object."""
    (problem,) = problems(folder, tmp_path, SIZES)
    assert (problem.place.line, problem.place.column, problem.code) == (9, 9, "house-rule")
    assert problem.message == (
        "delivery set `ep101` breaks the house rule `every file has a size` at `objects[1]`: it lacks `sizeInBytes`"
    )
    assert problem.hint == "add sizeInBytes"


def test_allowed_destinations_of_a_path(folder: Folder, tmp_path: Path) -> None:
    """A set is shown with the destination of its job, so that a rule can tie paths to it."""
    rule = {
        "if": {"properties": {"destination": {"const": "LAX"}}, "required": ["destination", "objects"]},
        "then": {"properties": {"objects": {"items": {"properties": {"relativePath": {"pattern": "^/ep2"}}}}}},
    }
    assert [problem.place.line for problem in problems(folder, tmp_path, rule)] == [8, 9]


def test_names(folder: Folder, tmp_path: Path) -> None:
    """A rule on names is broken at the job or set, and every rule and place is told in the order of the file."""
    rule = {"properties": {"name": {"maxLength": 5}}}
    found = problems(folder, tmp_path, rule, {"properties": {"kind": {"const": "job"}}})
    assert [problem.place.line for problem in found] == [3, 5, 10, 10]


@pytest.mark.parametrize("rule", ["{", "[1]", '{"type": 12}', '{"pattern": "("}', "\xff"])
def test_a_broken_rule_is_a_problem(folder: Folder, tmp_path: Path, rule: str) -> None:
    """A rule that cannot be read is told, never skipped."""
    (problem,) = problems(folder, tmp_path, rule)
    assert problem.place.file.endswith("rule0.json")


@pytest.mark.parametrize("ref", ["http://127.0.0.1:9/x.json", "other.json", "#/$defs/gone"])
def test_rules_fetch_nothing(folder: Folder, tmp_path: Path, ref: str) -> None:
    """A reference out of the file is refused, and nothing is opened or fetched for it."""
    (problem,) = problems(folder, tmp_path, {"$ref": ref})
    assert "which is not in its own file" in problem.message


def test_rules_wait_for_valid_manifests(folder: Folder, tmp_path: Path) -> None:
    """What is not valid is not held against rules."""
    found = problems(folder, tmp_path, False, content="apiVersion: jetplan/v1\nx: 1\n")
    assert [problem.code for problem in found] == ["unknown-key"]


def test_values_are_shown_harmless_and_short(folder: Folder, tmp_path: Path) -> None:
    """A rule's message never shows a whole set."""
    content = MANIFEST.replace("/ep101/b.mxf", "/ep101/" + "b" * 200)
    for problem in problems(folder, tmp_path, {"not": {}}, {"properties": {"objects": False}}, content=content):
        assert len(problem.message) < 400


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "^(a|aa)+$", r"^(\w+\s?)*$"])
def test_patterns_take_linear_time(folder: Folder, tmp_path: Path, pattern: str) -> None:
    """A pattern on which a backtracking engine hangs is answered: no step is tried twice."""
    content = MANIFEST.replace("/ep101/a.mxf", "/" + "a" * 200 + "!")
    rule = {"properties": {"objects": {"items": {"properties": {"relativePath": {"pattern": pattern}}}}}}
    assert len(problems(folder, tmp_path, rule, content=content)) == 3


@pytest.mark.parametrize("rule", [{"pattern": "^(?!/tmp)"}, {"pattern": r"(a)\1"}, {"patternProperties": {"a": False}}])
def test_what_cannot_be_bounded_is_refused(folder: Folder, tmp_path: Path, rule: Any) -> None:
    """Look-around and back-references are told with the file, never skipped."""
    (problem,) = problems(folder, tmp_path, {"properties": {"name": rule}})
    assert problem.place.file.endswith("rule0.json")
    assert "refused" in problem.message


@pytest.mark.parametrize(
    "rule", [{"$ref": "#"}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, {"$dynamicAnchor": "a", "$dynamicRef": "#a"}]
)
def test_a_rule_that_refers_to_itself(folder: Folder, tmp_path: Path, rule: Any) -> None:
    """A circle of references is a problem of the rule, not a crash."""
    (problem,) = problems(folder, tmp_path, rule)
    assert "without end" in problem.message


def test_references_that_multiply(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty levels of two references each would be a million checks of every document."""
    from jetplan.manifest import validator

    monkeypatch.setattr(validator, "MOST_REFERENCES", 1000)
    levels = {f"l{at}": {"allOf": [{"$ref": f"#/$defs/l{at + 1}"}] * 2} for at in range(20)}
    rule = {"$ref": "#/$defs/l0", "$defs": levels | {"l20": {}}}
    (problem,) = problems(folder, tmp_path, rule)
    assert "references" in problem.message


def test_equal_items(folder: Folder, tmp_path: Path) -> None:
    """`uniqueItems` means what it says, whatever the items are."""
    unique = {"properties": {"objects": {"uniqueItems": True}}}
    assert problems(folder, tmp_path, unique) == []
