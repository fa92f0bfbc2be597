"""Makes manifests to measure with: `python -m benchmarks.material FOLDER KIND FILES OBJECTS` (objects in each file).

Kinds: `yaml` (objects in the manifest), `csv` and `jsonl` (in a list beside it). Every file declares a job and a set;
half of the objects carry a size, as lists written by people and lists written by programs do.
"""

from __future__ import annotations

import sys
from pathlib import Path


def path(file: int, at: int) -> str:
    """A path as archives have them."""
    return f"/show{file:05d}/reel{at // 100:05d}/clip{at:08d}.mxf"


def write(folder: Path, kind: str, files: int, objects: int) -> None:
    """Write `folder`/manifests."""
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    for file in range(files):
        name = f"set-{file:05d}"
        head = (
            "apiVersion: jetplan/v1\n"
            f"jobs:\n  job-{file:05d}:\n    source: src\n    destination: dst\n"
            f"deliverySets:\n  {name}:\n    job: job-{file:05d}\n"
        )
        with (manifests / f"{name}.yaml").open("w") as out:
            out.write(head)
            if kind == "yaml":
                out.write("    objects:\n")
                out.writelines(_yaml(file, at) for at in range(objects))
            else:
                out.write(f"    objectsFrom: {{file: {name}.{kind}}}\n")
        if kind != "yaml":
            with (manifests / f"{name}.{kind}").open("w") as out:
                if kind == "csv":
                    out.write("relativePath,sizeInBytes,isDirectory\n")
                line = _csv if kind == "csv" else _json
                out.writelines(line(file, at) for at in range(objects))


def _yaml(file: int, at: int) -> str:
    if at % 2:
        return f"      - relativePath: {path(file, at)}\n        sizeInBytes: {1000 + at}\n"
    return f"      - {path(file, at)}\n"


def _csv(file: int, at: int) -> str:
    return f"{path(file, at)},{1000 + at if at % 2 else ''},false\n"


def _json(file: int, at: int) -> str:
    size = f',"sizeInBytes":{1000 + at}' if at % 2 else ""
    return f'{{"relativePath":"{path(file, at)}"{size}}}\n'


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
