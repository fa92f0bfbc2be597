"""Where the paths of a list lie in the storage profile: what is taken off each one's front, and what is put there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.characters import quoted
from jetplan.core.paths import canonical, faults_of

if TYPE_CHECKING:
    from jetplan.manifest.columns import Columns
    from jetplan.manifest.findings import Findings, Marked


@dataclass(frozen=True, slots=True)
class Placing:
    """`strip` and `prefix` are folders as canonical paths without the slash at the end; empty: the root."""

    strip: str = ""
    prefix: str = ""


def read_folder(text: str | None, name: str, at: Marked | None, findings: Findings) -> str:
    """A folder as `Placing` takes it. What is wrong with it is told at `at`."""
    if text is None or at is None:
        return ""
    folder = canonical(text, folder=True)
    faults = faults_of(folder)
    for fault in faults:
        findings.refuse(at, "list-prefix", f"the `{name}` {quoted(text)} {fault.message}", fault.hint)
    return "" if faults else folder.removesuffix("/")


def place_paths(columns: Columns, placing: Placing, findings: Findings) -> None:
    """Move every path to where it lies. One that is not below the folder to be stripped is refused and left alone."""
    if placing == Placing():
        return
    above, cut, prefix = placing.strip + "/", len(placing.strip), placing.prefix
    for at, path in enumerate(columns.paths):
        if placing.strip and (not path.startswith(above) or path == above):
            message = f"the path {quoted(path)} is not below {quoted(above)}, which `stripPrefix` takes off"
            findings.refuse(columns.place(at), "list-prefix", message, "correct `stripPrefix`, or remove the line")
            if findings.is_full():
                return
        else:
            columns.paths[at] = prefix + path[cut:]
