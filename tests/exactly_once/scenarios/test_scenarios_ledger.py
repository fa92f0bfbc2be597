"""Ledgers that are gone, old, strange, full or not to be written to: nothing is sent on their account."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from counting import CountingJet
    from stage import Stage

APPLY = "jetplan apply --auto-approve"
LEDGER = Path(".jetplan/ledger.db")


def test_a_ledger_that_is_gone_or_empty_or_another(project: Stage, jet: CountingJet) -> None:
    """6, and nothing sent: a fresh ledger would send everything again. `init` makes no new one under an old pin."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    kept = LEDGER.rename("kept.db")
    project.run(APPLY, code=6)
    project.run("jetplan init", code=6)
    LEDGER.touch()
    project.run(APPLY, code=6)
    project.run("jetplan init", code=6)
    LEDGER.unlink()
    pin = Path("jetplan.yaml").rename("pin.yaml")
    project.run(APPLY, code=6)
    project.run("jetplan init")
    pin.rename("jetplan.yaml")
    project.run(APPLY, code=6)
    LEDGER.unlink()
    kept.rename(LEDGER)
    assert "No changes" in project.run(APPLY).out
    assert jet.objects == {"/a.mxf": 1}


@pytest.mark.parametrize("name", ["with space.db", "50%20.db", "a#b.db", "ä.db"])
def test_a_ledger_under_a_strange_name(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The name is taken as it is written."""
    LEDGER.rename(name)
    monkeypatch.setenv("JETPLAN_LEDGER", f"sqlite:///{name}")
    project.write_set("/a.mxf")
    project.run(APPLY)
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1}
    assert sorted(each.name for each in Path().glob("*.db*")) == [name, f"{name}.count"]


def test_in_ci_an_unnamed_ledger_is_refused(project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner's own fresh ledger would send everything again."""
    text = Path("jetplan.yaml").read_text()
    Path("jetplan.yaml").write_text("".join(line for line in text.splitlines(True) if not line.startswith("ledger:")))
    monkeypatch.setenv("CI", "true")
    project.write_set("/a.mxf")
    project.run(APPLY, code=6)
    assert not jet.objects


def test_a_ledger_held_by_somebody_else_for_long(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cannot claim does not send; the next run does."""
    monkeypatch.setattr("jetplan.ledger.sqlite.BUSY_SECONDS", 0.2)
    project.write_set("/a.mxf")
    other = sqlite3.connect(LEDGER, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM jetplan_meta").fetchall()
    assert project.run(APPLY, code=None).code == 1
    assert not jet.objects
    other.execute("ROLLBACK")
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1}


def test_a_ledger_held_while_the_request_is_on_its_way(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer came and cannot be written down: 3, and never sent again before somebody says so."""
    monkeypatch.setattr("jetplan.ledger.sqlite.BUSY_SECONDS", 0.2)
    others = []

    def hold(method: str, path: str, _: object) -> None:
        if method == "POST" and path.endswith("/deliveries"):
            other = sqlite3.connect(LEDGER, isolation_level=None, check_same_thread=False)
            other.execute("BEGIN")
            other.execute("SELECT * FROM jetplan_meta").fetchall()
            others.append(other)

    jet.on_call = hold
    project.write_set("/a.mxf")
    with monkeypatch.context() as patch:
        patch.setattr("jetplan.app.identity.this_process", lambda: "1:1")  # a process that is gone when the next looks
        project.run(APPLY, code=3)
    jet.on_call = lambda *_: None
    for other in others:
        other.execute("ROLLBACK")
    project.run(APPLY, code=3)
    project.run(APPLY, code=3)
    assert jet.objects == {"/a.mxf": 1}


def test_one_set_whose_claim_fails_does_not_hide_a_doubt(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger fails for one set while another's answer is lost: 3 is told, and what could not be claimed too."""
    from jetplan.errors import JetplanError
    from jetplan.ledger.store import Ledger

    claim_all = Ledger.claim_all

    def failing(self: Any, scope: Any, wanted: Any, run_id: Any) -> Any:
        others = iter(claim_all(self, scope, [each for each in wanted if each.subject.name != "second"], run_id))
        return [JetplanError("the disk is full") if each.subject.name == "second" else next(others) for each in wanted]

    def lose(method: str, path: str, _: object) -> Any:
        return (0, None) if method == "POST" and path.endswith("/deliveries") else None

    monkeypatch.setattr(Ledger, "claim_all", failing)
    jet.on_call = lose
    project.write_set("/a.mxf")
    text = Path("manifests/main.yaml").read_text()
    project.write(f"{text}  second:\n    job: nyc-to-lax\n    objects:\n      - /b.mxf\n")
    ran = project.run(APPLY, code=3)
    assert "the disk is full" in ran.out + ran.err
    monkeypatch.setattr(Ledger, "claim_all", claim_all)
    jet.on_call = lambda *_: None
    project.run(APPLY, code=3)
    assert jet.objects == {"/a.mxf": 1, "/b.mxf": 1}


def test_a_copy_of_the_ledger_from_before(project: Stage, jet: CountingJet) -> None:
    """It does not know what was sent since: it is refused until a person accepts it, and records what is missing."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    shutil.copy(LEDGER, "backup.db")
    project.write_set("/a.mxf", "/b.mxf")
    project.run(APPLY)
    shutil.copy("backup.db", LEDGER)
    project.run(APPLY, code=6)
    project.run("jetplan ledger accept --reason 'restored from a backup'")
    project.run("jetplan ledger baseline --set masters --reason 'the ledger was restored from a backup'")
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1, "/b.mxf": 1}
