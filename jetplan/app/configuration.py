"""`jetplan.yaml` as one typed value, read as strictly as a manifest: every problem has its place.

The types below are also the source of `schemas/configuration.schema.json`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from jetplan.core.characters import quoted
from jetplan.core.notifying import CHANNEL, Kind, NotifyRule
from jetplan.core.windows import Timing, Window
from jetplan.errors import ManifestInvalid
from jetplan.manifest.files import read_file
from jetplan.manifest.findings import Findings, nearest
from jetplan.manifest.keys import BOUND, DURATION, TIMING_KEYS
from jetplan.manifest.limits import DEFAULT_LIMITS
from jetplan.manifest.schema import DIALECT, without_null
from jetplan.manifest.text import check_text
from jetplan.manifest.windows import duration, read_timing
from jetplan.manifest.yaml.fields import Fields, is_mapping
from jetplan.manifest.yaml.scalars import read_name, read_string
from jetplan.manifest.yaml.tree import Refused, Sequence, build_tree

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.manifest.yaml.tree import Node

_VARIABLE = "^[A-Z][A-Z0-9_]{0,99}$"
_BOUND, _DURATION = f"^{BOUND.pattern}$", f"^{DURATION.pattern}$"
_MOST_BYTES = 1 << 20
_Count = Annotated[int, Meta(ge=1)]


class Delivery(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How much one delivery may hold. A larger set is split."""

    max_objects: Annotated[_Count | None, Meta(description="Most objects of one delivery (default 10000).")] = None
    max_bytes: Annotated[_Count | None, Meta(description="Most bytes of one delivery, of known sizes.")] = None


