"""Scalars mean what is written, or are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from folders import Folder, MakeText

HEAD = "apiVersion: jetplan/v1\n"


@pytest.mark.parametrize(
    "text",
    ["NO", "off", "yes", "'true'", '"12"', "a b", "2024-01-01-dailies", "v1.0.0", "1e3x", "0x", "über", "null-set"],
)
def test_strings_stay_as_written(folder: Folder, text: str) -> None:
    """What only an old YAML would read as something else is a string here."""
    spec = folder.read(HEAD + f"jobs:\n  {text}: {{source: {text}, destination: d}}\n").spec
    assert spec.jobs[text.strip("'\"")].source.name == text.strip("'\"")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "unquoted") for text in ["12", "1_000", "0o14", "014", "0b1", "0x1F", "1e3", "1.0", "-5", "+1", ".5"]),
        *((text, "unquoted") for text in [".inf", "-.INF", ".nan", "1e400", "22:22", "1:30:00", "true", "False"]),
        *(
            (text, "unquoted")
            for text in ["2024-01-01", "2024-13-45", "2024-1-1 10:00:00", "2001-12-14t21:59:43.10-05:00"]
        ),
        *((text, "wrong-type") for text in ["~", "null", "NULL", "", "[a]"]),
        ("''", "bad-name"),
        ("' a'", "bad-name"),
        ("'a\u00a0'", "bad-name"),
        ("a" * 256, "bad-name"),
        ('"a\\tb"', "forbidden-character"),
        ('"a\\nb"', "forbidden-character"),
        ('"\\e[31m"', "forbidden-character"),
        ('"\\u202e"', "forbidden-character"),
        ('"\\N"', "forbidden-character"),
        ('"\\0"', "forbidden-character"),
        ('"\\uFFFE"', "forbidden-character"),
        ('"\\U000E0041"', "forbidden-character"),
        ('"\\ud800"', "yaml"),
    ],
)
def test_names_that_are_no_strings(folder: Folder, text: str, code: str) -> None:
    """Unquoted numbers, dates, booleans and nulls are no names, nor is what cannot be seen."""
    codes = [found for _, _, found in folder.codes(HEAD + f"jobs:\n  a:\n    source: {text}\n    destination: d\n")]
    assert codes == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            (text, "wrong-type")
            for text in ["22:22", "1_000", "0o14", "014", "0b1", "0x10", "1e3", "1.0", "true", "~", "", "'12'", "[1]"]
        ),
        *((text, "wrong-type") for text in [".nan", ".inf", "1e400", "+5", "2024-13-45", "١٢", "12 MB", "-0.5"]),
        *((text, "out-of-range") for text in ["-1", "9007199254740992", "9" * 5000, "-" + "9" * 5000]),
    ],
)
@pytest.mark.parametrize("key", ["sizeInBytes", "revision"])
def test_integers_are_decimal_digits(folder: Folder, with_objects: MakeText, key: str, text: str, code: str) -> None:
    """Only plain decimal digits up to 2^53-1 are a whole number, at the value's place."""
    content = with_objects("- relativePath: /a", f"  {key}: {text}")
    ((line, _, found),) = folder.codes(content)
    assert (line, found) == (7, code)


def test_range_of_integers(folder: Folder, with_objects: MakeText) -> None:
    """Sizes begin at 0 and revisions at 1; both end at 2^53-1."""
    content = with_objects(
        "- {relativePath: /a, sizeInBytes: 0}", "- {relativePath: /b, sizeInBytes: 9007199254740991}"
    )
    assert list(folder.read(content).spec.sets["s"].objects.sizes) == [0, 9007199254740991]
    assert folder.codes(with_objects("- {relativePath: /a, revision: 0}")) == [(6, 38, "out-of-range")]


@pytest.mark.parametrize("text", ["NO", "off", "yes", "True", "'true'", "1", "~", "on"])
def test_booleans_are_true_or_false(folder: Folder, text: str) -> None:
    """Nothing but plain `true` and `false` is a boolean."""
    content = HEAD + f"jobs:\n  a: {{source: b, destination: c, paused: {text}}}\n"
    assert folder.codes(content) == [(3, 42, "wrong-type")]


def test_messages_are_bounded_and_harmless(folder: Folder) -> None:
    """A value of a megabyte with escapes in it is quoted shortly and visibly."""
    (problem,) = folder.problems(HEAD + f'jobs: "\\e[2J{"x" * 1_000_000}"\n')
    assert "\x1b" not in problem.message
    assert len(problem.message) < 200
    (problem,) = folder.problems(HEAD + f'"\\e]52;{"x" * 900}": 1\n')
    assert "\\x1b]52;" in problem.message
    assert len(problem.message) < 200
