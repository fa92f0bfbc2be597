"""Export and import: every row of the ledger as JSON Lines, the same text from both databases.

The first line says what it is, the last how many lines there are and their digest, so that a cut file is noticed.
"""

from __future__ import annotations

import base64
import json
import re
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, Any

from jetplan.errors import JetplanError, LedgerMismatch
from jetplan.ledger import checks, reads, schema
from jetplan.ledger.arrivals import ARRIVAL
from jetplan.ledger.folding import fill_folded
from jetplan.ledger.granting import ATTEMPT, SUBJECT
from jetplan.ledger.leases import RUN
from jetplan.ledger.notifications import NOTIFICATION
from jetplan.ledger.profiles import PROFILE
from jetplan.ledger.rows import judge, unfit
from jetplan.ledger.schema import BLOBS
from jetplan.ledger.transitions import HISTORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jetplan.ledger.driver import Row, Transaction

FORMAT = 1
SCHEMA_WITH_FOLDED = 4
AT_ONCE = 500
_IDENT = re.compile(r"[0-9A-Za-z._-]{1,64}")
TABLES: Mapping[str, tuple[Sequence[str], int]] = {
    # columns, and how many of the first ones are the key
    "scopes": (("scope_id", "api_url", "account"), 1),
    "profiles": (PROFILE, 2),
    "runs": (RUN, 1),
    "subjects": (SUBJECT, 1),
    "renames": (("subject_id", "former_id"), 2),
    "attempts": (ATTEMPT, 1),
    "transitions": (HISTORY, 2),
    "arrivals": (ARRIVAL, 1),
    "notifications": (NOTIFICATION, 3),
    "listings": (("attempt_id", "listing"), 1),
    "pages": (("attempt_id", "part", "first", "keys"), 3),
}


def export(tx: Transaction, file: IO[str]) -> int:
    """Write the whole ledger; how many lines."""
    digest = blake2b(digest_size=32)
    lines = 0
    for record in _records(tx):
        line = json.dumps(record, separators=(",", ":")).replace("##", "#\\u0023")  # no command of a CI runner
        digest.update(line.encode())
        file.write(f"{line}\n")
        lines += 1
    file.write(json.dumps({"end": lines, "blake2b": digest.hexdigest()}, separators=(",", ":")) + "\n")
    return lines + 1


def _records(tx: Transaction) -> Iterator[dict[str, Any]]:
    created: dict[str, str] = dict(tx.rows("SELECT name, value FROM jetplan_meta"))
    yield {
        "jetplanLedger": reads.ledger_id(tx),
        "formatVersion": FORMAT,
        "schemaVersion": schema.newest(),
        "createdOn": created.get("created_on", ""),
    }
    for table, (columns, key) in TABLES.items():
        for row in _rows(tx, table, columns, columns[:key]):
            yield {"table": table, **{name: _out(name, value) for name, value in zip(columns, row, strict=True)}}


def _rows(tx: Transaction, table: str, columns: Sequence[str], key: Sequence[str]) -> Iterator[Row]:
    """All rows in the order of their key, some at a time: the next begin after the last."""
    names, order = ", ".join(columns), ", ".join(key)
    marks = ", ".join("?" * len(key))
    after: tuple[Any, ...] = ()
    while True:
        where = f"WHERE ({order}) > ({marks})" if after else ""
        rows = tx.rows(f"SELECT {names} FROM jetplan_{table} {where} ORDER BY {order} LIMIT {AT_ONCE}", after)  # noqa: S608 - constants
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = tuple(rows[-1][: len(key)])


def require_empty(tx: Transaction) -> None:
    """Raise JetplanError where anything was recorded."""
    if any(tx.rows(f"SELECT 1 FROM jetplan_{table} LIMIT 1") for table in TABLES):  # noqa: S608 - constants
        raise JetplanError("the ledger is not empty", hint="import into one that was just made")


