"""The table in docs/exit-codes.md, cell by cell: every command says the same of what is left, on every run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stage import JOBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stage import Stage

DOC = Path(__file__).parents[2] / "docs" / "exit-codes.md"
LINES = {
    "plan": "jetplan plan",
    "plan --detailed-exitcode": "jetplan plan --detailed-exitcode",
    "apply": "jetplan apply --auto-approve",
    "apply again": "jetplan apply --auto-approve",
    "apply --wait": "jetplan apply --auto-approve --wait",
    "status": "jetplan status",
    "status --watch": "jetplan status --watch --interval 0.2",
}
"""The columns of the table, as typed."""


def _cells(line: str) -> list[str]:
    return [re.sub("`", "", cell).strip() for cell in line.strip().strip("|").split("|")]


def _table() -> Iterator[tuple[str, bool, dict[str, str]]]:
    """Each row of the table: what is left, whether it is declared, and the code by column."""
    lines = DOC.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("| what is left |"))
    columns = _cells(lines[at])[2:]
    for line in lines[at + 2 :]:
        if not line.startswith("|"):
            return
        what, declared, *codes = _cells(line)
        for word in declared.split(", "):
            yield what, word == "yes", dict(zip(columns, codes, strict=True))


def failed(stage: Stage) -> str:
    """A file that is not at the source; the attempt that failed."""
    stage.write_set("/a.mxf", "/b.mxf")
    (stage.source / "a.mxf").unlink()
    stage.run("jetplan apply --auto-approve --wait", code=1)
    return str(json.loads(stage.run("jetplan status --format json", code=1).out)["failed"][0]["attemptId"])


def in_doubt(stage: Stage) -> None:
    """An answer that never came."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run("jetplan apply --auto-approve", code=3)


def blocked(stage: Stage) -> None:
    """A job that somebody paused."""
    stage.pause(stage.make_job())
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve", code=8)


def superseded(stage: Stage) -> None:
    """The revision raised, and everything delivered."""
    failed(stage)
    stage.write_set("/a.mxf", "/b.mxf", extra="revision: 2")
    stage.run("jetplan apply --auto-approve --wait", code=None)


def abandoned(stage: Stage) -> None:
    """A person's word."""
    stage.run(f"jetplan resolve {failed(stage)} --abandoned --reason 'not needed any more'")


def moving(stage: Stage) -> None:
    """A rate that never gets it there."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")


def waiting(stage: Stage) -> None:
    """A window that opens in many years."""
    stage.make_job()
    stage.write_set("/a.mxf", extra="notBefore: 2199-01-01T00:00Z")
    stage.run("jetplan apply --auto-approve")


def expired(stage: Stage) -> None:
    """A window that closed long ago."""
    stage.make_job()
    stage.write_set("/a.mxf", extra="notAfter: 2001-01-01T00:00Z")
    stage.run("jetplan apply --auto-approve", code=8)


def delivered(stage: Stage) -> None:
    """Everything has arrived."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve --wait")


def partial(stage: Stage) -> None:
    """A job whose filter lets two of four files pass."""
    stage.put("/dir/a.mxf", "/dir/b.mxf", "/dir/c.txt", "/dir/d.txt")
    stage.make_job(patterns=["**/*.mxf"])
    stage.write_set("/dir/")
    stage.run("jetplan apply --auto-approve --wait", code=1)


ROWS: dict[str, Callable[[Stage], Any]] = {
    "failed": failed,
    "arrived in part": partial,
    "in doubt": in_doubt,
    "blocked": blocked,
    "waiting for a window": waiting,
    "expired": expired,
    "superseded": superseded,
    "abandoned": abandoned,
    "moving": moving,
    "delivered": delivered,
}


def test_the_table_is_whole() -> None:
    """Every row has its play, and every column its command line."""
    rows = list(_table())
    assert {what for what, _, _ in rows} == ROWS.keys()
    assert all(codes.keys() == LINES.keys() for _, _, codes in rows)


