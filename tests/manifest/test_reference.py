"""The reference in `docs/manifest.md` shows manifests and rules that hold, and names every key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from jetplan.manifest.keys import JOB_KEYS, OBJECT_KEYS, SET_KEYS

if TYPE_CHECKING:
    from folders import Folder

REFERENCE = (Path(__file__).parents[2] / "docs/manifest.md").read_text()
BLOCKS = re.findall(r"(?ms)^```yaml\n(.*?)^```", REFERENCE)


@pytest.mark.parametrize("key", [*JOB_KEYS, *SET_KEYS, *OBJECT_KEYS])
def test_every_key_is_described(key: Any) -> None:
    """Each key that a manifest may hold stands in a table."""
    assert re.search(rf"(?m)^\| .*`{key}`.* \| ", REFERENCE)


def test_the_first_example_is_valid(folder: Folder) -> None:
    """The example can be copied as it stands."""
    assert len(folder.read(BLOCKS[0]).spec.sets["ep101-masters"].objects) == 3


def test_the_list_example_is_valid(folder: Folder) -> None:
    """The example of a list needs only its list."""
    import gzip

    folder.write({"lists/archive-2024.csv.gz": gzip.compress(b"relativePath\n/a\n")})
    assert folder.read("apiVersion: jetplan/v1\n" + BLOCKS[1]).spec.sets["archive-2024"].job == "nyc-to-lax"


def test_the_rule_example_is_a_schema() -> None:
    """The example of a house rule is a JSON Schema."""
    (rule,) = re.findall(r"(?ms)^```json\n(.*?)^```", REFERENCE)
    Draft202012Validator.check_schema(json.loads(rule))
