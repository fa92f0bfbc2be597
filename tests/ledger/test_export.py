"""Export and import: nothing lost, between any two databases; anything less than a whole export is refused."""

from __future__ import annotations

import io
import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pytest
from desks import Desk, delivery, desk_at, job
from jsonschema import Draft202012Validator

from jetplan.core.arrival import Arrival, NotMoved
from jetplan.core.attempts import NewAttempt, RunInfo, State, Taken
from jetplan.errors import JetplanError, LedgerMismatch
from jetplan.ledger import Ledger, open_ledger, schema
from jetplan.ledger.address import in_memory
from jetplan.ledger.export_schema import export_schema

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def told(desk: Desk) -> str:
    """The export of a ledger with something of everything."""
    desk.claim(delivery(), 0, *(f"/ep/{number}" for number in range(700)), ident="x", sizes=range(600))
    desk.ledger.transition("x", State.SENDING, run_id=desk.run, baseline={"ü": None})
    desk.ledger.transition("x", State.ACCEPTED, {"message": "\0\ud800\u2028"}, run_id=desk.run, delivery_id="d")
    desk.claim(delivery("q"), 0, "/é", ident="y")
    desk.claim(job(), 0, ident="z")
    new = NewAttempt("w", paths=["/neu"])
    desk.ledger.claim(desk.scope, delivery("new"), 0, [new], desk.run, also=[delivery("q")])
    desk.ledger.record_complete_set(desk.scope, delivery(), bytes(range(32)), b"\0" * 32)
    lost = NotMoved("/ep/1", reason="\0\ud800 lost")
    desk.ledger.record_arrivals({"x": Arrival("FAILED", 700, 9, 699, 9, failed=(lost,))})
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
    with pytest.raises(JetplanError, match="not empty") as refused:
        desk.ledger.import_(lines(told))
    assert refused.value.hint == "import into one that was just made"
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


@pytest.mark.parametrize(
    "head", [{"jetplanLedger": "\ud800"}, {"jetplanLedger": "\x1b[2J"}, {"jetplanLedger": ""}, {"createdOn": "\ud800"}]
)
def test_a_head_that_cannot_be_kept_or_shown(told: str, head: dict[str, str]) -> None:
    """The id of a ledger is letters and digits; no part of a head is half a character."""
    records = parsed(told)
    with in_memory() as ledger, pytest.raises(JetplanError, match="export"):
        ledger.import_(sealed([records[0] | head, *records[1:]]))


