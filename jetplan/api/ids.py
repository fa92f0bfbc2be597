"""Ids that the server gives and that are put into URLs. One with a slash would lead to another call."""

from __future__ import annotations

from urllib.parse import quote

_LONGEST = 200


def is_sound(record_id: object) -> bool:
    """Whether an id can stand as one segment of a path, and in a log."""
    return (
        isinstance(record_id, str)
        and 0 < len(record_id) <= _LONGEST
        and record_id.isprintable()
        and ".." not in record_id
        and record_id != "."
        and not any(sign in record_id for sign in "/\\")
    )


def segment(record_id: str) -> str:
    """An id as it stands in a path. ValueError if it cannot."""
    if not is_sound(record_id):
        raise ValueError("an id that cannot stand in a URL")
    return quote(record_id, safe="")