class LimitKeys(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What one apply may do at most."""

    max_objects: Annotated[_Count | None, Meta(description="Most objects to submit.")] = None
    max_bytes: Annotated[_Count | None, Meta(description="Most bytes of known sizes to submit.")] = None
    allow_whole_profiles: Annotated[
        tuple[str, ...] | None, Meta(description="The delivery sets that may send a whole profile.")
    ] = None
    allow_destinations: Annotated[
        tuple[str, ...] | None,
        Meta(description="The storage profiles, by name or id, that may get their first delivery."),
    ] = None
    allow_source_deletion: Annotated[
        tuple[str, ...] | None,
        Meta(description="The jobs that may delete the files at the source after sending them; by default none."),
    ] = None


class RecurringWindow(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A window that opens again and again, as in a manifest."""

    rrule: Annotated[str, Meta(description="When it opens: a recurrence rule (RFC 5545), in local time.")]
    time_zone: Annotated[str, Meta(description="The time zone of the rule, such as Europe/Berlin.")]
    duration: Annotated[str, Meta(description="How long it stays open, such as PT10H.", pattern=_DURATION)]
    start: Annotated[str, Meta(description="The local date and time of the first opening, where the rule counts.")] = ""

    def window(self) -> Window:
        """The same as windows in manifests."""
        return Window(self.rrule, self.time_zone, duration(self.duration) or 0, self.start)


class Destination(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What holds for every set that goes to a storage profile."""

    not_before: Annotated[str, Meta(description="Nothing is sent there before this moment.", pattern=_BOUND)] = ""
    not_after: Annotated[str, Meta(description="Nothing is sent there from this moment on.", pattern=_BOUND)] = ""
    windows: Annotated[
        tuple[RecurringWindow, ...], Meta(description="Windows of which one must be open (default: at any time).")
    ] = ()

    @property
    def timing(self) -> Timing | None:
        """When something may be sent there; None: at any time."""
        if not (self.not_before or self.not_after or self.windows):
            return None
        return Timing(self.not_before, self.not_after, tuple(each.window() for each in self.windows))


class Notify(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Who is told of what. The addresses are in the environment only."""

    events: Annotated[
        tuple[Literal["delivered", "failed", "inDoubt", "blocked", "waiting"], ...],
        Meta(description="What is told.", min_length=1),
    ]
    sets: Annotated[tuple[str, ...], Meta(description="Of these delivery sets only; `*` stands for any text.")] = ()
    jobs: Annotated[tuple[str, ...], Meta(description="Of these jobs only.")] = ()
    destinations: Annotated[tuple[str, ...], Meta(description="Of these destinations only, by name or id.")] = ()
    longer_than: Annotated[
        str,
        Meta(
            description="How long something is blocked or waits before it is told (default: at once).",
            pattern=_DURATION,
        ),
    ] = ""
    urls_from: Annotated[
        str,
        Meta(
            description="The environment variable with the addresses (default: JETPLAN_NOTIFY_URLS).",
            pattern=_VARIABLE,
        ),
    ] = ""

    def rule(self) -> NotifyRule:
        """The same for the core."""
        return NotifyRule(
            frozenset(map(Kind, self.events)),
            self.sets,
            self.jobs,
            self.destinations,
            duration(self.longer_than) or 0,
            self.urls_from or CHANNEL,
        )


class Configuration(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The settings of a project. Commit this file: it pins the ledger that remembers what was sent."""

    api_url: Annotated[str, Meta(description="The Jet API (default: the vendor's).")] = ""
    ledger: Annotated[str, Meta(description="sqlite:///FILE or postgresql://…, without a password.")] = ""
    ledger_id: Annotated[str, Meta(description="The id of the ledger that belongs to this project.")] = ""
    delivery: Annotated[Delivery, Meta(description="How sets are split into deliveries.")] = Delivery()
    limits: Annotated[LimitKeys, Meta(description="What one apply may do at most.")] = LimitKeys()
    house_rules: Annotated[
        tuple[str, ...], Meta(description="JSON Schemas that every job and set must satisfy, as patterns of paths.")
    ] = ()
    destinations: Annotated[
        dict[str, Destination], Meta(description="What holds for destinations: storage profiles by name or id.")
    ] = {}
    notify: Annotated[tuple[Notify, ...], Meta(description="Who is told of what.")] = ()


def read_configuration(path: Path) -> Configuration:
    """The file as it is. Raises ManifestInvalid with every problem in it."""
    findings = Findings(str(path), DEFAULT_LIMITS.problems)
    data = read_file(str(path), findings, _MOST_BYTES)
    text = check_text(data, findings) if data is not None else None
    root = build_tree(text, findings, DEFAULT_LIMITS, {}) if text is not None else None
    found = Configuration()
    if root is not None and not isinstance(root, Refused) and is_mapping(root, "the configuration", findings):
        found = _configuration(Fields(root, root.at, "the configuration", findings))
    problems = findings.sorted_problems()
    if problems:
        raise ManifestInvalid(problems)
    return found


def configuration_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that editors check `jetplan.yaml` against while it is typed."""
    (root,), parts = msgspec.json.schema_components([Configuration], ref_template="#/$defs/{name}")
    definitions: dict[str, Any] = without_null(parts)
    top = definitions.pop(root["$ref"].rpartition("/")[2])
    for each in top["properties"].values():
        del each["default"]  # as it stands in the types: what holds without a key is in its description
    return {"$schema": DIALECT, "$id": "urn:jetplan:schema:configuration:v1", **top, "$defs": definitions}


def _configuration(fields: Fields) -> Configuration:
    fields.check_known(("apiUrl", "ledger", "ledgerId", "delivery", "limits", "houseRules", "destinations", "notify"))
    return Configuration(
        api_url=_text(fields, "apiUrl"),
        ledger=_text(fields, "ledger"),
        ledger_id=_text(fields, "ledgerId"),
        delivery=_delivery(_section(fields, "delivery")),
        limits=_limits(_section(fields, "limits")),
        house_rules=_texts(fields, "houseRules") or (),
        destinations=_destinations(_section(fields, "destinations")),
        notify=_notify(fields),
    )


def _delivery(fields: Fields | None) -> Delivery:
    if fields is None:
        return Delivery()
    fields.check_known(("maxObjects", "maxBytes"))
    return Delivery(max_objects=fields.integer("maxObjects", 1), max_bytes=fields.integer("maxBytes", 1))


def _limits(fields: Fields | None) -> LimitKeys:
    if fields is None:
        return LimitKeys()
    fields.check_known(("maxObjects", "maxBytes", "allowWholeProfiles", "allowDestinations", "allowSourceDeletion"))
    return LimitKeys(
        max_objects=fields.integer("maxObjects", 1),
        max_bytes=fields.integer("maxBytes", 1),
        allow_whole_profiles=_texts(fields, "allowWholeProfiles"),
        allow_destinations=_texts(fields, "allowDestinations"),
        allow_source_deletion=_texts(fields, "allowSourceDeletion"),
    )


def _destinations(fields: Fields | None) -> dict[str, Destination]:
    found: dict[str, Destination] = {}
    if fields is None:
        return found
    findings = fields.findings
    for key, (at, node) in fields.mapping.entries.items():
        what = f"destination {quoted(key)}"
        if read_name(at, "a destination's name", findings) is None or not is_mapping(node, what, findings):
            continue
        inner = Fields(node, at, what, findings)
        inner.check_known(TIMING_KEYS)
        timing = read_timing(inner)
        if timing is not None:
            found[key] = Destination(timing.not_before, timing.not_after, tuple(map(_window, timing.windows)))
    return found


def _notify(fields: Fields) -> tuple[Notify, ...]:
    node = fields.get("notify")
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        fields.findings.refuse(fields.mapping.entries["notify"][0], "wrong-type", "`notify` must be a list")
        return ()
    rules = [_notify_rule(item, fields.findings) for item in node.items]
    return tuple(each for each in rules if each is not None)


def _notify_rule(node: Node, findings: Findings) -> Notify | None:
    if not is_mapping(node, "a rule of `notify`", findings, "write `{events: [failed]}`"):
        return None
    fields = Fields(node, node.at, "a rule of `notify`", findings)
    fields.check_known(("events", "sets", "jobs", "destinations", "longerThan", "urlsFrom"))
    fields.get("events", required=True)
    events = _texts(fields, "events")
    if events == ():
        message = "`events` is an empty list"
        findings.refuse(fields.mapping.entries["events"][0], "wrong-type", message, "name at least one")
    known = [kind.value for kind in Kind]
    for event in events or ():
        if event not in known:
            hint = nearest(event, known) or f"known: {', '.join(known)}"
            findings.refuse(fields.mapping.entries["events"][0], "unknown-value", f"no event is {quoted(event)}", hint)
            return None
    longer, variable = _text(fields, "longerThan"), _text(fields, "urlsFrom")
    if longer and duration(longer) is None:
        message = f"`longerThan` must be an ISO 8601 duration, not {quoted(longer, 40)}"
        findings.refuse(fields.mapping.entries["longerThan"][0], "out-of-range", message, "write `PT2H` for two hours")
    if variable and not re.search(_VARIABLE, variable):
        message = "`urlsFrom` must be the name of an environment variable, in capitals"
        hint = "put the addresses into the environment, never into this file"
        findings.refuse(fields.mapping.entries["urlsFrom"][0], "out-of-range", message, hint)
    sets, jobs, destinations = (_texts(fields, key) or () for key in ("sets", "jobs", "destinations"))
    words = tuple(kind.value for event in events or () for kind in Kind if kind.value == event)
    return Notify(words, sets, jobs, destinations, longer, variable) if words else None


def _window(each: Window) -> RecurringWindow:
    return RecurringWindow(each.rrule, each.time_zone, f"PT{each.seconds}S", each.start)


def _section(fields: Fields, key: str) -> Fields | None:
    node = fields.get(key)
    if node is None or not is_mapping(node, f"`{key}`", fields.findings):
        return None
    return Fields(node, node.at, f"`{key}`", fields.findings)


def _text(fields: Fields, key: str) -> str:
    node = fields.get(key)
    return (read_string(node, f"`{key}`", fields.findings) or "") if node is not None else ""


def _texts(fields: Fields, key: str) -> tuple[str, ...] | None:
    node = fields.get(key)
    if node is None:
        return None
    if not isinstance(node, Sequence):
        fields.findings.refuse(fields.mapping.entries[key][0], "wrong-type", f"`{key}` must be a list")
        return None
    values = [read_string(item, f"an item of `{key}`", fields.findings) for item in node.items]
    return tuple(value for value in values if value is not None)
