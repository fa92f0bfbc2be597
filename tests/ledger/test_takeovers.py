"""What is written down when a dead run's attempts are taken over, and what tells that a ledger has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desks import Desk, delivery, job

from jetplan.core.attempts import Claimed, NewAttempt, RunInfo, State, Taken
from jetplan.ledger import runs

if TYPE_CHECKING:
    from pathlib import Path


def test_each_state_has_its_own_reason(desk: Desk) -> None:
    """What was intended left nothing; what was sending is in doubt. The owner stays named."""
    desk.ledger.end_run(desk.run, "done")
    dead = desk.another_run("dead")
    dead.claim(delivery("a"), 0, "/a", ident="intended")
    dead.claim(delivery("b"), 0, "/b", ident="sending")
    dead.ledger.transition("sending", State.SENDING, run_id="dead")
    dead.ledger.end_run("dead", "failed")
    mine = desk.another_run("mine")
    moved = mine.ledger.recover(mine.scope, "mine")
    assert {each.attempt_id: each.state for each in moved} == {"intended": State.NOT_SENT, "sending": State.IN_DOUBT}
    told = {ident: mine.ledger.history(ident)[-1] for ident in ("intended", "sending")}
    assert told["intended"].detail == {"reason": "the run ended before it sent", "owner": "dead"}
    assert told["sending"].detail == {"reason": "the run ended while it was sending", "owner": "dead"}
    assert mine.ledger.recover(mine.scope, "mine") == []


def test_a_baseline_is_a_record_of_its_own(desk: Desk) -> None:
    """The version moves by one, so that the next claim goes on from it. What is held is not recorded again."""
    new = NewAttempt("base", paths=["/a"])
    granted = desk.ledger.record_baseline(desk.scope, delivery(), new, desk.run, who="mia", reason="by hand")
    assert granted == Claimed(1)
    found = desk.ledger.attempt("base")
    assert found is not None
    assert found.state is State.RESOLVED_ACCEPTED
    assert desk.ledger.history("base")[-1].detail == {"baseline": True, "who": "mia", "reason": "by hand"}
    again = NewAttempt("again", paths=["/a"])
    taken = desk.ledger.record_baseline(desk.scope, delivery(), again, desk.run, who="mia", reason="again")
    assert isinstance(taken, Taken)
    assert [each.attempt_id for each in taken.by] == ["base"]
    assert desk.claim(delivery(), 1, "/b") == Claimed(2)
    assert desk.ledger.check() == []


def test_the_fingerprint_moves_with_all_that_a_plan_reads(desk: Desk) -> None:
    """With claims, ends, adopted jobs, other scopes; and there is none while an attempt has no known end."""
    seen = [desk.ledger.fingerprint()]
    assert seen[0] is not None
    assert len(seen[0]) == 32
    assert desk.ledger.fingerprint() == seen[0]
    desk.claim(delivery(), 0, "/a", ident="x")
    assert desk.ledger.fingerprint() is None
    desk.ledger.transition("x", State.SENDING, run_id=desk.run)
    assert desk.ledger.fingerprint() is None
    desk.ledger.transition("x", State.IN_DOUBT, run_id=desk.run)
    assert desk.ledger.fingerprint() is None
    desk.ledger.transition("x", State.RESOLVED_ACCEPTED, run_id=desk.run)
    seen.append(desk.ledger.fingerprint())
    desk.claim(job(), 0, ident="j")
    desk.ledger.transition("j", State.NOT_SENT, run_id=desk.run)
    seen.append(desk.ledger.fingerprint())
    desk.ledger.ensure_scope("https://other.example", ["account-2"])
    seen.append(desk.ledger.fingerprint())
    assert None not in seen
    assert len(set(seen)) == len(seen)
    desk.ledger.begin_run(RunInfo("run-2"))
    assert desk.ledger.fingerprint() == seen[-1], "who runs is nothing that a plan shows"


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A /proc of the test's own, with one process whose name holds a parenthesis and blanks."""
    (tmp_path / "sys/kernel/random").mkdir(parents=True)
    (tmp_path / "sys/kernel/random/boot_id").write_text("boot-1\n")
    (tmp_path / "self/ns").mkdir(parents=True)
    (tmp_path / "self/ns/pid").symlink_to("pid:[1]")
    (tmp_path / "7").mkdir()
    fields = " ".join(str(number) for number in range(4, 53))
    (tmp_path / "7/stat").write_text(f"7 (a ) b) S {fields}\n")
    monkeypatch.setattr(runs, "_PROC", tmp_path)
    return tmp_path


def test_a_host_is_a_boot_and_a_namespace(proc: Path) -> None:
    """Another boot, or another container, is another host. What cannot be told is empty."""
    here = runs.this_host()
    assert here.endswith("/boot-1/pid:[1]")
    (proc / "sys/kernel/random/boot_id").write_text("boot-2\n")
    assert runs.this_host().endswith("/boot-2/pid:[1]")
    (proc / "self/ns/pid").unlink()
    assert runs.this_host() == ""


def test_a_process_is_told_by_its_start(proc: Path) -> None:
    """A number that is used again is another process; a zombie has ended; another host says nothing."""
    here = runs.this_host()
    assert runs._stat(7) == ("S", "22")
    assert runs.process_alive(here, "7:22") is True
    assert runs.process_alive(here, "7:23") is False
    assert runs.process_alive(here, "8:22") is False
    for unclear in ("7", "7:", ":22", "x:22", ""):
        assert runs.process_alive(here, unclear) is None
    assert runs.process_alive("elsewhere", "7:22") is None
    assert runs.process_alive("", "7:22") is None
    for state, alive in (("Z", False), ("X", False), ("x", False), ("D", True)):
        text = (proc / "7/stat").read_text()
        (proc / "7/stat").write_text(text[: text.rindex(")") + 2] + state + text[text.rindex(")") + 3 :])
        assert runs.process_alive(here, "7:22") is alive
    assert runs.this_process() == "", "this process is not in that /proc"
