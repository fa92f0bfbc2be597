"""The keys of one mapping, taken one by one: unknown ones refused with the nearest known, missing ones named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeGuard

from jetplan.core.characters import quoted
from jetplan.manifest.findings import nearest
from jetplan.manifest.yaml.scalars import kind_of_node, node_event, read_boolean, read_id, read_integer, read_name
from jetplan.manifest.yaml.tree import Mapping, Refused

if TYPE_CHECKING:
    from jetplan.manifest.findings import Findings, Marked
    from jetplan.manifest.yaml.tree import Node


def is_mapping(node: Node, what: str, findings: Findings, hint: str = "") -> TypeGuard[Mapping]:
    """Whether a node is a mapping; if not, the reason is recorded."""
    if isinstance(node, Mapping):
        return True
    if not isinstance(node, Refused):
        message = f"{what} must be a mapping of keys to values, not {kind_of_node(node)}"
        findings.refuse(node_event(node), "wrong-type", message, hint)
    return False


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping whose keys are known. `what` names it in messages; `owner` is where a missing key is reported."""

    mapping: Mapping
    owner: Marked
    what: str
    findings: Findings
    meant: set[str] = field(default_factory=set)
    """The known keys that were suggested for unknown ones. They are not reported as missing as well."""

    def check_known(self, known: tuple[str, ...]) -> None:
        """Refuse every key that is not known."""
        for name, (key, _) in self.mapping.entries.items():
            if name not in known:
                hint = nearest(name, known) or "known keys: " + ", ".join(f"`{each}`" for each in known)
                self.meant.update(each for each in known if f"`{each}`?" in hint)
                self.findings.refuse(key, "unknown-key", f"unknown key {quoted(name)} in {self.what}", hint)

    def get(self, name: str, *, required: bool = False) -> Node | None:
        """The value of a key, or None; a missing required key is recorded."""
        entry = self.mapping.entries.get(name)
        if entry is not None:
            return entry[1]
        if required and name not in self.meant:
            self.findings.refuse(self.owner, "missing-key", f"{self.what} lacks the key `{name}`")
        return None

    def name(self, name: str, *, required: bool = False) -> str | None:
        """A name, see `read_name`."""
        node = self.get(name, required=required)
        return None if node is None else read_name(node, f"`{name}`", self.findings)

    def id(self, name: str) -> str | None:
        """An id, see `read_id`."""
        node = self.get(name)
        return None if node is None else read_id(node, f"`{name}`", self.findings)

    def boolean(self, name: str) -> bool | None:
        """True, false or not given."""
        node = self.get(name)
        return None if node is None else read_boolean(node, f"`{name}`", self.findings)

    def integer(self, name: str, least: int) -> int | None:
        """A whole number or not given."""
        node = self.get(name)
        return None if node is None else read_integer(node, f"`{name}`", self.findings, least)
