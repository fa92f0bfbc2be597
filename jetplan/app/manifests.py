"""How use cases read manifests: from the cache where nothing changed, unless the caller says otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.app.environment import current_ci
from jetplan.app.house_rules import house_rules
from jetplan.manifest.cache.known import KnownManifests
from jetplan.manifest.cache.seal import cache_folder

if TYPE_CHECKING:
    from jetplan.manifest.read import Reading

FOLDER = Path(".jetplan")


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

    The cache is this user's and outside of the checkout, for a folder that is a project only. CI has none: its folders
    may come from another run, which may be anybody's. With house rules everything is read, since they may have
    changed where the manifests did not.
    """
    folder = cache_folder()
    if folder is None or current_ci().active or not (FOLDER.is_dir() or Path("jetplan.yaml").is_file()):
        return None
    return None if house_rules(config) else KnownManifests(root, folder)
