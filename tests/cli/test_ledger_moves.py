"""A ledger is taken elsewhere, copied back, imported or replaced: what the command line says, and never twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Stage

APPLY = "jetplan apply --auto-approve"
LEDGER = Path(".jetplan/ledger.db")
THERE = "sqlite:///there.db"


@pytest.fixture
def sent(stage: Stage) -> Stage:
    """A stage on which one file was sent."""
    stage.write_set("/a.mxf")
    stage.run(APPLY)
    return stage


def test_a_ledger_goes_on_at_another_place(sent: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old place refuses every run and says where to look; at the new one everything is known."""
    moved = sent.run(f"jetplan ledger move {THERE} --reason 'a bigger disk'")
    assert "the old place is closed" in moved.err
    for line in ("jetplan plan", APPLY, "jetplan status", "jetplan resolve x --accepted --reason y"):
        assert THERE in sent.run(line, code=6).err
    assert "masters" in sent.run("jetplan ledger list").out, "looking at it is allowed"
    sent.run(f"jetplan ledger move {THERE} --reason 'once more'")
    monkeypatch.setenv("JETPLAN_LEDGER", THERE)
    assert "No changes" in sent.run(APPLY).out
    assert sent.delivered() == {"/a.mxf": 1}


def test_a_move_that_was_interrupted_goes_on(sent: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the closing and the copy nobody can write anywhere; the same command again completes it."""
    from jetplan.ledger.store import Ledger

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "import_", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        sent.run(f"jetplan ledger move {THERE} --reason x", code=130)
    sent.run(APPLY, code=6)
    sent.run(f"{APPLY} --ledger {THERE}", code=6)
    sent.run(f"jetplan ledger move {THERE} --reason x")
    assert "No changes" in sent.run(f"{APPLY} --ledger {THERE}").out
    assert sent.delivered() == {"/a.mxf": 1}


def test_a_move_back(sent: Stage) -> None:
    """A person may open the old place again; without a move there is nothing to open."""
    assert "never moved" in sent.run("jetplan ledger move --back --reason x").err
    sent.run(f"jetplan ledger move {THERE} --reason x")
    sent.run("jetplan ledger move --back --reason 'the new disk never came'")
    assert "No changes" in sent.run(APPLY).out


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("jetplan ledger move --reason x", 64, "TARGET or --back"),
        (f"jetplan ledger move {THERE} --back --reason x", 64, "TARGET or --back"),
        (f"jetplan ledger move {THERE} --reason ' '", 64, "--reason is empty"),
        ("jetplan ledger move sqlite:///.jetplan/ledger.db --reason x", 64, "already"),
        ("jetplan ledger move nonsense://x --reason x", 64, "not one that jetplan knows"),
    ],
)
def test_a_move_that_cannot_be(sent: Stage, line: str, code: int, said: str) -> None:
    """It is refused, and the ledger stays open."""
    assert said in sent.run(line, code=code).err
    assert "No changes" in sent.run(APPLY).out


def test_a_place_that_holds_something_is_no_target(sent: Stage) -> None:
    """Another ledger with records, or a copy of this one: nobody knows which is newer, so nothing is closed."""
    shutil.copy(LEDGER, "there.db")
    assert "same id" in sent.run(f"jetplan ledger move {THERE} --reason x", code=6).err
    sent.run("jetplan init --config other.yaml --ledger sqlite:///other.db")
    sent.run(f"{APPLY} --config other.yaml", code=None)
    assert "not empty" in sent.run("jetplan ledger move sqlite:///other.db --reason x", code=1).err
    assert "No changes" in sent.run(APPLY).out


def test_a_ledger_from_yesterday(sent: Stage) -> None:
    """The file copied back is refused with 6 by whatever plans or sends, until a person accepts it."""
    shutil.copy(LEDGER, "yesterday.db")
    sent.write_set("/a.mxf", "/b.mxf")
    told = sent.run(APPLY).err
    assert "transitions" in told, "a log shows how far the ledger is"
    shutil.copy("yesterday.db", LEDGER)
    for line in ("jetplan plan", APPLY, "jetplan status", "jetplan doctor"):
        refused = sent.run(line, code=6)
        assert "older than it was" in refused.out + refused.err
    assert "ledger accept" in sent.run(APPLY, code=6).err
    sent.run("jetplan ledger accept --reason 'the disk died'")
    sent.run("jetplan ledger baseline --set masters --reason 'sent on Friday'")
    assert "No changes" in sent.run(APPLY).out
    assert sent.delivered() == {"/a.mxf": 1, "/b.mxf": 1}


def test_an_import_needs_a_word(sent: Stage) -> None:
    """Two ledgers of one id could both send: without a word that the other is gone, nothing is imported."""
    sent.run("jetplan ledger export --out lines.jsonl")
    assert "ledger move" in sent.run(f"jetplan ledger import lines.jsonl --ledger {THERE}", code=64).err
    assert not Path("there.db").exists()
    told = sent.run(f"jetplan ledger import lines.jsonl --ledger {THERE} --source-gone").err
    assert "record it with `jetplan ledger baseline`" in told
    assert "No changes" in sent.run(f"{APPLY} --ledger {THERE}").out


def test_an_import_of_another_ledger_keeps_nothing(sent: Stage) -> None:
    """An export that is not the pinned ledger's is refused with 6, before anything was kept."""
    sent.run("jetplan init --config other.yaml --ledger sqlite:///other.db")
    sent.run("jetplan ledger export --config other.yaml --out lines.jsonl")
    before = sent.run(f"jetplan ledger import lines.jsonl --ledger {THERE} --source-gone", code=6)
    assert "nothing was imported" in before.err
    sent.run("jetplan ledger export --out right.jsonl")
    sent.run(f"jetplan ledger import right.jsonl --ledger {THERE} --source-gone")


@pytest.mark.parametrize("when", ["before it is sent", "while it is sent"])
def test_a_ledger_that_is_replaced_in_the_middle_of_a_run(
    open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """What had not left is not sent, with 6; what had left is in doubt, with 3. The message says what happened."""
    stage = open_stage()
    stage.write_set("/a.mxf")
    stage.run(APPLY)
    shutil.copy(LEDGER, "yesterday.db")
    stage.write_set("/a.mxf", "/b.mxf")
    from jetplan.api.client import JetClient
    from jetplan.apply.baselines import Baselines

    def replacing(real: Any) -> Any:
        def call(*args: Any, **more: str) -> Any:
            shutil.copy("yesterday.db", LEDGER)
            return real(*args, **more)

        return call

    cls, name = (JetClient, "deliver") if when == "while it is sent" else (Baselines, "look")
    with monkeypatch.context() as patch:
        patch.setattr(cls, name, replacing(getattr(cls, name)))
        ran = stage.run(APPLY, code=3 if when == "while it is sent" else 6)
    assert "while jetplan ran" in ran.out + ran.err
    assert stage.delivered() == ({"/a.mxf": 1, "/b.mxf": 1} if when == "while it is sent" else {"/a.mxf": 1})
    stage.run(APPLY, code=6)
