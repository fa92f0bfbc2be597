"""Reads and writes `jetplan.yaml`, as strictly as a manifest: unknown keys are problems with a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jetplan.errors import ManifestInvalid
from jetplan.manifest.files import read_file
from jetplan.manifest.findings import Findings
from jetplan.manifest.limits import DEFAULT_LIMITS
from jetplan.manifest.text import check_text
from jetplan.manifest.yaml.fields import Fields, is_mapping
from jetplan.manifest.yaml.scalars import read_string
from jetplan.manifest.yaml.tree import Refused, Sequence, build_tree

if TYPE_CHECKING:
    from pathlib import Path

TOP_KEYS = ("apiUrl", "ledger", "ledgerId", "delivery", "limits", "houseRules")
DELIVERY_KEYS = ("maxObjects", "maxBytes")
LIMIT_KEYS = ("maxObjects", "maxBytes", "allowWholeProfiles", "allowDestinations")


def read_config(path: Path) -> dict[str, Any]:
    """The file's keys and values, plain. Raises ManifestInvalid with every problem in it."""
    findings = Findings(str(path), DEFAULT_LIMITS.problems)
    config: dict[str, Any] = {}
    data = read_file(str(path), findings, 1 << 20)
    text = check_text(data, findings) if data is not None else None
    root = build_tree(text, findings, DEFAULT_LIMITS, {}) if text is not None else None
    if root is not None and not isinstance(root, Refused) and is_mapping(root, "the configuration", findings):
        _read(Fields(root, root.at, "the configuration", findings), config)
    problems = findings.sorted_problems()
    if problems:
        raise ManifestInvalid(problems)
    return config


def _read(fields: Fields, config: dict[str, Any]) -> None:
    fields.check_known(TOP_KEYS)
    for name in ("apiUrl", "ledger", "ledgerId"):
        node = fields.get(name)
        value = read_string(node, f"`{name}`", fields.findings) if node is not None else None
        if value is not None:
            config[name] = value
    for name, keys in (("delivery", DELIVERY_KEYS), ("limits", LIMIT_KEYS)):
        section = _section(fields, name, keys)
        if section is not None:
            config[name] = section
    rules = _strings(fields, "houseRules")
    if rules is not None:
        config["houseRules"] = rules


def _section(fields: Fields, name: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
    node = fields.get(name)
    if node is None or not is_mapping(node, f"`{name}`", fields.findings):
        return None
    inner = Fields(node, node.at, f"`{name}`", fields.findings)
    inner.check_known(keys)
    section: dict[str, Any] = {}
    for key in keys:
        value = _strings(inner, key) if key.startswith("allow") else inner.integer(key, 1)
        if value is not None:
            section[key] = value
    return section


def _strings(fields: Fields, name: str) -> list[str] | None:
    node = fields.get(name)
    if node is None:
        return None
    if not isinstance(node, Sequence):
        message = f"`{name}` must be a list"
        fields.findings.refuse(fields.mapping.entries[name][0], "wrong-type", message)
        return None
    values = [read_string(item, f"an item of `{name}`", fields.findings) for item in node.items]
    return [value for value in values if value is not None]


TEMPLATE = """\
# jetplan's settings for this project. Commit this file: it pins the ledger that remembers what was sent.
apiUrl: {api_url}
ledger: {ledger}
ledgerId: {ledger_id}
"""
