"""Which folders must not become storage profiles, since deliveries write into them and the console page shows them."""

from __future__ import annotations

from pathlib import Path


def danger_of(folder: Path) -> str:
    """Why a storage profile should not lie over a folder; empty: no reason."""
    home = Path.home().resolve()
    folder = folder.resolve()
    if home.is_relative_to(folder):
        return f"{folder} holds the home folder {home}" if home != folder else f"{folder} is a home folder"
    if (folder / ".git").exists():
        return f"{folder} is a git repository"
    if ".git" in folder.parts:
        return f"{folder} is inside a git repository"
    return ""
