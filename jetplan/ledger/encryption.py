"""The encryption of a PostgreSQL ledger whose URL does not say: a verified certificate, except on this machine.

libpq's own default sends the password in clear to a server that refuses TLS.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from typing import TYPE_CHECKING, Any

import certifi

if TYPE_CHECKING:
    from collections.abc import Mapping

VERIFIED = "verify-full"
_ROOTS = ("~/.postgresql/root.crt",)


def encryption(given: Mapping[str, Any]) -> dict[str, str]:
    """The options to add to a URL's own. Its `sslmode`, or PGSSLMODE, is the word of whoever wrote it and stays."""
    if given.get("sslmode") or os.environ.get("PGSSLMODE") or is_local(given):
        return {}
    if given.get("sslrootcert") or os.environ.get("PGSSLROOTCERT"):
        return {"sslmode": VERIFIED}
    return {"sslmode": VERIFIED, "sslrootcert": _roots()}


def is_local(given: Mapping[str, Any]) -> bool:
    """Whether every host can only be this machine: sockets and loopback addresses."""
    if given.get("service") or os.environ.get("PGSERVICE"):
        return False
    hosts = given.get("hostaddr") or given.get("host") or os.environ.get("PGHOSTADDR") or os.environ.get("PGHOST") or ""
    return all(_is_here(host.strip()) for host in str(hosts).split(","))


def _is_here(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _roots() -> str:
    """The file of certificate authorities: PostgreSQL's own of this user, the system's, or those of certifi."""
    for name in (*_ROOTS, ssl.get_default_verify_paths().cafile or ""):
        file = os.path.expanduser(name)
        if file and os.path.isfile(file):
            return file
    return certifi.where()
