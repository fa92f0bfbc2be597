"""House rules hold wherever manifests are read, not in `validate` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jetplan.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

RULE = '{"properties": {"name": {"pattern": "^[a-z]+-to-[a-z]+$"}}}'
MANIFEST = """\
apiVersion: jetplan/v1
jobs:
  Whatever:
    source: NYC Dailies
    destination: LAX Ingest
"""


@pytest.mark.parametrize(
    "line", [["validate"], ["plan"], ["plan", "--offline"], ["apply", "--auto-approve"]], ids=" ".join
)
def test_a_job_that_breaks_a_house_rule_is_refused(
    line: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 with the place, before any network or ledger is touched, also when the manifests are known already."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "jobs.yaml").write_text(MANIFEST)
    (tmp_path / "jetplan.yaml").write_text("ledgerId: none\n")
    assert run(["validate"]) == 0
    (tmp_path / "job.schema.json").write_text(RULE)
    (tmp_path / "jetplan.yaml").write_text("ledgerId: none\nhouseRules: [job.schema.json]\n")
    capsys.readouterr()
    assert run(line) == 1
    assert "manifests/jobs.yaml:3:3" in capsys.readouterr().err
