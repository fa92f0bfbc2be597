"""What a single value of a ledger's row may be, and what is said of one that may not."""

from __future__ import annotations

import pytest

from jetplan.ledger.rows import judge

TIME = "2026-11-27T20:00:00.000000Z"
OBJECT, ARRAY = "must be a JSON object", "must be a JSON array"
EMPTY = "must not be empty"
WHOLE = "must be a whole number from 0"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("attempts", "state", "accepted"),
        ("transitions", "from_state", ""),
        ("transitions", "from_state", "intended"),
        ("transitions", "to_state", "in_doubt"),
        ("subjects", "kind", "job"),
        ("runs", "started_on", TIME),
        ("runs", "finished_on", ""),
        ("runs", "finished_on", TIME),
        ("runs", "lease_seconds", "0.5"),
        ("attempts", "detail", "{}"),
        ("arrivals", "arrival", "{}"),
        ("arrivals", "seen_on", TIME),
        ("attempts", "baseline", None),
        ("attempts", "baseline", "{}"),
        ("attempts", "first_paths", "[]"),
        ("attempts", "attempt_id", "a"),
        ("attempts", "delivery_id", ""),
        ("attempts", "batch", 0),
        ("attempts", "batch", 2**63 - 1),
        ("listings", "listing", b""),
        ("subjects", "settled", None),
        ("subjects", "sizes", None),
    ],
)
def test_a_value_that_fits(table: str, column: str, value: object) -> None:
    """Nothing is said of it."""
    assert judge(table, column, value) == ""


@pytest.mark.parametrize(
    ("table", "column", "value", "wrong"),
    [
        ("attempts", "state", "gone", "is no state of an attempt: 'gone'"),
        ("attempts", "state", "", "is no state of an attempt: ''"),
        ("transitions", "from_state", "gone", "is no state of an attempt: 'gone'"),
        ("transitions", "to_state", "", "is no state of an attempt: ''"),
        ("subjects", "kind", "set", "is no kind of subject: 'set'"),
        ("runs", "started_on", "", "is no time: ''"),
        ("runs", "heartbeat_on", "now", "is no time: 'now'"),
        ("runs", "finished_on", "now", "is no time: 'now'"),
        ("attempts", "created_on", "now", "is no time: 'now'"),
        ("attempts", "changed_on", "now", "is no time: 'now'"),
        ("transitions", "made_on", "now", "is no time: 'now'"),
        ("arrivals", "seen_on", "now", "is no time: 'now'"),
        ("runs", "lease_seconds", "0", "is no number of seconds: '0'"),
        ("runs", "lease_seconds", "-1", "is no number of seconds: '-1'"),
        ("runs", "lease_seconds", "inf", "is no number of seconds: 'inf'"),
        ("runs", "lease_seconds", "long", "is no number of seconds: 'long'"),
        ("attempts", "detail", "[]", OBJECT),
        ("attempts", "detail", "{", OBJECT),
        ("attempts", "detail", "[" * 100_000, OBJECT),
        ("arrivals", "arrival", "1", OBJECT),
        ("attempts", "baseline", "[]", OBJECT),
        ("attempts", "first_paths", "{}", ARRAY),
        ("attempts", "attempt_id", "", EMPTY),
        ("attempts", "subject_id", "", EMPTY),
        ("scopes", "scope_id", "", EMPTY),
        ("runs", "run_id", "", EMPTY),
        ("runs", "run_id", None, "must not be null"),
        ("runs", "who", 5, "must be text"),
        ("runs", "who", "a\0", "must not hold a NUL character"),
        ("runs", "who", "\ud800", "must not hold half a character (a lone surrogate)"),
        ("attempts", "batch", -1, WHOLE),
        ("attempts", "batch", 2**63, WHOLE),
        ("attempts", "batch", True, WHOLE),
        ("attempts", "batch", "1", WHOLE),
        ("listings", "listing", "eJw=", "must be Base64"),
    ],
)
def test_a_value_that_does_not(table: str, column: str, value: object, wrong: str) -> None:
    """What is wrong, as the end of a sentence about its column."""
    assert judge(table, column, value) == wrong
