"""Finds the next page of a list.

No list of the API is known to have pages, but a cut list must never pass for a whole one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.api.lists import Around
    from jetplan.api.origin import Origin

_LINK = re.compile(r'<([^<>]*)>[^<,]*;\s*rel="?next"?', re.IGNORECASE)


def next_target(target: str, around: Around, headers: Mapping[str, str], origin: Origin, call: str) -> str | None:
    """The target of the next page, or None after the last. ApiError if it lies on another server."""
    link = _link_in(around, headers)
    if link is not None:
        return _same_origin(target, link, origin, call)
    for name, token in (
        ("next", around.next),
        ("nextToken", around.next_token),
        ("nextPageToken", around.next_page_token),
    ):
        if isinstance(token, (str, int)) and token:
            return _with(target, name, str(token))
    return None


def check_total(around: Around, count: int, call: str) -> None:
    """Refuse a list that says it holds more than came."""
    for said in (around.total_result_count, around.total):
        if isinstance(said, int) and said > count:
            raise ApiError(
                f"{call}: the list has {said} items and {count} came",
                hint="jetplan does not plan from a part of a list. Please report this.",
            )


def _link_in(around: Around, headers: Mapping[str, str]) -> str | None:
    links = around.links
    for link in (around.next, links.get("next") if isinstance(links, dict) else None):
        target = link.get("href") if isinstance(link, dict) else link
        if isinstance(target, str) and target and (link is not around.next or _is_link(target, link)):
            return target
    found = _LINK.search(headers.get("link") or "")
    return found[1] if found else None


def _is_link(target: str, said: object) -> bool:
    return isinstance(said, dict) or target.startswith(("/", "?", "http://", "https://"))


def _same_origin(target: str, link: str, origin: Origin, call: str) -> str:
    whole = urljoin(f"{origin}{target}", link)
    parts = urlsplit(whole)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    if (parts.scheme, parts.hostname, port) != (origin.scheme, origin.host, origin.port):
        raise ApiError(f"{call}: the list goes on at another server, and is not followed there")
    path = parts.path.removeprefix(origin.prefix)
    following = f"{path}?{parts.query}" if parts.query else path
    if not following.isascii() or not following.isprintable() or " " in following:
        raise ApiError(f"{call}: the link to the rest of the list cannot be a URL")
    return following


def _with(target: str, name: str, token: str) -> str:
    """The target with one query parameter set anew."""
    path, _, query = target.partition("?")
    kept = [pair for pair in query.split("&") if pair and not pair.startswith(f"{name}=")]
    return path + "?" + "&".join([*kept, f"{name}={quote(token, safe='')}"])
