"""Finds what makes a 2xx answer contradict itself, or the request it answers. What is missing contradicts nothing.

Jet's answers are not fully documented, so only what says no, or names something else than what was asked for, counts.
Each function returns the contradiction in words, or an empty string.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import msgspec

from jetplan.api.reading import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Said = dict[str, msgspec.Raw]
"""An answer's object with its values undecoded, so that a list of a million files is not read."""

_ERRORS = ("error", "errors", "errorMessage", "error_description")
_TALK = ("message", "detail", "title", "errorCode", "code", "reason")
_ENDED = frozenset({"FAILED", "FAILURE", "ERROR", "CANCELLED", "CANCELED", "REJECTED", "REFUSED", "ABORTED", "DENIED"})
_LISTS = ("objects", "files", "items")
_ENDS = ("source", "destination")


class _Object(msgspec.Struct, rename="camel", gc=False):
    relative_path: str
    is_directory: bool | None = None


class _Objects(msgspec.Struct):
    objects: msgspec.Raw = msgspec.Raw(b"[]")


def in_delivery(said: Said | list[msgspec.Raw], job_id: str, sent: bytes) -> str:
    """Of a delivery's answer. `sent` is the request's body."""
    if isinstance(said, list):
        return _other_objects(msgspec.Raw(msgspec.json.encode(said)), sent)
    lists = [said[key] for key in _LISTS if key in said and bytes(said[key]) != b"null"]
    positive = lists or any(value(said, key) is not None for key in ("deliveryId", "id", "state"))
    return (
        _refusal(said, positive=bool(positive))
        or _ended(said, ("state", "status"))
        or _other_job(said, job_id)
        or next(filter(None, (_other_objects(each, sent) for each in lists)), "")
    )


def in_creation(said: Said | list[msgspec.Raw], sent: bytes) -> str:
    """Of the answer to a job's creation. `sent` is the request's body."""
    if isinstance(said, list):
        return ""  # it names no job, so it is in doubt anyway
    found = _refusal(said, positive=value(said, "jobId") is not None) or _ended(said, ("state",))
    return found or _other_definition(said, _decoded(sent))


def in_change(said: Said | list[msgspec.Raw], job_id: str, sent: bytes) -> str:
    """Of the answer to a PATCH of a job. A job's own `status` is no answer to it."""
    if isinstance(said, list):
        return "" if said else "the answer is an empty list"
    positive = any(key not in _TALK for key in said)
    return _refusal(said, positive=positive) or _other_job(said, job_id) or _other_values(said, _decoded(sent))


def _refusal(said: Said, *, positive: bool) -> str:
    """An error in the answer, or nothing in it but a message."""
    for key in _ERRORS:
        if value(said, key):
            return f"the answer holds `{key}`"
    status = value(said, "status")
    if isinstance(status, int) and status >= 400:
        return f"the answer holds `status` {status}"
    if any(value(said, key) is False for key in ("success", "ok")):
        return "the answer says that the request failed"
    if value(said, "deleted") is True:
        return "the answer says `deleted`"
    talk = next((key for key in _TALK if value(said, key)), "")
    return f"the answer holds `{talk}` and nothing that accepts" if talk and not positive else ""


def _ended(said: Said, keys: Iterable[str]) -> str:
    for key in keys:
        state = value(said, key)
        if isinstance(state, str) and state.upper() in _ENDED:
            return f"the answer's `{key}` is {state.upper()}"
    return ""


def _other_job(said: Said, job_id: str) -> str:
    told = value(said, "jobId")
    if told is None or str(told).casefold() == job_id.casefold():
        return ""
    return "the answer is about another `jobId`"


def _other_objects(listed: msgspec.Raw, sent: bytes) -> str:
    """Whether an answer lists other objects than those sent. A list of another shape tells nothing."""
    asked = msgspec.json.decode(sent, type=_Objects).objects
    if bytes(listed) == bytes(asked):
        return ""
    try:
        told = msgspec.json.decode(listed, type=list[_Object])
    except UNREADABLE:
        return ""
    if not told:
        return "the answer lists no objects"
    same = _are_same(told, msgspec.json.decode(asked, type=list[_Object]))
    return "" if same else "the answer lists other objects than those sent"


def _are_same(told: Sequence[_Object], sent: Sequence[_Object]) -> bool:
    """As multisets of paths; a slash at the begin or end, and a kind that is not told, make no difference."""
    if [each.relative_path for each in told] != [each.relative_path for each in sent]:
        told, sent = sorted(told, key=_name), sorted(sent, key=_name)
        if [_name(each)[0] for each in told] != [_name(each)[0] for each in sent]:
            return False
    return all(
        each.is_directory is None or each.is_directory == bool(asked.is_directory)
        for each, asked in zip(told, sent, strict=True)
    )


def _name(each: _Object) -> tuple[str, bool]:
    """To be sorted by: the name, and the kind where one name is sent as a file and as a folder."""
    return each.relative_path.strip("/"), bool(each.is_directory)


def _other_definition(said: Said, sent: Mapping[str, Any]) -> str:
    """Whether a created job has another name, source or destination than was asked for."""
    name, wanted = value(said, "name"), sent.get("name")
    if isinstance(name, str) and isinstance(wanted, str) and _folded(name) != _folded(wanted):
        return "the answer is about a job of another `name`"
    told, asked = _ends(value(said, "actions")), _ends(sent.get("actions"))
    for end in _ENDS:
        if end in told and end in asked and told[end] != asked[end]:
            return f"the answer is about a job of another `{end}`"
    return ""


def _folded(name: str) -> str:
    return normalize("NFC", name).strip()


def _ends(actions: Any) -> dict[str, str]:
    """The storage profile ids of a job's first action, as far as they are there."""
    try:
        data = actions[0]["data"]
        found = {end: data[end]["storageProfileId"] for end in _ENDS if end in data}
    except (TypeError, KeyError, IndexError):
        return {}
    return {end: told for end, told in found.items() if isinstance(told, str)}


def _other_values(said: Said, sent: Mapping[str, Any]) -> str:
    """Whether a changed job still has another value, among the plain ones."""
    for key, wanted in sent.items():
        told = value(said, key)
        if isinstance(wanted, bool | int | str) and told is not None and told != wanted:
            return f"the answer's `{key}` is not the one asked for"
    return ""


def value(said: Said, key: str) -> Any:
    """What an answer holds under a key; None where it holds nothing that can be read."""
    raw = said.get(key)
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except UNREADABLE:
        return None


def _decoded(sent: bytes) -> Mapping[str, Any]:
    found = msgspec.json.decode(sent)
    return found if isinstance(found, dict) else {}
