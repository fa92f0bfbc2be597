"""How commands read manifests: from the project's cache where nothing changed, unless somebody says otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.manifest.cache.known import KnownManifests
    from jetplan.manifest.read import Reading

F = TypeVar("F", bound="Callable[..., Any]")
FOLDER = Path(".jetplan")
CACHE = FOLDER / "cache"
_ASIDE = "jetplan.no_cache"


def cache_option(command: F) -> F:
    """`--no-cache`, for `read_known`."""

    def note(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        ctx.meta[_ASIDE] = value

    option = click.option(
        "--no-cache",
        is_flag=True,
        expose_value=False,
        callback=note,
        help="Read every manifest, also those that did not change.",
    )
    return option(command)


def read_known(root: Path, config: Path) -> Reading:
    """What `read_manifests` gives, held against the house rules that `config` names."""
    known = known_manifests(root, config)
    if known is not None:
        return known.read()
    from jetplan.cli.houserules import house_rules
    from jetplan.manifest.read import read_manifests

    return read_manifests(root, rules=house_rules(config))


def known_manifests(root: Path, config: Path) -> KnownManifests | None:
    """The manifests with what is remembered of them, or None where everything is to be read.

    The cache lies beside the ledger, in a folder that is a project only; with house rules everything is read, since
    they may have changed where the manifests did not.
    """
    from jetplan.cli.houserules import house_rules

    context = click.get_current_context(silent=True)
    unwanted = context is not None and context.meta.get(_ASIDE, False)
    if unwanted or not (FOLDER.is_dir() or Path("jetplan.yaml").is_file()) or house_rules(config):
        return None
    from jetplan.manifest.cache.known import KnownManifests

    return KnownManifests(root, CACHE)
