"""URLs in the form that may be stored or shown: only the parts that are known to be harmless.

A URL that is not spelt by the book is not shown at all: an unencoded `@` or `/` in a password moves the borders of
its parts, so nobody can tell which part the secret is in.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

HARMLESS = frozenset((
    "application_name", "channel_binding", "connect_timeout", "dbname", "gssencmode", "host", "hostaddr",
    "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "load_balance_hosts", "passfile",
    "port", "require_auth", "service", "sslcert", "sslcrl", "sslkey", "sslmode", "sslnegotiation", "sslrootcert",
    "target_session_attrs", "user",
))  # fmt: skip
"""Parameters of PostgreSQL URLs whose values are never secrets."""

_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.\-]*|%2[Ff][A-Za-z0-9_.%\-]*)(?::\d*)?"
_NETWORK = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://"
    r"(?:(?P<user>[A-Za-z0-9_.~%+\-]*)(?::[^@/?#:\[\]\s]*)?@)?"
    rf"(?P<hosts>{_HOST}(?:,{_HOST})*)"
    r"(?P<path>(?:/[A-Za-z0-9_.~%+\-]*)*)"
    r"(?:\?(?P<query>[^@?#\s]*))?"
)
_PARAMETERS = re.compile(r"\?\w+=.*", re.DOTALL)
"""Characters that nobody puts into a file's name on purpose."""
_VALUE = re.compile(r"[A-Za-z0-9_./~%+,:\-]*")
_SEARCH_PATH = re.compile(r"-c(?:%20|\+)?search_path(?:%3[Dd]|=)[A-Za-z0-9_,]*")


class Address(NamedTuple):
    """What a URL of a database server says, without its secrets. `hosts` may be several, with commas between."""

    scheme: str
    user: str
    hosts: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    """The harmless parameters, as written."""

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        query = "&".join(f"{name}={value}" for name, value in self.parameters)
        return f"{self.scheme}://{user}{self.hosts}{self.path}{'?' if query else ''}{query}"

    @property
    def place(self) -> tuple[str, str]:
        """The server and the database. Query parameters override the parts before them, as in libpq."""
        given = {name: unquote(value) for name, value in self.parameters}
        host = given.get("hostaddr") or given.get("host") or unquote(self.hosts)
        port = f":{given['port']}" if "port" in given else ""
        return f"{host}{port}".lower(), given.get("dbname") or unquote(self.path.strip("/"))


def address_of(url: str) -> Address | None:
    """The parts of a URL that may be shown; None where it is not spelt so that its parts are certain."""
    found = _NETWORK.fullmatch(url)
    if found is None:
        return None
    pairs = (part.partition("=") for part in (found["query"] or "").split("&"))
    parameters = tuple((name, value) for name, _, value in pairs if _is_harmless(name, value))
    return Address(found["scheme"], found["user"] or "", found["hosts"], found["path"], parameters)


def shown_url(url: str) -> str:
    """A URL fit for a file in git, a message or a page."""
    if url.startswith("sqlite:///"):
        return _PARAMETERS.sub("", url)
    found = address_of(url)
    if found is not None:
        return str(found)
    scheme, colon, _ = url.partition("://")
    return f"{scheme}://(not shown)" if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.\-]*", scheme) else "(not shown)"


def _is_harmless(name: str, value: str) -> bool:
    if name == "options":
        return _SEARCH_PATH.fullmatch(value) is not None
    return name in HARMLESS and _VALUE.fullmatch(value) is not None
