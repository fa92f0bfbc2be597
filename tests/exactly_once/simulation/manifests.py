"""What people declare, and how they edit it: a small manifest, its versions in git, and what each object is.

The server knows no sets and no revisions, so each object's size says which it is: the set that it was first declared
in (a renamed set keeps its number) and its revision. Folders have no size; they are in one set, at revision 1.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE, ObjectTable
from jetplan.core.spec import DeliverySetSpec, JobSpec, Overlap, ProfileRef, Spec

if TYPE_CHECKING:
    from random import Random

STRIDE = 1000


@dataclass(frozen=True)
class Objects:
    """One set as people see it: `objects` maps paths to revisions."""

    number: int
    name: str
    job: str
    objects: tuple[tuple[str, int], ...]
    overlap: Overlap = Overlap.REFUSE
    renamed_from: str | None = None
    retries: int = 0


@dataclass(frozen=True)
class Manifest:
    """One version of all manifests. `jobs`: name -> (source, destination, paused)."""

    jobs: dict[str, tuple[str, str, bool | None]] = field(default_factory=dict)
    sets: tuple[Objects, ...] = ()

    def spec(self) -> Spec:
        """As the planner wants it."""
        jobs = {
            name: JobSpec(name, ProfileRef(source.upper()), ProfileRef(profile_id=destination), paused)
            for name, (source, destination, paused) in self.jobs.items()
        }
        sets = {each.name: _set(each) for each in self.sets}
        return Spec(jobs, sets, {name: each.objects.digest() for name, each in sets.items()}, 1)

    def items(self) -> list[tuple[Objects, str, int]]:
        """Every declared object: its set, path and revision."""
        return [(each, path, revision) for each in self.sets for path, revision in each.objects]


def size_of(number: int, revision: int, path: str) -> int | None:
    """What the server is told of an object; None for folders."""
    return None if path.endswith("/") else number * STRIDE + revision


def _set(each: Objects) -> DeliverySetSpec:
    paths = [path for path, _ in each.objects]
    sizes = array("q", [size_of(each.number, revision, path) or UNKNOWN_SIZE for path, revision in each.objects])
    own = {index: revision for index, (_, revision) in enumerate(each.objects) if revision != 1}
    return DeliverySetSpec(
        each.name, each.job, ObjectTable(paths, sizes, 1, own), each.overlap, each.renamed_from, retries=each.retries
    )


def first(draw: Random) -> Manifest:
    """A manifest to begin with."""
    jobs: dict[str, tuple[str, str, bool | None]] = {"daily": ("nyc", "lax", draw.choice((None, None, None, False)))}
    if draw.random() < 0.4:
        jobs["weekly"] = draw.choice((("nyc", "lax", None), ("nyc", "ams", None)))
    sets = []
    for number in range(1, draw.choice((2, 2, 3, 4))):
        objects = tuple((f"/s{number}/{index}.mxf", 1) for index in range(draw.randint(1, 5)))
        if number == 2 and draw.random() < 0.3:
            objects = ((f"/s{number}/all/", 1), *objects)
        sets.append(Objects(number, f"set{number}", draw.choice(list(jobs)), objects))
    return Manifest(jobs, tuple(sets))


def edited(manifest: Manifest, draw: Random) -> Manifest:
    """The same after somebody has worked on it."""
    at = draw.randrange(len(manifest.sets))
    each = manifest.sets[at]
    match draw.choice(("add", "add", "take", "swap", "raise", "raise", "rename", "overlap", "move")):
        case "add":
            new = (f"/s{each.number}/{len(each.objects) + draw.randrange(5, 9)}.mxf", 1)
            each = replace(each, objects=tuple(dict([*each.objects, new]).items()))
        case "swap":
            new = (f"/s{each.number}/{draw.randrange(90, 99)}.mxf", 1)
            each = replace(each, objects=tuple(dict([*each.objects[1:], new]).items()))
        case "take" if len(each.objects) > 1:
            each = replace(each, objects=each.objects[1:])
        case "raise":
            chosen = draw.randrange(len(each.objects))
            each = replace(each, objects=tuple(_raised(pair, at_ == chosen) for at_, pair in enumerate(each.objects)))
        case "rename" if each.renamed_from is None:
            each = replace(each, name=f"{each.name}-renamed", renamed_from=each.name)
        case "overlap" if len(manifest.sets) < 5:
            number = 10 + len(manifest.sets)
            shared = tuple((path, 1) for path, _ in each.objects if not path.endswith("/"))[:3]
            objects = (*shared, (f"/s{number}/extra.mxf", 1))
            more = Objects(number, f"set{number}", each.job, objects, draw.choice(list(Overlap)))
            return replace(manifest, sets=(*manifest.sets, more))
        case "move":
            same = [name for name, ends in manifest.jobs.items() if ends[:2] == manifest.jobs[each.job][:2]]
            each = replace(each, job=draw.choice(same))
        case _:
            pass
    return replace(manifest, sets=(*manifest.sets[:at], each, *manifest.sets[at + 1 :]))


def _raised(pair: tuple[str, int], chosen: bool) -> tuple[str, int]:
    path, revision = pair
    return (path, revision + 1) if chosen and not path.endswith("/") else pair
