"""What `import` writes is a valid manifest that shows no reader something else than it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from stage import Stage


@pytest.mark.parametrize("others", [[], ["plain"]])
@pytest.mark.parametrize(
    "name", ["evil\u202etxt", "a\x1b[31mb", "two\nlines", "tail\u200b", "a\u2215b", 'q"uo\\te', "é日"]
)
def test_hostile_names(stage: Stage, name: str, others: Any) -> None:
    """Names that a manifest refuses are comments, with escapes; all others are what they were."""
    for each in [name, *others]:
        stage.make_job(each)
    written = stage.run("jetplan import").out
    assert not any(char in written for char in "\u202e\x1b\u200b\u2215")
    stage.write(written, "imported.yaml")
    found = set(read_manifests(stage.project / "manifests").spec.jobs)
    assert found - {name} == set(others)
    assert (name in found) == (name in {"a\u2215b", 'q"uo\\te', "é日"})
