"""A sandbox over fresh folders, and a plain client to talk to it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from caller import Caller

from jetplan.sandbox.jet import Settings
from jetplan.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A source with files in subfolders and an empty folder, and an empty destination."""
    source, target = tmp_path / "nyc", tmp_path / "lax"
    for path, content in {
        "ep101/master.mxf": b"m" * 3_000_000,
        "ep101/audio/left.wav": b"left" * 1000,
        "ep101/audio/right.wav": b"right" * 1000,
        "ep102/master.mxf": b"",
        "läufe/ein schönes & (langes) #1.txt": b"umlauts",
    }.items():
        file = source / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (source / "empty").mkdir()
    target.mkdir()
    return source, target


@pytest.fixture
def start(folders: tuple[Path, Path], tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    """Start sandboxes over the folders; they end with the test."""
    source, target = folders
    with ExitStack() as stack:

        def begin(**settings: Any) -> Caller:
            wanted = {
                "profiles": (("NYC Dailies", source), ("LAX Ingest", target)),
                "roots": (tmp_path,),
                **settings,
            }
            return Caller(stack.enter_context(serve(Settings(**wanted))), source, target)

        yield begin


@pytest.fixture
def sandbox(start: Callable[..., Caller]) -> Caller:
    return start()


@pytest.fixture
def caller() -> type[Caller]:
    return Caller


@pytest.fixture
def same_tree() -> Callable[[Path, Path], bool]:
    """A comparison of two folders: the same paths, the same bytes."""

    def tree(root: Path) -> dict[str, bytes | None]:
        return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in root.rglob("*")}

    return lambda one, other: tree(one) == tree(other)
