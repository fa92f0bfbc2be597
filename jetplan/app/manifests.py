"""How use cases read manifests: from the project's cache where nothing changed, unless the caller says otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.app.house_rules import house_rules
from jetplan.manifest.cache.known import KnownManifests

if TYPE_CHECKING:
    from jetplan.manifest.read import Reading

FOLDER = Path(".jetplan")
CACHE = FOLDER / "cache"


def read_known(root: Path, config: Path, *, cached: bool = True) -> Reading:
    """What `read_manifests` gives, held against the house rules that `config` names.

    `cached`: the cache may be used.
    """
    known = known_manifests(root, config) if cached else None
    if known is not None:
        return known.read()
    from jetplan.manifest.read import read_manifests  # noqa: PLC0415 - a plan told from memory reads no manifest

    return read_manifests(root, rules=house_rules(config))


def known_manifests(root: Path, config: Path) -> KnownManifests | None:
    """The manifests with what is remembered of them, or None where everything is to be read.

    The cache lies beside the ledger, in a folder that is a project only; with house rules everything is read, since
    they may have changed where the manifests did not.
    """
    if not (FOLDER.is_dir() or Path("jetplan.yaml").is_file()) or house_rules(config):
        return None
    return KnownManifests(root, CACHE)
