"""Saved plans on a local Jet: shown without it, applied once, refused when anything they rest on moved."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from stage import JOBS, Stage

if TYPE_CHECKING:
    from pathlib import Path

TWO = "/ep101/a.mxf", "/ep101/b.mxf"


def test_a_saved_plan_is_applied_once(stage: Stage) -> None:
    """The first apply does what was planned; the second is refused with 5 and sends nothing."""
    stage.write_set(*TWO)
    stage.run("jetplan plan --out plan.json")
    assert stage.job_posts() == 0
    stage.run("jetplan apply plan.json --auto-approve")
    assert stage.delivered() == dict.fromkeys(TWO, 1)
    again = stage.run("jetplan apply plan.json --auto-approve", code=5)
    assert "already applied" in again.err
    assert stage.delivered() == dict.fromkeys(TWO, 1)


def test_every_face_shows_what_was_planned(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """`show` needs no network or credentials, and says word for word what `plan` said."""
    stage.write_set(*TWO, extra="revision: 2")
    planned = {form: stage.run(f"jetplan plan --format {form}").out for form in ("text", "json", "markdown", "html")}
    stage.run("jetplan plan --out plan.json --format json")
    for name in ("JETPLAN_CLIENT_ID", "JETPLAN_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("JETPLAN_API_URL", "http://127.0.0.1:1")
    shutil.rmtree(stage.project / ".jetplan")
    for form, text in planned.items():
        assert stage.run(f"jetplan show plan.json --format {form}").out == text
    assert json.loads(planned["json"])["digest"] == stage.run("jetplan show plan.json --digest").out.strip()


def _edit_manifest(stage: Stage) -> None:
    stage.write_set(*TWO, "/ep101/c.mxf")


def _edit_size(stage: Stage) -> None:
    text = (stage.project / "manifests/main.yaml").read_text()
    stage.write(text.replace("- /ep101/a.mxf", "- {relativePath: /ep101/a.mxf, sizeInBytes: 7}"))


def _make_job(stage: Stage) -> None:
    stage.make_job()


def _apply(stage: Stage) -> None:
    stage.run("jetplan apply --auto-approve")


def _lose_manifests(stage: Stage) -> None:
    shutil.rmtree(stage.project / "manifests")


def _break_manifests(stage: Stage) -> None:
    stage.write("apiVersion: nonsense\nthis-is: secret\n")


@pytest.mark.parametrize(
    ("move", "reason"),
    [
        (_edit_manifest, "manifests: set masters was changed"),
        (_edit_size, "manifests: set masters was changed"),
        (_make_job, "server: job nyc-to-lax is not as it was"),
        (_apply, "ledger: set masters was recorded"),
        (_lose_manifests, "cannot be read at manifests"),
        (_break_manifests, "cannot be read at manifests"),
    ],
)
def test_a_stale_plan_is_refused_with_the_reason(stage: Stage, move: Any, reason: str) -> None:
    """Manifests, server or ledger moved: exit code 5, what moved by name, and nothing is sent."""
    stage.write_set(*TWO)
    stage.run("jetplan plan --out plan.json")
    move(stage)
    before = stage.job_posts(), stage.delivery_posts()
    refused = stage.run("jetplan apply plan.json --auto-approve", code=5)
    assert reason in refused.err
    assert "secret" not in refused.err
    assert (stage.job_posts(), stage.delivery_posts()) == before


def test_reordering_is_no_change(stage: Stage) -> None:
    """A plan survives comments and another order in the manifests: they change nothing of what is sent."""
    stage.write_set(*TWO)
    stage.run("jetplan plan --out plan.json")
    stage.write_set(*reversed(TWO), extra="# a comment")
    stage.run("jetplan apply plan.json --auto-approve")
    assert stage.delivered() == dict.fromkeys(TWO, 1)


def test_a_plan_of_another_api_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan belongs to the API it was made at."""
    stage.write_set(*TWO)
    stage.run("jetplan plan --out plan.json")
    monkeypatch.setenv("JETPLAN_API_URL", "http://127.0.0.1:1")
    assert "was made for http://127.0.0.1" in stage.run("jetplan apply plan.json --auto-approve", code=5).err


