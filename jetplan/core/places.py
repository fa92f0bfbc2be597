"""Storage profiles that were created again: a new id for what is, or may be, the same place. Pure.

Everything is recorded by profile ids. A profile that is deleted and made again has a new id, so what was sent to it
would count for nothing. The names and urls that were recorded tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from jetplan.core.observed import ObservedProfile


def former_profiles(
    profiles: Iterable[ObservedProfile], recorded: Iterable[ObservedProfile], present: AbstractSet[str]
) -> Mapping[str, tuple[ObservedProfile, ...]]:
    """For each profile, the recorded ones whose place it may have taken, by id; profiles without any are left out.

    A recorded profile counts if the server does not show its id any more (`present`: the ids it shows), and has the
    same url or the same name. Two profiles that exist side by side are two places, whatever they are called.
    """
    gone = [each for each in recorded if each.profile_id not in present]
    found = {
        profile.profile_id: tuple(each for each in gone if _alike(profile, each))
        for profile in profiles
        if profile.profile_id
    }
    return {ident: former for ident, former in found.items() if former}


def _alike(one: ObservedProfile, other: ObservedProfile) -> bool:
    if one.profile_id == other.profile_id:
        return False
    same_url = bool(one.url) and _spelled(one.url) == _spelled(other.url)
    return same_url or (bool(one.name) and one.name == other.name)


def _spelled(url: str) -> tuple[str, str, str]:
    """One spelling: scheme and host in lower case, no slash at the end of the path."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/")
