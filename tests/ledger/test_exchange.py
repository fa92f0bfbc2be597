"""Export and import: nothing lost, between any two databases; anything less than a whole export is refused."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from desks import Desk, delivery, desk_at, job
from jsonschema import Draft202012Validator

from jetplan.core.attempts import NewAttempt, State, Taken
from jetplan.errors import JetplanError
from jetplan.ledger import Ledger, open_ledger
from jetplan.ledger.exchange_schema import export_schema

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def told(desk: Desk) -> str:
    """The export of a ledger with something of everything."""
    desk.claim(delivery(), 0, *(f"/ep/{number}" for number in range(700)), ident="x", sizes=range(600))
    desk.ledger.mark("x", State.SENDING, run_id=desk.run, baseline={"ü": None})
    desk.ledger.mark("x", State.ACCEPTED, {"message": "\0\ud800\u2028"}, run_id=desk.run, delivery_id="d")
    desk.claim(delivery("q"), 0, "/é", ident="y")
    desk.claim(job(), 0, ident="z")
    new = NewAttempt("w", paths=["/neu"])
    desk.ledger.claim(desk.scope, delivery("new"), 0, [new], desk.run, also=[delivery("q")])
    desk.ledger.settle(desk.scope, delivery(), bytes(range(32)), b"\0" * 32)
    desk.ledger.heartbeat(desk.run)
    desk.ledger.end_run(desk.run, "done")
    return export(desk.ledger)


def export(ledger: Ledger) -> str:
    file = io.StringIO()
    assert ledger.export(file) == file.getvalue().count("\n")
    return file.getvalue()


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def test_there_and_back_is_the_same_text(told: str, desk: Desk, other_postgres_url: str, tmp_path: Path) -> None:
    """From either database into PostgreSQL, from there into SQLite: three equal exports, healthy and of one id."""
    through = told
    for target in (other_postgres_url, f"sqlite:///{tmp_path / 'copy.db'}"):
        with open_ledger(target, create=True) as ledger:
            assert ledger.import_(io.StringIO(through)) == told.count("\n")
            assert ledger.ledger_id == desk.ledger.ledger_id
            assert ledger.check() == []
            through = export(ledger)
        assert through == told


def test_an_imported_ledger_goes_on(told: str, other_postgres_url: str) -> None:
    """What the old one held is held by the new one, and new claims are granted."""
    with open_ledger(other_postgres_url, create=True) as ledger:
        ledger.import_(lines(told))
        desk = desk_at(ledger, "run-2")
        assert isinstance(desk.claim(delivery(), 0, "/ep/3", ident="n1"), Taken)
        assert not isinstance(desk.claim(delivery(), 0, "/ep/new", ident="n2"), Taken)
        assert isinstance(desk.claim(delivery("q"), 0, "/neu", ident="n3"), Taken), "renames are kept"


def test_only_an_empty_ledger_imports(told: str, desk: Desk) -> None:
    """A ledger that holds anything refuses, and stays as it is."""
    with pytest.raises(JetplanError, match="not empty"):
        desk.ledger.import_(lines(told))
    assert export(desk.ledger) == told


def damaged(text: str) -> dict[str, list[str]]:
    whole = lines(text)
    changed = [line.replace('"x"', '"v"') for line in whole]
    newer = json.dumps(json.loads(whole[0]) | {"schemaVersion": 99}) + "\n"
    return {
        "cut in the middle": whole[: len(whole) // 2],
        "last line gone": whole[:-1],
        "a line gone": whole[:3] + whole[4:],
        "a word changed": changed,
        "half a line": [*whole[:-1], whole[-1][:10]],
        "no header": whole[1:],
        "newer": [newer, *whole[1:]],
        "not JSON": ["hello\n"],
        "not an object": ["[1]\n"],
        "deep": ["[" * 100_000],
        "empty": [],
        "unknown table": [whole[0], '{"table":"sqlite_master"}\n', *whole[1:]],
        "more after the end": [*whole, whole[1]],
    }


def test_a_damaged_export_is_refused_and_nothing_kept(told: str, tmp_path: Path) -> None:
    """Cut, changed, newer or foreign: one sentence, no traceback, and the ledger stays empty."""
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        before = export(ledger)
        for how, text in damaged(told).items():
            with pytest.raises(JetplanError):
                ledger.import_(text)
            assert export(ledger) == before, how
        ledger.import_(lines(told))


def test_a_damaged_export_is_refused_by_postgresql_too(told: str, other_postgres_url: str) -> None:
    """The same on the other database."""
    with open_ledger(other_postgres_url, create=True) as ledger:
        before = export(ledger)
        for how, text in damaged(told).items():
            with pytest.raises(JetplanError):
                ledger.import_(text)
            assert export(ledger) == before, how
        ledger.import_(lines(told))


def test_every_line_fits_the_published_schema(told: str) -> None:
    """Head, rows and end of a real export; a line with a key too many does not."""
    lines = Draft202012Validator(export_schema())
    records = [json.loads(line) for line in told.splitlines()]
    assert {record.get("table") for record in records} >= {"attempts", "transitions", "pages", "runs"}
    for record in records:
        lines.validate(record)
    assert not lines.is_valid({**records[0], "more": 1})
