"""`jetplan.yaml` and the environment: where the API and the ledger are, and the project's limits.

A flag beats the environment, the environment beats the file. Credentials come from the environment only.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jetplan.errors import LedgerMismatch

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_FILE = "jetplan.yaml"
VENDOR_URL = "https://platform-api-service.services.cloud.signiant.com"
DEFAULT_LEDGER = "sqlite:///.jetplan/ledger.db"
_SECRET = re.compile(r"(?<=//)([^/@:]*):([^/@]*)@")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command works with. `ledger_named`: somebody said which ledger, rather than nobody."""

    api_url: str = VENDOR_URL
    ledger: str = DEFAULT_LEDGER
    ledger_id: str = ""
    ledger_named: bool = False
    max_objects_per_delivery: int = 10_000
    max_bytes_per_delivery: int | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    path: Path = Path(CONFIG_FILE)


def load_settings(path: Path = Path(CONFIG_FILE), api_url: str | None = None, ledger: str | None = None) -> Settings:
    """Settings from flags (already joined with the environment by click), then the file, then defaults.

    Raises ManifestInvalid where the file is at fault.
    """
    from jetplan.cli.configfile import read_config

    config = read_config(path) if path.exists() else {}
    named = ledger or config.get("ledger")
    delivery = config.get("delivery", {})
    return Settings(
        api_url=api_url or config.get("apiUrl") or VENDOR_URL,
        ledger=_beside(path, named) if named and not ledger else named or DEFAULT_LEDGER,
        ledger_id=config.get("ledgerId", ""),
        ledger_named=bool(named),
        max_objects_per_delivery=delivery.get("maxObjects", 10_000),
        max_bytes_per_delivery=delivery.get("maxBytes"),
        config=config,
        path=path,
    )


def _beside(path: Path, url: str) -> str:
    """A relative SQLite path in the file counts from the file's folder."""
    relative = url.removeprefix("sqlite:///")
    if relative == url or relative.startswith(("/", ":")) or path.parent == Path():
        return url
    return f"sqlite:///{path.parent / relative}"


def without_secrets(url: str) -> str:
    """A URL fit for a file in git or a message: its password left out."""
    return _SECRET.sub(r"\1@", url)


def check_ledger_named(settings: Settings) -> None:
    """In CI a ledger that nobody named would be a fresh, empty one on the runner: it would send everything again."""
    if os.environ.get("CI", "").lower() not in {"", "0", "false"} and not settings.ledger_named:
        raise LedgerMismatch(
            "CI is set and no ledger is named: a fresh one on this runner would send everything again",
            hint="set JETPLAN_LEDGER, or `ledger` in jetplan.yaml, to a ledger that outlives the runner",
        )


def check_pinned(settings: Settings, ledger_id: str) -> None:
    """Stop unless the ledger that was found is the one that the project pins."""
    if not settings.ledger_id:
        raise LedgerMismatch(
            f"{settings.path} pins no ledger (`ledgerId`), so nobody can tell whether this one is right",
            hint="run `jetplan init`: it writes the file and makes the ledger",
        )
    if ledger_id != settings.ledger_id:
        raise LedgerMismatch(
            f"the ledger at {without_secrets(settings.ledger)} is {ledger_id}, "
            f"but {settings.path} pins {settings.ledger_id}",
            hint="point JETPLAN_LEDGER at the right one; what was sent is recorded there, and not in this one",
        )


def credentials() -> tuple[str, str]:
    """Client id and secret from the environment, and nowhere else."""
    client_id = os.environ.get("JETPLAN_CLIENT_ID", "")
    secret = os.environ.get("JETPLAN_CLIENT_SECRET", "")
    if client_id and secret:
        return client_id, secret
    from jetplan.errors import AuthenticationError

    missing = " and ".join(
        name for name, value in (("JETPLAN_CLIENT_ID", client_id), ("JETPLAN_CLIENT_SECRET", secret)) if not value
    )
    raise AuthenticationError(
        f"{missing} {'are' if ' and ' in missing else 'is'} not set",
        hint="make API credentials in Jet's console and export both; `jetplan sandbox` prints a pair for trying out",
    )
