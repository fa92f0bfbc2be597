"""Lists as one JSON document: a delivery's body, and an S3 Inventory with its data files."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.core.objects import UNKNOWN_SIZE

if TYPE_CHECKING:
    from folders import Folder

MANIFEST = "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {file: l.json}\n"
SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate"
BODY = (
    '{"objects": [\n  {"relativePath": "/a.mxf", "sizeInBytes": 5},\n'
    '  {"relativePath": "/b", "isDirectory": true}, {"relativePath": "/c.mov"}\n]}\n'
)


def inventory(*rows: str, schema: str = SCHEMA, **changed: Any) -> dict[str, str | bytes]:
    """A folder with a manifest of an inventory, and one data file of these rows."""
    document = {
        "sourceBucket": "dailies",
        "destinationBucket": "arn:aws:s3:::lists",
        "version": "2016-11-30",
        "fileFormat": "CSV",
        "fileSchema": schema,
        "files": [{"key": "dailies/all/data/part-1.csv.gz", "size": 5, "MD5checksum": "0" * 32}],
        **changed,
    }
    data = gzip.compress("".join(f"{row}\n" for row in rows).encode())
    return {"m.yaml": MANIFEST, "l.json": json.dumps(document, indent=2), "part-1.csv.gz": data}


def row(key: str, size: str = "5", latest: str = "true", deleted: str = "false") -> str:
    """One row as S3 writes it: every field in quotes, the key encoded."""
    fields = ("dailies", key, "v1", latest, deleted, size, "2024-05-31T15:57:37.000Z")
    return ",".join(f'"{field}"' for field in fields)


def objects(folder: Folder) -> dict[str, int]:
    table = folder.read().spec.sets["s"].objects
    return dict(zip(table.paths, table.sizes, strict=True))


@pytest.mark.parametrize("text", [BODY, BODY.replace("\n", ""), "\ufeff" + BODY, BODY.replace("\n", "\r\n")])
def test_the_body_of_a_delivery(text: str, folder: Folder) -> None:
    """As it is posted, on one line or on many."""
    folder.write({"m.yaml": MANIFEST, "l.json": text})
    assert objects(folder) == {"/a.mxf": 5, "/b/": UNKNOWN_SIZE, "/c.mov": UNKNOWN_SIZE}


def test_a_large_body_on_one_line(folder: Folder) -> None:
    """A program writes it so."""
    many = [{"relativePath": f"/ep101/{number:06}.dpx", "sizeInBytes": number} for number in range(50_000)]
    folder.write({"m.yaml": MANIFEST, "l.json": json.dumps({"objects": many})})
    assert len(objects(folder)) == 50_000


def test_an_s3_inventory(folder: Folder) -> None:
    """Keys decoded, sizes kept; old versions, deleted files and markers of folders are left out."""
    folder.write(
        inventory(
            row("ep101/My+Clip+%231.mov"),
            row("ep101/%C3%A9t%C3%A9.mov", "0"),
            row("ep101/a%2Bb.mov", ""),
            row("ep101/", "0"),
            row("ep101/old.mov", latest="false"),
            row("ep101/gone.mov", deleted="true"),
        )
    )
    assert objects(folder) == {"/ep101/My Clip #1.mov": 5, "/ep101/été.mov": 0, "/ep101/a+b.mov": UNKNOWN_SIZE}


def test_an_inventory_with_other_columns(folder: Folder) -> None:
    """The manifest says which there are."""
    folder.write(inventory('"dailies","a.mov"', schema="Bucket, Key"))
    assert objects(folder) == {"/a.mov": UNKNOWN_SIZE}


BAD: dict[str, tuple[dict[str, str | bytes], str, str]] = {
    "no JSON": ({"l.json": '{"objects": nothing}'}, "l.json", "this is not JSON"),
    "no JSON inside": ({"l.json": '{"objects": [nothing]}'}, "l.json", "no object of a delivery"),
    "cut off": ({"l.json": BODY[:-4]}, "l.json", "cut off"),
    "more keys": ({"l.json": BODY.replace("]}", '], "more": 1}')}, "l.json", "holds more than"),
    "no objects": ({"l.json": '{"objects": []}'}, "l.json", "no object of a delivery"),
    "not an object": ({"l.json": '{"objects": [5]}'}, "l.json", "not a JSON object"),
    "a list inside": ({"l.json": '{"objects": [[{"relativePath": "/a"}]]}'}, "l.json", "not a JSON object"),
    "an odd key": ({"l.json": '{"objects": [{"path": "/a"}]}'}, "l.json", "unknown key"),
    "twice": ({"l.json": '{"objects": [{"relativePath": "/a"}, {"relativePath": "/a"}]}'}, "l.json", "a second time"),
    "another document": ({"l.json": '{"hello": 1}'}, "l.json", "no list of objects is known"),
    "broken": ({"l.json": '{"hello": }'}, "l.json", "this is not JSON"),
    "deep": ({"l.json": '{"a": ' + "[" * 100_000}, "l.json", "this is not JSON"),
    "orc": (inventory(fileFormat="ORC"), "l.json", "is written as `ORC`"),
    "no key": (inventory(schema="Bucket, Size"), "l.json", "no column Key"),
    "no files": (inventory(files=[]), "l.json", "no data files"),
    "odd files": (inventory(files=[{"key": 5}]), "l.json", "no data files"),
    "another ending": (inventory(files=[{"key": "data/x.parquet"}]), "l.json", "no data files"),
    "a file that is gone": (inventory(files=[{"key": "data/x.csv.gz"}]), "l.json", "is not beside it"),
    "too few fields": (inventory('"dailies","a.mov"'), "part-1.csv.gz", "2 fields, and the inventory says 7"),
    "an odd size": (inventory(row("a.mov", "many")), "part-1.csv.gz", "`Size` must be a whole number"),
    "a path that leads away": (inventory(row("..%2Fa.mov")), "part-1.csv.gz", "`..`"),
    "cut off data": (inventory(row("a.mov")) | {"part-1.csv.gz": gzip.compress(b"x" * 999)[:-9]}, "part-1.csv.gz", ""),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong(what: str, folder: Folder) -> None:
    """Each at its file, and nothing is taken in silence."""
    files, name, told = BAD[what]
    folder.write({"m.yaml": MANIFEST, **files})
    problems = folder.problems()
    assert any(each.place.file.endswith(name) and told in each.message for each in problems), problems


def test_an_inventory_of_several_files(folder: Folder) -> None:
    """All of them are one list, with no object twice."""
    files = [{"key": f"data/part-{number}.csv.gz"} for number in (1, 2)]
    made = inventory(row("a.mov"), files=files) | {"part-2.csv.gz": gzip.compress(f"{row('b.mov')}\n".encode())}
    folder.write(made)
    assert objects(folder) == {"/a.mov": 5, "/b.mov": 5}
    folder.write(made | {"part-2.csv.gz": made["part-1.csv.gz"]})
    [problem] = folder.problems()
    assert problem.place.file.endswith("l.json")
    assert "a second time" in problem.message


def test_each_object_has_its_line(folder: Folder) -> None:
    """Counted over the whole document."""
    folder.write({"m.yaml": MANIFEST, "l.json": BODY.replace("/c.mov", "/../c")})
    [problem] = folder.problems()
    assert problem.place.line == 3
