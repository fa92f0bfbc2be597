"""What each column of a ledger's rows may hold, so that nothing an import lets in stops a later command.

Only single values are judged here. What rows must agree on is judged by `checks`.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from jetplan.core.attempts import Kind, State
from jetplan.ledger.schema import BLOBS, INTEGERS
from jetplan.ledger.times import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_STATES = frozenset(state.value for state in State)
_KINDS = frozenset(kind.value for kind in Kind)
_LARGEST = 2**63 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")


def judge(table: str, column: str, value: Any) -> str:
    """What is wrong with a value, as the end of a sentence about its column; empty where nothing is."""
    if value is None:
        return "" if column in _NULLABLE else "must not be null"
    if column in BLOBS:
        return "" if isinstance(value, bytes) else "must be Base64"
    if column in INTEGERS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if whole and 0 <= value <= _LARGEST else "must be a whole number from 0"
    if not isinstance(value, str):
        return "must be text"
    return unfit(value) or _TEXT.get((table, column), _TEXT.get(("", column), _anything))(value)


def unfit(value: str) -> str:
    """Why neither database can hold a text, as the end of a sentence; empty where both can."""
    if "\0" in value:
        return "must not hold a NUL character"
    if _SURROGATE.search(value):
        return "must not hold half a character (a lone surrogate)"
    return ""


def _anything(_: str) -> str:
    return ""


def _state(value: str) -> str:
    return "" if value in _STATES else f"is no state of an attempt: {value!r}"


def _state_or_none(value: str) -> str:
    return _state(value) if value else ""


def _kind(value: str) -> str:
    return "" if value in _KINDS else f"is no kind of subject: {value!r}"


def _time(value: str) -> str:
    try:
        moment(value)
    except ValueError:
        return f"is no time: {value!r}"
    return ""


def _time_or_none(value: str) -> str:
    return _time(value) if value else ""


def _seconds(value: str) -> str:
    try:
        good = math.isfinite(float(value)) and float(value) > 0
    except ValueError:
        good = False
    return "" if good else f"is no number of seconds: {value!r}"


def _json(kind: type) -> Callable[[str], str]:
    def judged(value: str) -> str:
        try:
            good = isinstance(json.loads(value), kind)
        except (ValueError, RecursionError):
            good = False
        return "" if good else f"must be a JSON {'object' if kind is dict else 'array'}"

    return judged


def _name(value: str) -> str:
    return "" if value else "must not be empty"


_NULLABLE = frozenset({"settled", "sizes", "baseline"})
_TEXT: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("attempts", "state"): _state,
    ("transitions", "from_state"): _state_or_none,
    ("transitions", "to_state"): _state,
    ("subjects", "kind"): _kind,
    ("runs", "started_on"): _time,
    ("runs", "heartbeat_on"): _time,
    ("runs", "finished_on"): _time_or_none,
    ("runs", "lease_seconds"): _seconds,
    ("attempts", "created_on"): _time,
    ("attempts", "changed_on"): _time,
    ("transitions", "made_on"): _time,
    ("", "detail"): _json(dict),
    ("", "arrival"): _json(dict),
    ("arrivals", "seen_on"): _time,
    ("", "baseline"): _json(dict),
    ("", "first_paths"): _json(list),
    ("", "attempt_id"): _name,
    ("", "subject_id"): _name,
    ("", "scope_id"): _name,
    ("", "run_id"): _name,
}
