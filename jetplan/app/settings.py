"""What a use case works with: where the API and the ledger are, and the project's limits.

An argument (a flag, or the environment variable that stands for it) beats the file. Credentials come from the
environment only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from jetplan.app.configuration import Configuration, read_configuration
from jetplan.app.environment import current_ci
from jetplan.core.addresses import shown_url
from jetplan.core.characters import quoted
from jetplan.core.plan import BatchLimits
from jetplan.core.selection import Selection
from jetplan.errors import AuthenticationError, LedgerMismatch, LedgerMissing, UsageError

CONFIG_FILE = "jetplan.yaml"
VENDOR_URL = "https://platform-api-service.services.cloud.signiant.com"
DEFAULT_LEDGER = "sqlite:///.jetplan/ledger.db"
_MOST_OBJECTS = 10_000
_SECONDS = 60
_MOST_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Settings:
    """What a command works with. `ledger_named`: somebody said which ledger, rather than nobody."""

    api_url: str = VENDOR_URL
    ledger: str = DEFAULT_LEDGER
    ledger_id: str = ""
    ledger_named: bool = False
    api_url_argument: str = ""
    """The API URL of a flag or of the environment: the word of whoever runs this, not of the checkout."""
    ledger_argument: str = ""
    """The ledger of a flag or of the environment, likewise."""
    max_objects_per_delivery: int = _MOST_OBJECTS
    max_bytes_per_delivery: int | None = None
    config: Configuration = field(default_factory=Configuration)
    path: Path = Path(CONFIG_FILE)
    selection: Selection = field(default_factory=Selection)
    """The sets and jobs that were chosen for this command."""

    @property
    def batch_limits(self) -> BatchLimits:
        """How much one delivery may hold."""
        return BatchLimits(self.max_objects_per_delivery, self.max_bytes_per_delivery)


def load_settings(path: Path = Path(CONFIG_FILE), api_url: str | None = None, ledger: str | None = None) -> Settings:
    """Settings from the arguments, then the file, then defaults. Raises ManifestInvalid where the file is at fault."""
    config = read_configuration(path) if path.exists() else Configuration()
    in_file = _beside(path, config.ledger) if config.ledger else ""
    return Settings(
        api_url=api_url or config.api_url or VENDOR_URL,
        ledger=ledger or in_file or DEFAULT_LEDGER,
        ledger_id=config.ledger_id,
        ledger_named=bool(ledger or in_file),
        api_url_argument=api_url or "",
        ledger_argument=ledger or "",
        max_objects_per_delivery=config.delivery.max_objects or _MOST_OBJECTS,
        max_bytes_per_delivery=config.delivery.max_bytes,
        config=config,
        path=path,
    )


def _beside(path: Path, url: str) -> str:
    """A relative SQLite path in the file counts from the file's folder."""
    relative = url.removeprefix("sqlite:///")
    if relative == url or relative.startswith(("/", ":")) or path.parent == Path():
        return url
    return f"sqlite:///{path.parent / relative}"


def check_ledger_named(settings: Settings) -> None:
    """In CI a ledger that nobody named would be a fresh, empty one on the runner: it would send everything again."""
    if current_ci().active and not settings.ledger_named:
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
            f"the ledger at {shown_url(settings.ledger)} is {ledger_id}, but {settings.path} pins {settings.ledger_id}",
            hint="point JETPLAN_LEDGER at the right one; what was sent is recorded there, and not in this one",
        )


def ledger_not_here(settings: Settings) -> LedgerMismatch:
    """The error for a pinned ledger that is missing or empty. Its hint must never lead to a fresh ledger."""
    return LedgerMissing(
        f"the ledger that {settings.path} pins ({settings.ledger_id}) is not at {shown_url(settings.ledger)}: "
        "get it, or its backup; a new one would send everything again",
        hint="point JETPLAN_LEDGER at the ledger that the team shares; or read an export with "
        "`jetplan ledger import --source-gone`; "
        "what was sent after that backup or export must be recorded with `jetplan ledger baseline` before the next "
        "apply; if nothing of it is left, see `A lost ledger` in docs/exactly-once.md",
    )


def request_timeout() -> float:
    """The most seconds that one request may take, from JETPLAN_TIMEOUT. Raises UsageError for what is no number."""
    said = os.environ.get("JETPLAN_TIMEOUT", "").strip()
    try:
        seconds = float(said or _SECONDS)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _MOST_SECONDS:  # false for nan too, which would wait for ever
        raise UsageError(
            f"JETPLAN_TIMEOUT is {quoted(said)}: it must be a number of seconds from above 0 to {_MOST_SECONDS}",
            hint=f"unset it for the default of {_SECONDS} seconds",
        )
    return seconds


def credentials() -> tuple[str, str]:
    """Client id and secret from the environment, and nowhere else."""
    names = ("JETPLAN_CLIENT_ID", "JETPLAN_CLIENT_SECRET")
    client_id, secret = (os.environ.get(name, "") for name in names)
    for name, value in zip(names, (client_id, secret), strict=True):
        if not value.isascii():
            raise AuthenticationError(
                f"{name} holds characters beyond ASCII", hint="copy it once more from Jet's console"
            )
    if client_id and secret:
        return client_id, secret
    missing = [name for name, value in zip(names, (client_id, secret), strict=True) if not value]
    raise AuthenticationError(
        f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} not set",
        hint="make API credentials in Jet's console and export both; `jetplan sandbox` prints a pair for trying out",
    )
