"""Asset maps of digital cinema and IMF packages as lists of objects, with the packing lists beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jetplan.core.objects import UNKNOWN_SIZE

if TYPE_CHECKING:
    from folders import Folder

MANIFEST = "apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {file: ASSETMAP.xml}\n"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SMPTE = "http://www.smpte-ra.org/schemas/429-9/2007/AM"
INTEROP = "http://www.digicine.com/PROTO-ASDCP-AM-20040311#"


def asset(number: int, path: str, more: str = "", chunk: str = "") -> str:
    """One asset of one file, on one line."""
    return (
        f"<Asset><Id>urn:uuid:0000000{number}</Id>{more}<ChunkList><Chunk><Path>{path}</Path>"
        f"<VolumeIndex>1</VolumeIndex>{chunk}</Chunk></ChunkList></Asset>"
    )


def amap(*assets: str, namespace: str = SMPTE) -> str:
    """A map whose first asset stands on line 4."""
    return (
        f'{HEAD}<AssetMap xmlns="{namespace}"><Id>urn:uuid:1</Id><Creator>c</Creator>\n<AssetList>\n'
        + "\n".join(assets)
        + "\n</AssetList>\n</AssetMap>\n"
    )


PACKING = "<PackingList>true</PackingList>"
WHOLE = amap(
    asset(1, "PKL_1.xml", PACKING),
    asset(2, "video &amp; a.mxf", chunk="<Offset>0</Offset><Length>5368709120</Length>"),
    asset(3, "audio/b.mxf"),
)


def packing_list(*assets: tuple[int, int]) -> str:
    """A packing list of assets by number and size; the first stands on line 3."""
    entries = "\n".join(
        f"<Asset><Id>urn:uuid:0000000{number}</Id><Hash>2jmj7l5rSw0yVb/vlWAYkK/YBwk=</Hash><Size>{size}</Size>"
        "<Type>application/mxf</Type></Asset>"
        for number, size in assets
    )
    namespace = "http://www.smpte-ra.org/schemas/2067-2/2016/PKL"
    begin = f'{HEAD}<PackingList xmlns="{namespace}"><Id>urn:uuid:1</Id><AssetList>'
    return f"{begin}\n{entries}\n</AssetList></PackingList>\n"


@pytest.mark.parametrize("name", ["ASSETMAP.xml", "ASSETMAP", "package.xml"])
@pytest.mark.parametrize("namespace", [SMPTE, INTEROP], ids=["smpte", "interop"])
def test_files_and_sizes(folder: Folder, name: str, namespace: str) -> None:
    """The files are the objects, the packing list too; a length is a size."""
    folder.write({"a.yaml": MANIFEST.replace("ASSETMAP.xml", name), name: WHOLE.replace(SMPTE, namespace)})
    objects = folder.read().spec.sets["s"].objects
    assert list(objects.paths) == ["/PKL_1.xml", "/video & a.mxf", "/audio/b.mxf"]
    assert list(objects.sizes) == [UNKNOWN_SIZE, 5368709120, UNKNOWN_SIZE]


def test_the_packing_list_beside_it(folder: Folder) -> None:
    """It tells sizes that the map does not."""
    folder.write({"a.yaml": MANIFEST, "ASSETMAP.xml": WHOLE, "PKL_1.xml": packing_list((2, 5368709120), (3, 7))})
    reading = folder.read()
    assert (list(reading.spec.sets["s"].objects.sizes), reading.warnings) == ([UNKNOWN_SIZE, 5368709120, 7], ())


def test_a_packing_list_that_disagrees(folder: Folder) -> None:
    """Another size is refused at its place; an asset that the map lacks is a warning."""
    folder.write({"a.yaml": MANIFEST, "ASSETMAP.xml": WHOLE, "PKL_1.xml": packing_list((3, 7), (9, 1))})
    (warning,) = folder.read().warnings
    assert (warning.place.file.endswith("PKL_1.xml"), warning.place.line) == (True, 4)
    folder.write({"PKL_1.xml": packing_list((3, 7), (2, 8))})
    (problem,) = folder.problems()
    assert (problem.place.line, problem.code, "5,368,709,120" in problem.message) == (4, "list-package", True)


def test_a_packing_list_is_opened_safely(folder: Folder) -> None:
    """Neither outside of the folder, nor through a link; and it must be one."""
    folder.write({"a.yaml": MANIFEST, "ASSETMAP.xml": WHOLE})
    (folder.root / "PKL_1.xml").symlink_to("/etc/passwd")
    assert {each.code for each in folder.problems()} == {"symlink"}
    (folder.root / "PKL_1.xml").unlink()
    folder.write({"PKL_1.xml": HEAD + "<hashlist/>\n"})
    assert [(each.place.line, each.code) for each in folder.problems()] == [(2, "list-line")]


CHUNKS = "</Chunk><Chunk><Path>b.mxf</Path><Offset>5</Offset><Length>6</Length>"
REFUSED = {
    "no file": (amap(), [(5, "no-objects")]),
    "cut off": (WHOLE[:-30], [(6, "list-line")]),
    "entities": (WHOLE.replace(HEAD, HEAD + '<!DOCTYPE x [<!ENTITY a "b">]>\n'), [(2, "list-line")]),
    "a packing list": (packing_list((1, 2)), [(2, "list-line")]),
    "a hash list": (HEAD + '<hashlist version="1.1"/>\n', [(2, "list-line")]),
    "another namespace": (WHOLE.replace(SMPTE, "urn:x"), [(2, "list-line")]),
    "another document": (HEAD + "<svg/>\n", [(2, "list-line")]),
    "deep": (amap("<x>" * 100 + "</x>" * 100), [(4, "list-line")]),
    "no path": (amap(asset(1, "")), [(4, "missing-key")]),
    "two paths": (amap(asset(1, "a</Path><Path>b")), [(4, "list-line")]),
    "an element in a path": (amap(asset(1, "a<b/>c")), [(4, "list-line")]),
    "a length of words": (amap(asset(1, "a", chunk="<Length>1 GB</Length>")), [(4, "wrong-type")]),
    "a chunk elsewhere": (amap("<Chunk><Path>a</Path></Chunk>"), [(4, "list-line")]),
    "an asset inside another": (amap(asset(1, "a", more=asset(2, "b"))), [(4, "list-line")]),
    "another volume": (amap(asset(1, "a").replace(">1</Vol", ">2</Vol")), [(4, "list-line")]),
    "encoded": (amap(asset(1, "a%20b.mxf")), [(4, "list-line")]),
    "a URL": (amap(asset(1, "file:///a.mxf")), [(4, "path-url")]),
    "a folder": (amap(asset(1, "a/")), [(4, "list-line")]),
    "the folder above": (amap(asset(1, "a"), asset(2, "../b")), [(5, "path-dots")]),
    "twice": (amap(asset(1, "a"), asset(2, "a")), [(5, "path-twice")]),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_asset_map_is_refused(folder: Folder, case: Any) -> None:
    """Nothing is expanded, fetched, decoded or guessed; each problem has its line."""
    text, expected = REFUSED[case]
    folder.write({"a.yaml": MANIFEST, "ASSETMAP.xml": text})
    assert sorted({(each.place.line, each.code) for each in folder.problems()}) == expected


def test_a_file_in_parts(folder: Folder) -> None:
    """Each part of an asset is a file; the length of a later part is not taken for a size."""
    folder.write({"a.yaml": MANIFEST, "ASSETMAP.xml": amap(asset(1, "a.mxf", chunk=f"<Length>5</Length>{CHUNKS}"))})
    objects = folder.read().spec.sets["s"].objects
    assert list(zip(objects.paths, objects.sizes, strict=True)) == [("/a.mxf", 5), ("/b.mxf", UNKNOWN_SIZE)]


@pytest.mark.parametrize("path", ["sub/PKL_1.xml", "PKL_1.pkl"])
def test_a_packing_list_elsewhere_is_passed_over(folder: Folder, path: str) -> None:
    """Only one that lies beside the map under a name that the cache watches is held against it."""
    text = packing_list((2, 5))
    folder.write({"a.yaml": MANIFEST, "ASSETMAP.xml": WHOLE.replace("PKL_1.xml", path), path: text})
    assert folder.read().warnings == ()
