"""Which folders are too dear for a storage profile: deliveries write into it, and the console page looks into it."""

from __future__ import annotations

from pathlib import Path


def danger_of(folder: Path) -> str:
    """Why a storage profile should not lie over a folder; empty where nothing speaks against it."""
    home = Path.home().resolve()
    folder = folder.resolve()
    if home.is_relative_to(folder):
        return f"{folder} holds the home folder {home}" if home != folder else f"{folder} is a home folder"
    if (folder / ".git").exists():
        return f"{folder} is a git repository"
    if ".git" in folder.parts:
        return f"{folder} is the inside of a git repository"
    return ""
