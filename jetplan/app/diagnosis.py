"""Whether everything is in place: program, settings, ledger, API. Changes nothing."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from jetplan.app.opening import connection, pinned_ledger
from jetplan.app.settings import check_pinned
from jetplan.core.addresses import shown_url
from jetplan.errors import JetplanError, ManifestInvalid
from jetplan.ledger import check_locks
from jetplan.manifest.yaml.events import event_source
from jetplan.observe import observe_server
from jetplan.render.diagnosis import Check, diagnosis_of
from jetplan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.app.settings import Settings
    from jetplan.render.diagnosis import Diagnosis


def diagnose(settings: Settings) -> Diagnosis:
    """Look at everything, whatever fails. Raises ManifestInvalid where jetplan.yaml cannot be read at all."""
    return diagnosis_of(
        [
            _checked("program", _program),
            _checked("settings", lambda: _settings(settings)),
            _checked("ledger", lambda: _ledger(settings)),
            _checked("api", lambda: _api(settings)),
        ]
    )


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, look())
    except ManifestInvalid:
        raise
    except JetplanError as error:
        return Check(name, error.message, error.hint, error.exit_code)


def _program() -> str:
    event_source(b"{}")
    return f"jetplan {__version__} on Python {platform.python_version()}, with the C parser for YAML"


def _settings(settings: Settings) -> str:
    if not settings.ledger_id:
        check_pinned(settings, "")
    return f"{settings.path}: API {shown_url(settings.api_url)}"


def _ledger(settings: Settings) -> str:
    with pinned_ledger(settings) as ledger:
        check_locks(settings.ledger)
        waiting = sum(len(ledger.unfinished(scope)) for scope in ledger.scopes(settings.api_url))
        return f"{ledger.ledger_id} at {shown_url(settings.ledger)}, {waiting} attempts unfinished"


def _api(settings: Settings) -> str:
    with connection(settings) as client:
        server = observe_server(client)
    profiles = "not listed to this role" if server.profiles is None else str(len(server.profiles))
    return f"{len(server.jobs)} jobs, storage profiles: {profiles}"
