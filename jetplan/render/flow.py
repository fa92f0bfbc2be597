"""Pictures as inline SVG: routes as a flow whose bands are as wide as their bytes, and sizes as bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.render import words
from jetplan.render.escape import markup, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.render.model import Profile, RouteTotal

DRAWN_ROUTES = 12
_WIDTH = 1000
_LEFT, _RIGHT, _NODE = 260, 740, 12
_INK_LEAST, _INK_PER_ROUTE, _INK_MOST = 30, 60, 220
"""Height that all bands share, in proportion to their bytes."""
_THIN, _NODE_LEAST, _GAP, _LABEL = 3.0, 36.0, 22.0, 17.0
_NAME = 28


@dataclass(slots=True)
class _Node:
    """One profile on one side: its bands from top to bottom."""

    profile: Profile
    thickness: float = 0.0
    routes: int = 0
    known_bytes: int = 0
    top: float = 0.0
    used: float = 0.0

    @property
    def height(self) -> float:
        return max(self.thickness, _NODE_LEAST)

    def take(self, thickness: float) -> float:
        """The top of the next band."""
        top = self.top + (self.height - self.thickness) / 2 + self.used
        self.used += thickness
        return top


@dataclass(slots=True)
class _Side:
    nodes: dict[str, _Node] = field(default_factory=dict)

    def add(self, profile: Profile, thickness: float, known_bytes: int) -> None:
        node = self.nodes.setdefault(profile.storage_profile_id, _Node(profile))
        node.thickness += thickness
        node.routes += 1
        node.known_bytes += known_bytes

    def height(self) -> float:
        return sum(node.height for node in self.nodes.values()) + _GAP * (len(self.nodes) - 1)

    def place(self, height: float) -> None:
        top = 8 + (height - self.height()) / 2
        for node in self.nodes.values():
            node.top = top
            top += node.height + _GAP


def flow_svg(routes: Sequence[RouteTotal]) -> str:
    """The largest routes, sources left, destinations right. The table of routes says the same in words."""
    drawn = list(routes[:DRAWN_ROUTES])
    total = sum(each.amount.known_bytes for each in drawn) or 1
    ink = min(_INK_LEAST + _INK_PER_ROUTE * len(drawn), _INK_MOST)
    thickness = [max(_THIN, ink * each.amount.known_bytes / total) for each in drawn]
    sources, destinations = _Side(), _Side()
    for each, thick in zip(drawn, thickness, strict=True):
        sources.add(each.route.source, thick, each.amount.known_bytes)
        destinations.add(each.route.destination, thick, each.amount.known_bytes)
    height = max(sources.height(), destinations.height(), _LABEL * len(drawn))
    sources.place(height)
    destinations.place(height)
    bands: list[str] = []
    middles: list[tuple[float, str]] = []
    for each, thick in zip(drawn, thickness, strict=True):
        start = sources.nodes[each.route.source.storage_profile_id].take(thick)
        end = destinations.nodes[each.route.destination.storage_profile_id].take(thick)
        bands.append(_band(each, start, end, thick))
        middles.append(((start + end + thick) / 2, _label(each)))
    parts = [*bands, *_labels(middles)]
    parts += [_node(node, _LEFT - _NODE, left=True) for node in sources.nodes.values()]
    parts += [_node(node, _RIGHT, left=False) for node in destinations.nodes.values()]
    name = f"{words.count(len(drawn), 'route')} by bytes; the table below says the same in words"
    inside = "".join(parts)
    box = f"0 0 {_WIDTH} {height + 16:.0f}"
    return f'<svg class="flow" viewBox="{box}" role="img" aria-label="{name}">{inside}</svg>'


def _band(each: RouteTotal, start: float, end: float, thick: float) -> str:
    middle = (_LEFT + _RIGHT) / 2
    about = f"<title>{markup(f'{each.route.source} → {each.route.destination}')}: {_label(each)}</title>"
    if not each.amount.known_bytes:
        y0, y1 = start + thick / 2, end + thick / 2
        line = f"M{_LEFT} {y0:.1f}C{middle} {y0:.1f} {middle} {y1:.1f} {_RIGHT} {y1:.1f}"
        return f'<path class="band unknown" d="{line}">{about}</path>'
    upper = f"M{_LEFT} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {_RIGHT} {end:.1f}"
    low0, low1 = start + thick, end + thick
    lower = f"V{low1:.1f}C{middle} {low1:.1f} {middle} {low0:.1f} {_LEFT} {low0:.1f}Z"
    again = " again" if each.resent_objects else ""
    return f'<path class="band{again}" d="{upper}{lower}">{about}</path>'


def _label(each: RouteTotal) -> str:
    known = words.size(each.amount.known_bytes) if each.amount.known_bytes else "unknown size"
    return f"{known}, {words.count(each.amount.object_count, 'object')}"


def _labels(middles: list[tuple[float, str]]) -> list[str]:
    """The bands' labels from top to bottom, pushed apart where they would cover each other."""
    found: list[str] = []
    free = 0.0
    for y, text in sorted(middles):
        at = max(y, free)
        free = at + _LABEL
        x = (_LEFT + _RIGHT) // 2
        found.append(f'<text class="label" x="{x}" y="{at + 5:.1f}" text-anchor="middle">{text}</text>')
    return found


def _node(node: _Node, x: int, *, left: bool) -> str:
    middle = node.top + node.height / 2
    at, anchor = (x - 10, "end") if left else (x + _NODE + 10, "start")
    amount = words.size(node.known_bytes) if node.known_bytes else "unknown size"
    name = visible(str(node.profile))
    shown = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
    return (
        f'<rect class="node" x="{x}" y="{node.top:.1f}" width="{_NODE}" height="{node.height:.1f}" rx="3"/>'
        f'<text x="{at}" y="{middle - 2:.1f}" text-anchor="{anchor}">{markup(shown)}'
        f"<title>{markup(name)}</title></text>"
        f'<text class="soft" x="{at}" y="{middle + 14:.1f}" text-anchor="{anchor}">{amount}</text>'
    )


def bar_svg(share: float) -> str:
    """A bar of a share between 0 and 1; decoration, the number stands beside it."""
    width = max(0.5, min(share, 1.0) * 100)
    return (
        '<svg class="size" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width:.1f}" height="8" rx="1"/></svg>'
    )
