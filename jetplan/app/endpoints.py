"""Where credentials may go in CI. A checkout can be anybody's: it chooses neither the API nor the ledger's server.

Where `CI` is set, credentials go to the vendor's hosts, or to what a flag or the environment names. What
`jetplan.yaml` names besides must be the same place, so that a changed file stops the run instead of being ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jetplan.app.environment import current_ci
from jetplan.core.addresses import address_of, shown_url
from jetplan.errors import EndpointRefused

if TYPE_CHECKING:
    from jetplan.app.settings import Settings

VENDOR_DOMAIN = "signiant.com"


def check_endpoints(settings: Settings) -> None:
    """Stop before anything is connected where the checkout would choose who gets credentials."""
    if current_ci().active:
        _check_api(settings)
        check_ledger_endpoint(settings)


def check_ledger_endpoint(settings: Settings) -> None:
    """As `check_endpoints`, for the ledger alone. A file on this machine gets no credentials."""
    in_file, said = settings.config.ledger, settings.ledger_argument
    if not current_ci().active or not in_file or _is_file(in_file):
        return
    if not said:
        raise EndpointRefused(
            f"CI is set, and only {settings.path} names the ledger {shown_url(in_file)}: "
            "whoever changes that file would choose who gets the ledger's password",
            hint=f"set JETPLAN_LEDGER in CI, if it is right: JETPLAN_LEDGER={shown_url(in_file)}",
        )
    if not _is_file(said) and _place(said) != _place(in_file):
        raise _changed("ledger", settings, shown_url(in_file), "JETPLAN_LEDGER", shown_url(said))


def _check_api(settings: Settings) -> None:
    in_file, said = settings.config.api_url, settings.api_url_argument
    if not in_file:
        return
    if not said and not _is_vendor(in_file):
        raise EndpointRefused(
            f"CI is set, and only {settings.path} names the API {shown_url(in_file)}, which is not the vendor's: "
            "whoever changes that file would choose who gets the client secret",
            hint=f"set JETPLAN_API_URL in CI, if it is right: JETPLAN_API_URL={shown_url(in_file)}",
        )
    if said and _origin(said) != _origin(in_file):
        raise _changed("apiUrl", settings, shown_url(in_file), "JETPLAN_API_URL", shown_url(said))


def _changed(key: str, settings: Settings, in_file: str, variable: str, said: str) -> EndpointRefused:
    return EndpointRefused(
        f"`{key}` in {settings.path} is {in_file}, but the flag or {variable} says {said}",
        hint=f"make both the same; nothing was connected. Without `{key}` in {settings.path}, {variable} counts alone",
    )


def _is_vendor(url: str) -> bool:
    origin = _origin(url)
    return origin is not None and origin[0] == "https" and f".{origin[1]}".endswith(f".{VENDOR_DOMAIN}")


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no URL, which whoever connects refuses in its own words."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme,
            (parts.hostname or "").rstrip("."),
            parts.port or {"http": 80, "https": 443}.get(parts.scheme),
        )
    except ValueError:
        return None


def _place(url: str) -> tuple[str, str] | str:
    address = address_of(url)
    return url if address is None else address.place


def _is_file(url: str) -> bool:
    return url.startswith("sqlite:")