def import_(tx: Transaction, file: Iterable[str], pinned: str) -> int:
    """Read an export into an empty ledger; how many lines. `pinned`: the only id that is taken, if not empty.

    Everything is judged in here, before the commit: the id, each value, and what the rows say together.
    """
    require_empty(tx)
    digest = blake2b(digest_size=32)
    waiting: list[Row] = []
    table, count, ended, version = "", 0, False, 0
    for count, line in enumerate(_text_of(file), 1):
        record = _parse(line, count)
        if ended:
            raise JetplanError(f"line {count} of the export comes after its end")
        if "end" in record:
            if record["end"] != count - 1 or record.get("blake2b") != digest.hexdigest():
                raise JetplanError("the export was changed or cut: its last line does not fit the others")
            ended = True
            continue
        digest.update(line.rstrip("\r\n").encode())
        if count == 1:
            version = _take_over(tx, record, pinned)
            continue
        if record.get("table") != table or len(waiting) >= AT_ONCE:
            _insert(tx, table, waiting)
            table, waiting = str(record.get("table")), []
        waiting.append(_row(record, table, count))
    if not ended:
        raise JetplanError("the export was cut: its last line is missing")
    _insert(tx, table, waiting)
    _check(tx)
    if version < SCHEMA_WITH_FOLDED:
        fill_folded(tx)
    return count


def _check(tx: Transaction) -> None:
    found = checks.invariants(tx)
    if found:
        first = f"attempt {found[0].attempt_id}: {found[0].what}" if found[0].attempt_id else found[0].what
        more = f" ({len(found) - 1:,} more)" if len(found) > 1 else ""
        raise JetplanError(
            f"the export holds what a ledger cannot hold; nothing was imported: {first}{more}",
            hint="run `jetplan ledger check` on the ledger that was exported",
        )


def _text_of(file: Iterable[str]) -> Iterator[str]:
    """The lines of a file. Its bytes become text in pieces, so that the place of an odd one is not known."""
    try:
        yield from file
    except UnicodeError:
        raise JetplanError(
            "the export holds bytes that are no UTF-8, so jetplan did not write it; nothing was imported",
            hint="export the ledger again, or copy the export again as it is",
        ) from None


def _parse(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise JetplanError(f"line {number} of the export is not a JSON object")
    return record


def _take_over(tx: Transaction, header: Mapping[str, Any], pinned: str) -> int:
    """Take over the id; the schema version of the ledger that was exported."""
    ident, form, version = (header.get(name) for name in ("jetplanLedger", "formatVersion", "schemaVersion"))
    if not isinstance(ident, str) or not _IDENT.fullmatch(ident):
        raise JetplanError("this is not the export of a ledger: its first line does not say so")
    if form != FORMAT or not isinstance(version, int) or version > schema.newest():
        raise JetplanError(
            f"the export has format {form} and schema {version}; this jetplan reads format {FORMAT}"
            f" and schema up to {schema.newest()}",
            hint="use the version of jetplan that wrote it, or a later one",
        )
    if pinned and ident != pinned:
        raise LedgerMismatch(
            f"this is the export of ledger {ident}, but the project pins {pinned}; nothing was imported",
            hint="import the export of the pinned ledger: what was sent is recorded there, and not in this one",
        )
    created_on = str(header.get("createdOn", ""))
    if wrong := unfit(created_on):
        raise JetplanError(f"line 1 of the export is not the head of a ledger: its `createdOn` {wrong}")
    for name, value in (("ledger_id", ident), ("created_on", created_on)):
        tx.run("UPDATE jetplan_meta SET value = ? WHERE name = ?", (value, name))
    return version


def _row(record: Mapping[str, Any], table: str, number: int) -> Row:
    try:
        columns, _ = TABLES[table]
        known = {**_in_older_schemas(table, record), **record}
        row = tuple(_in(name, known[name]) for name in columns)
    except (KeyError, ValueError, TypeError) as error:
        raise JetplanError(f"line {number} of the export is not a row of a ledger") from error
    for name, value in zip(columns, row, strict=True):
        if wrong := judge(table, name, value):
            raise JetplanError(f"line {number} of the export is not a row of a ledger: `{name}` {wrong}")
    return row


def _in_older_schemas(table: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """What a row lacks that was exported before runs were counted as they end, or before there were retries."""
    if table == "runs":
        return {"began_after": 0, "end_number": 1 if record["finished_on"] else 0}
    return {"retry_of": ""} if table == "attempts" else {}


def _insert(tx: Transaction, table: str, rows: Sequence[Row]) -> None:
    if rows:
        tx.insert(f"jetplan_{table}", TABLES[table][0], rows)


def _out(name: str, value: Any) -> Any:
    if name in BLOBS and value is not None:
        return base64.b64encode(value).decode()
    return value


def _in(name: str, value: Any) -> Any:
    if name in BLOBS and value is not None:
        return base64.b64decode(value, validate=True)
    return value