def test_an_export_that_is_no_text(told: str, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are told as that, wherever they are, and nothing is kept."""
    file = tmp_path / "export.jsonl"
    for at in (2, len(told) - 20):
        file.write_bytes(told[:at].encode() + b"\xff" + told[at:].encode())
        with in_memory() as ledger, file.open(encoding="utf-8") as opened:
            with pytest.raises(JetplanError, match=r"no UTF-8.*nothing was imported"):
                ledger.import_(opened)
            ledger.require_empty()


def test_every_line_fits_the_published_schema(told: str) -> None:
    """Head, rows and end of a real export; a line with a key too many does not."""
    lines = Draft202012Validator(export_schema())
    records = [json.loads(line) for line in told.splitlines()]
    assert {record.get("table") for record in records} >= {"attempts", "transitions", "pages", "runs"}
    for record in records:
        lines.validate(record)
    assert not lines.is_valid({**records[0], "more": 1})


def sealed(records: list[dict[str, Any]]) -> list[str]:
    """The lines of records, with an end that fits them: an export that was changed by somebody who knows how."""
    written = [json.dumps(record, separators=(",", ":")) for record in records]
    digest = blake2b("".join(written).encode(), digest_size=32).hexdigest()
    return [f"{line}\n" for line in (*written, json.dumps({"end": len(written), "blake2b": digest}))]


def parsed(text: str) -> list[dict[str, Any]]:
    """The records of an export without its end."""
    return [json.loads(line) for line in text.splitlines()][:-1]


def test_another_ledgers_export_is_refused_before_anything_is_kept(told: str, url: str, tmp_path: Path) -> None:
    """Where the project pins another id, the import says no with 6, and the new ledger stays as it was."""
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        before, ident = export(ledger), ledger.ledger_id
        with pytest.raises(LedgerMismatch, match="but the project pins"):
            ledger.import_(lines(told), pinned="0" * 32)
        assert (export(ledger), ledger.ledger_id) == (before, ident)


WRONG: list[Any] = [
    None,
    True,
    -1,
    1.5,
    2**63,
    [],
    {},
    "",
    "\0",
    "\ud800",
    "no such word",
    "[]",
    "{}",
    "1",
    "9999-99-99",
    "!",
]


def test_no_value_gets_in_that_a_later_command_stumbles_over(told: str) -> None:
    """Each column of each table with each wrong value: refused and nothing kept, or a ledger that can be read."""
    records = parsed(told)
    first = {record["table"]: at for at, record in reversed(list(enumerate(records))) if "table" in record}
    accepted = 0
    for at in first.values():
        for column in records[at].keys() - {"table"}:
            for wrong in WRONG:
                changed = [*records[:at], {**records[at], column: wrong}, *records[at + 1 :]]
                with in_memory() as ledger:
                    try:
                        ledger.import_(sealed(changed))
                        accepted += 1
                    except JetplanError:
                        pass
                    read_all(ledger)
    assert accepted > 100, "text that people may choose freely is taken"


def read_all(ledger: Ledger) -> None:
    """What plan, status and the ledger's commands read."""
    assert ledger.check() == []
    for scope in ledger._driver.read(lambda tx: [row[0] for row in tx.rows("SELECT scope_id FROM jetplan_scopes")]):
        ledger.subjects(scope)
        for attempt in ledger.attempts(scope, with_keys=True):
            ledger.history(attempt.attempt_id)
            ledger.listing(attempt.attempt_id)
        ledger.unfinished(scope)
    ledger.fingerprint()


def test_a_claim_that_is_there_twice_is_not_imported(told: str, tmp_path: Path) -> None:
    """What `ledger check` would find is found before the commit: two attempts that hold one object at one revision."""
    records = parsed(told)
    twice = [
        {**record, "attempt_id": "x2"}
        for record in records
        if record.get("attempt_id") == "x" and record["table"] in ("attempts", "transitions", "listings", "pages")
    ]
    order = [record["table"] for record in records if "table" in record]
    both = records[:1] + sorted(records[1:] + twice, key=lambda record: order.index(record["table"]))
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        before = export(ledger)
        with pytest.raises(JetplanError, match="at the same revision"):
            ledger.import_(sealed(both))
        assert export(ledger) == before


def test_an_export_of_an_older_schema_is_completed(told: str, tmp_path: Path) -> None:
    """Runs that were exported before they were counted as they end are taken as ended where they had ended."""
    newer = {"began_after", "end_number", "retry_of"}
    records = [{k: v for k, v in each.items() if k not in newer} for each in parsed(told)]
    records = [each for each in records if each.get("table") != "arrivals"]
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        ledger.import_(sealed([{**records[0], "schemaVersion": 1}, *records[1:]]))
        ledger.begin_run(RunInfo("next"))
        assert not ledger.has_concurrent_runs("next")


@pytest.mark.parametrize(
    "arrival", ['{"files": 1}', '{"state":"FAILED","files":-1}', '{"failed":[["/a"]]}', "[]", "{", '{"failed":{"a":1}}']
)
def test_what_is_said_of_files_is_judged(arrival: str, told: str, tmp_path: Path) -> None:
    """What arrived is read before the import is kept: nothing gets in that a plan would stumble over."""
    records = [{**each, "arrival": arrival} if each.get("table") == "arrivals" else each for each in parsed(told)]
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        with pytest.raises(JetplanError):
            ledger.import_(sealed(records))
        ledger.require_empty()


def test_a_retry_without_what_it_retries_is_not_imported(told: str, tmp_path: Path) -> None:
    """A retry is of an attempt of the same set."""
    records = [{**each, "retry_of": "q"} if each.get("attempt_id") == "y" and each["table"] == "attempts" else each
               for each in parsed(told)]  # fmt: skip
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        with pytest.raises(JetplanError, match="retries q"):
            ledger.import_(sealed(records))
        ledger.require_empty()


def refusals(text: str) -> list[tuple[list[str], str]]:
    """Exports that are not whole, or not of a ledger, and what is said of each."""
    whole, records = lines(text), parsed(text)
    (head, first, *rest), size = records, len(whole)
    strange = "this is not the export of a ledger: its first line does not say so"
    version = schema.newest()

    def other_version(form: object, number: object) -> tuple[list[str], str]:
        changed = sealed([head | {"formatVersion": form, "schemaVersion": number}, first, *rest])
        reads = f"this jetplan reads format 1 and schema up to {version}"
        return changed, f"the export has format {form} and schema {number}; {reads}"

    def other_row(**changed: object) -> list[str]:
        return sealed([head, first | changed, *rest])

    unfit = "the export was changed or cut: its last line does not fit the others"
    no_row = "line 2 of the export is not a row of a ledger"
    return [
        (whole[:-1], "the export was cut: its last line is missing"),
        ([*whole, whole[1]], f"line {size + 1} of the export comes after its end"),
        ([*whole[:-2], whole[-1]], unfit),
        ([*whole[:-1], json.dumps({"end": size - 1}) + "\n"], unfit),
        ([*whole[:2], "x\n"], "line 3 of the export is not a JSON object"),
        (["[]\n"], "line 1 of the export is not a JSON object"),
        (sealed([first, *rest]), strange),
        (sealed([head | {"jetplanLedger": 7}, first, *rest]), strange),
        (sealed([head | {"jetplanLedger": "no id"}, first, *rest]), strange),
        other_version(2, version),
        other_version(1, version + 1),
        other_version(1, str(version)),
        (
            sealed([head | {"createdOn": "\0"}, first, *rest]),
            "line 1 of the export is not the head of a ledger: its `createdOn` must not hold a NUL character",
        ),
        (other_row(table="meta"), no_row),
        (sealed([head, {"table": "scopes"}, *rest]), no_row),
        (other_row(api_url=5), f"{no_row}: `api_url` must be text"),
        (other_row(scope_id=""), f"{no_row}: `scope_id` must not be empty"),
    ]


def test_what_is_said_of_an_export_that_is_refused(told: str, tmp_path: Path) -> None:
    """The line where there is one, and what is wrong with it."""
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        for text, wrong in refusals(told):
            with pytest.raises(JetplanError) as refused:
                ledger.import_(text)
            assert refused.value.message == wrong


@pytest.mark.parametrize("together", [1, 2, 3, 500])
def test_a_long_export_is_written_and_read_in_portions(
    together: int, told: str, desk: Desk, other_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a portion ends, no row is left out or told twice."""
    monkeypatch.setattr("jetplan.ledger.export.AT_ONCE", together)
    assert export(desk.ledger) == told
    with open_ledger(other_postgres_url, create=True) as ledger:
        ledger.import_(lines(told))
        assert export(ledger) == told


def test_an_export_that_does_not_say_when_its_ledger_was_made(told: str, tmp_path: Path) -> None:
    """It stays unknown, in the next export too."""
    head, *rest = parsed(told)
    del head["createdOn"]
    with open_ledger(f"sqlite:///{tmp_path / 'other.db'}", create=True) as ledger:
        ledger.import_(sealed([head, *rest]))
        assert json.loads(lines(export(ledger))[0])["createdOn"] == ""