def test_a_plan_of_another_ledger_is_refused(stage: Stage) -> None:
    """A plan made with another ledger is refused with 6: what was sent is not known here."""
    stage.write_set(*TWO)
    stage.run("jetplan plan --out plan.json")
    shutil.rmtree(stage.project / ".jetplan")
    (stage.project / "jetplan.yaml").unlink()
    stage.run("jetplan init")
    assert "was made with ledger" in stage.run("jetplan apply plan.json --auto-approve", code=6).err
    assert stage.job_posts() == 0


def test_a_changed_byte_is_refused(stage: Stage) -> None:
    """A file that was touched is refused by `show` and by `apply`, with exit code 5."""
    stage.write_set(*TWO)
    stage.run("jetplan plan --out plan.json")
    file = stage.project / "plan.json"
    file.write_bytes(file.read_bytes().replace(b"/ep101/a.mxf", b"/ep101/x.mxf", 1))
    assert "sha256" in stage.run("jetplan show plan.json", code=5).err
    assert "sha256" in stage.run("jetplan apply plan.json --auto-approve", code=5).err
    file.write_bytes(b"\x1b]0;x\x07" * 10)
    assert "\x1b" not in stage.run("jetplan show plan.json", code=5).err


def test_what_is_no_plan_file(stage: Stage) -> None:
    """A folder, nothing, and a place that cannot be written are usage errors with a plain sentence."""
    stage.write_set(*TWO)
    stage.run("jetplan show manifests", code=64)
    stage.run("jetplan show nothing.json", code=64)
    stage.run("jetplan plan --out missing/plan.json", code=64)
    stage.run("jetplan plan --out manifests", code=64)
    assert not [each for each in stage.project.iterdir() if each.name.startswith(".plan")]


def test_the_expected_digest(stage: Stage) -> None:
    """`apply --expect-digest` applies what was approved and refuses anything else with 5."""
    stage.write_set(*TWO)
    digest = stage.run("jetplan plan --digest").out.strip()
    assert len(digest) == 64
    stage.write_set(*TWO, "/ep101/late.mxf")
    refused = stage.run(f"jetplan apply --auto-approve --expect-digest {digest}", code=5)
    assert digest in refused.err
    assert stage.job_posts() == 0
    stage.write_set(*reversed(TWO))
    stage.run(f"jetplan apply --auto-approve --expect-digest {digest}")
    assert stage.delivered() == dict.fromkeys(TWO, 1)
    stage.run(f"jetplan apply --auto-approve --expect-digest {digest}", code=5)


def test_the_widget_of_gitlab(stage: Stage) -> None:
    """Three numbers: created are jobs and deliveries, nothing is ever deleted."""
    stage.write_set(*TWO)
    assert json.loads(stage.run("jetplan plan --format gitlab-terraform").out) == {
        "create": 2,
        "update": 0,
        "delete": 0,
    }


def test_outputs_for_github(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where GitHub asks for them, the summary is Markdown and the outputs are one line each, hostile names or not."""
    summary, output = tmp_path / "summary", tmp_path / "output"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    stage.write(f"{JOBS}deliverySets:\n  '::set-output name=x::y':\n    job: nyc-to-lax\n    objects: [/a.mxf]\n")
    stage.put("/a.mxf")
    digest = stage.run("jetplan plan --digest").out.strip()
    expected = [
        "exitcode=0",
        "has_changes=true",
        "jobs_to_create=1",
        "deliveries_to_submit=1",
        "objects=1",
        "bytes=0",
        "in_doubt=0",
        "failed=0",
        "blocked=0",
        "waiting=0",
        f"plan_digest={digest}",
    ]
    assert output.read_text().splitlines() == expected
    assert "1 object" in summary.read_text()
    assert "::set-output" not in summary.read_text()
    output.unlink()
    stage.write("nonsense", "bad.yaml")
    stage.run("jetplan plan", code=1)
    assert output.read_text() == "exitcode=1\n"
    (stage.project / "manifests/bad.yaml").unlink()
    output.unlink()
    stage.run("jetplan apply --auto-approve")
    assert output.read_text().splitlines() == expected
    assert "## jetplan apply" in summary.read_text()


def test_a_missing_summary_is_no_failure(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What CI cannot be told is said on stderr and changes nothing."""
    monkeypatch.setenv("GITHUB_OUTPUT", "/nonexistent/output")
    stage.write_set(*TWO)
    assert "GITHUB_OUTPUT could not be written" in stage.run("jetplan plan").err
