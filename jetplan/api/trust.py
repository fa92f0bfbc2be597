"""Which certificates are trusted: those of certifi, the system, and the files that the environment names."""

from __future__ import annotations

import os
import ssl

import certifi

from jetplan.api.sockets import TimedTLSSocket
from jetplan.errors import UsageError

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that add certificates. The last one is a folder or several; the first two are a file or a folder."""


def trust(ca_bundle: str | None) -> ssl.SSLContext:
    """A TLS context that always verifies. UsageError, naming the variable, for a path that cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = TimedTLSSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    for variable in BUNDLES:
        named = os.environ.get(variable, "")
        for path in named.split(os.pathsep) if variable == "SSL_CERT_DIR" else [named]:
            if path:
                _add(context, path, f"{variable} names {path}, which", f"Correct or unset {variable}.")
    if ca_bundle is not None:
        _add(context, ca_bundle, f"The CA bundle {ca_bundle}", "Check the path.")
    return context


def _add(context: ssl.SSLContext, path: str, what: str, advice: str) -> None:
    try:
        if os.path.isdir(path):
            os.listdir(path)  # OpenSSL passes over a folder that it may not read
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError):
        raise UsageError(
            f"{what} cannot be read.",
            hint=f"{advice} It must be a file of PEM certificates, or a folder made by c_rehash.",
        ) from None
