"""`jetplan.yaml`: one typed value, every problem at its place, and a schema that agrees with the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from jetplan.app.configuration import (
    Configuration,
    Delivery,
    Destination,
    LimitKeys,
    Notify,
    RecurringWindow,
    configuration_schema,
    read_configuration,
)
from jetplan.errors import ManifestInvalid

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
apiUrl: https://jet.example
ledger: sqlite:///ledger.db
ledgerId: 0123abcd
delivery: {maxObjects: 5, maxBytes: 6}
limits: {maxObjects: 7, maxBytes: 8, allowWholeProfiles: [a], allowDestinations: [], allowSourceDeletion: [d]}
houseRules: [rules/*.json]
destinations: {LAX: {notAfter: "2027-01-01T00:00Z", windows: [{rrule: FREQ=DAILY, timeZone: UTC, duration: PT1H}]}}
notify: [{events: [failed, inDoubt], sets: [a*], jobs: [b], destinations: [c], longerThan: PT2H, urlsFrom: TEAM}]
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
        limits=LimitKeys(7, 8, ("a",), (), ("d",)),
        house_rules=("rules/*.json",),
        destinations={
            "LAX": Destination(
                not_after="2027-01-01T00:00Z", windows=(RecurringWindow("FREQ=DAILY", "UTC", "PT3600S"),)
            )
        },
        notify=(Notify(("failed", "inDoubt"), ("a*",), ("b",), ("c",), "PT2H", "TEAM"),),
    )
    assert read_configuration(write(tmp_path, "ledgerId: x\n")).limits == LimitKeys()


def test_what_an_unfinished_merge_leaves_is_named(tmp_path: Path) -> None:
    """Settings that git left in two versions are not guessed at."""
    text = "ledger: x\n<<<<<<< HEAD\nledgerId: y\n=======\nledgerId: z\n>>>>>>> other\n"
    with pytest.raises(ManifestInvalid) as caught:
        read_configuration(write(tmp_path, text))
    (problem,) = caught.value.problems
    assert (problem.place.line, problem.code) == (2, "conflict-marker")


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
    ("destinations: [a]\n", 1, 15, ""),
    ("destinations:\n  LAX Ingest: {window: []}\n", 2, 16, "`windows`"),
    ("destinations:\n  LAX Ingest:\n    notAfter: soon\n", 3, 15, "2026-12-01T20:00+01:00"),
    ("notify: {events: [failed]}\n", 1, 1, ""),
    ("notify: [failed]\n", 1, 10, "{events: [failed]}"),
    ("notify:\n  - {sets: [a]}\n", 2, 5, ""),
    ("notify:\n  - {events: []}\n", 2, 6, "at least one"),
    ("notify:\n  - {events: [failled]}\n", 2, 6, "`failed`"),
    ("notify:\n  - {events: [failed], longerThan: 2h}\n", 2, 24, "PT2H"),
    ("notify:\n  - {events: [failed], urlsFrom: 'slack://a/b/c'}\n", 2, 24, "into the environment"),
    ("notify:\n  - {events: [failed], set: [a]}\n", 2, 24, "`sets`"),
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