@pytest.mark.parametrize(
    ("what", "declared", "codes"),
    [pytest.param(*row, id=f"{row[0]}-{'declared' if row[1] else 'gone'}") for row in _table()],
)
def test_every_command_agrees(
    what: str, declared: bool, codes: dict[str, str], open_stage: Callable[..., Stage]
) -> None:
    """Each command ends as its cell says, twice, whatever ran before it; and sends nothing."""
    stage = open_stage(workers=0 if what == "moving" else 4)
    ROWS[what](stage)
    if not declared:
        stage.write(JOBS)
    posts = stage.delivery_posts()
    for _ in range(2):
        for column, code in codes.items():
            if code == "waits":
                if column == "apply --wait" and declared:
                    stage.run(f"{LINES[column]} --timeout 0.2", code=1)
                continue
            stage.run(LINES[column], code=int(code))
    assert stage.delivery_posts() == posts


def test_a_failure_and_something_done(stage: Stage) -> None:
    """A run that sends something new while an earlier delivery has failed ends with 8."""
    failed(stage)
    (stage.source / "a.mxf").write_text("here now", encoding="utf-8")
    more = "  more:\n    job: nyc-to-lax\n    objects: [/c.mxf]\n"
    stage.put("/c.mxf")
    stage.write(f"apiVersion: jetplan/v1\ndeliverySets:\n{more}", "more.yaml")
    stage.run("jetplan apply --auto-approve", code=8)
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1, "/c.mxf": 1}


def test_raised_objects_alone_supersede_what_failed(stage: Stage) -> None:
    """Raising the revision of some objects supersedes a failure only when all that did not arrive is sent again."""
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf")
    for name in ("a.mxf", "b.mxf"):
        (stage.source / name).unlink()
    stage.run("jetplan apply --auto-approve --wait", code=1)
    stage.put("/a.mxf", "/b.mxf")
    one = "      - relativePath: /a.mxf\n        revision: 2\n"
    both = one + one.replace("/a.mxf", "/b.mxf")
    for objects, code in ((f"{one}      - /b.mxf\n", 8), (both, 0)):
        stage.write(f"{JOBS}deliverySets:\n  masters:\n    job: nyc-to-lax\n    objects:\n{objects}      - /c.mxf\n")
        stage.run("jetplan apply --auto-approve", code=code)
        stage.settle()
    for line in LINES.values():
        stage.run(line)


def test_a_renamed_set_supersedes_its_failure(stage: Stage) -> None:
    """What failed under a former name is superseded by the set that says `renamedFrom`."""
    failed(stage)
    stage.put("/a.mxf")
    renamed = "  film:\n    job: nyc-to-lax\n    renamedFrom: masters\n    revision: 2\n    objects: [/a.mxf, /b.mxf]\n"
    stage.write(f"{JOBS}deliverySets:\n{renamed}")
    stage.run("jetplan apply --auto-approve --wait", code=None)
    for line in LINES.values():
        stage.run(line)


def test_what_may_be_put_aside(stage: Stage) -> None:
    """A word that does not fit is refused with a way out; the one that does is used once, and kept with its reason."""
    attempt = failed(stage)
    stage.run(f"jetplan resolve {attempt} --abandoned --reason ' '", code=64)
    told = stage.run(f"jetplan resolve {attempt} --accepted --reason seen", code=1).err
    assert "failed, not in doubt" in told
    stage.run(f"jetplan resolve {attempt} --abandoned --reason 'the client has it'")
    assert "abandoned" in stage.run("jetplan status").out
    assert "the client has it" in stage.run(f"jetplan ledger show {attempt}").out
    assert "nothing to put aside" in stage.run(f"jetplan resolve {attempt} --abandoned --reason again", code=1).err
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.write_set("/a.mxf", "/b.mxf", extra="revision: 2")
    stage.run("jetplan apply --auto-approve", code=3)
    (doubtful,) = stage.doubtful()
    told = stage.run(f"jetplan resolve {doubtful['attemptId']} --abandoned --reason no", code=1).err
    assert "--accepted" in told
