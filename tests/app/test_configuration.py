"""`jetplan.yaml`: one typed value, every problem at its place, and a schema that agrees with the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from jetplan.app.configuration import Configuration, Delivery, LimitKeys, configuration_schema, read_configuration
from jetplan.errors import ManifestInvalid

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
apiUrl: https://jet.example
ledger: sqlite:///ledger.db
ledgerId: 0123abcd
delivery: {maxObjects: 5, maxBytes: 6}
limits: {maxObjects: 7, maxBytes: 8, allowWholeProfiles: [a], allowDestinations: []}
houseRules: [rules/*.json]
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "jetplan.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key_has_its_type(tmp_path: Path) -> None:
    """Keys of the file become fields; a list that is empty is not a list that is missing."""
    assert read_configuration(write(tmp_path, WHOLE)) == Configuration(
        api_url="https://jet.example",
        ledger="sqlite:///ledger.db",
        ledger_id="0123abcd",
        delivery=Delivery(5, 6),
        limits=LimitKeys(7, 8, ("a",), ()),
        house_rules=("rules/*.json",),
    )
    assert read_configuration(write(tmp_path, "ledgerId: x\n")).limits == LimitKeys(None, None, None, None)


PROBLEMS = [
    ("apiURL: https://jet.example\n", 1, 1, "`apiUrl`"),
    ("ledger: x\nledgerID: y\n", 2, 1, "`ledgerId`"),
    ("delivery:\n  maxObject: 5\n", 2, 3, "`maxObjects`"),
    ("delivery: {maxObjects: 0}\n", 1, 24, ""),
    ("limits:\n  maxBytes: many\n", 2, 13, ""),
    ("limits:\n  allowDestination: [a]\n", 2, 3, "`allowDestinations`"),
    ("limits: [maxObjects]\n", 1, 9, ""),
    ("limits: {allowWholeProfiles: a}\n", 1, 10, ""),
    ("houseRules: rules.json\n", 1, 1, ""),
    ("ledgerId: 123\n", 1, 11, "quote it"),
    ("apiUrl: {}\n", 1, 9, ""),
]


@pytest.mark.parametrize(("text", "line", "column", "hint"), PROBLEMS)
def test_a_problem_has_its_place_and_the_nearest_key(
    tmp_path: Path, text: str, line: int, column: int, hint: str
) -> None:
    """What is wrong is told at file:line:column, with the key that was probably meant."""
    file = write(tmp_path, text)
    with pytest.raises(ManifestInvalid) as invalid:
        read_configuration(file)
    (problem,) = invalid.value.problems
    assert problem.place == (str(file), line, column)
    assert hint in problem.hint


@pytest.mark.parametrize("text", [WHOLE, "ledgerId: x\n", "houseRules: []\n", *(text for text, *_ in PROBLEMS)])
def test_schema_and_reader_agree(tmp_path: Path, text: str) -> None:
    """An editor marks what jetplan refuses, and nothing else."""
    file = write(tmp_path, text)
    by_schema = Draft202012Validator(configuration_schema()).is_valid(YAML(typ="safe").load(file))
    try:
        read_configuration(file)
    except ManifestInvalid:
        assert not by_schema
    else:
        assert by_schema
