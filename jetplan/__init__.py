"""jetplan: transfer jobs and deliveries of Signiant Jet as YAML in git, each object submitted once.

The way in for Python programs is `from jetplan import Project`; `docs/python.md` shows it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from jetplan.version import __version__

if TYPE_CHECKING:
    from jetplan.app.limits import Lifts
    from jetplan.app.project import Applied, Planned, Project
    from jetplan.errors import JetplanError

__all__ = ["Applied", "JetplanError", "Lifts", "Planned", "Project", "__version__"]

_MODULES = {
    "Applied": "jetplan.app.project",
    "JetplanError": "jetplan.errors",
    "Lifts": "jetplan.app.limits",
    "Planned": "jetplan.app.project",
    "Project": "jetplan.app.project",
}


def __getattr__(name: str) -> object:
    """Import what is asked for only then: `jetplan --version` needs none of it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
