"""jetplan: transfer jobs and deliveries of Signiant Jet as YAML in git, each object submitted once.

The way in for Python programs is `from jetplan import Project`; `docs/python.md` shows it.
"""

from jetplan.version import __version__

TYPE_CHECKING = False  # as type checkers read it; `jetplan --version` need not wait for the module `typing`
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
    """Import what is asked for only then."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - `jetplan --version` needs none of it

    return getattr(import_module(_MODULES[name]), name)
