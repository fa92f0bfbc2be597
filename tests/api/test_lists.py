"""Lists: read in slices, whole or not at all, and leniently item by item."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetplan.api import lists
from jetplan.api.lists import ListReader
from jetplan.api.reading import NotJson
from jetplan.api.wire import JobFile
from jetplan.errors import ApiError, Unreachable

if TYPE_CHECKING:
    import socket

    from rawserver import Asked, Connect, Serve, Wire


class Item(msgspec.Struct):
    """What these tests read of an item."""

    id: str
    note: object = None


class Strict(msgspec.Struct):
    """The same with a type that items may miss."""

    id: str
    note: str | None = None


TRAPS = st.sampled_from(['},{"id":', "]}", '\\"', '{"id":"', "\\", "},", "é\u2028", "]", "}"])
VALUES = st.recursive(
    st.none() | st.integers(-9, 9) | TRAPS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "items", "x"]) | TRAPS, inner),
    max_leaves=12,
)
ITEMS = st.lists(st.fixed_dictionaries({"id": st.text(max_size=9) | TRAPS}, optional={"note": VALUES, "x": VALUES}))
AROUND = st.dictionaries(st.sampled_from(["total", "x", "links"]) | TRAPS, VALUES, max_size=3)


@pytest.fixture(autouse=True, scope="module")
def _small_slices() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "SLICE", 48)
        yield


def _pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@given(ITEMS, AROUND, AROUND, st.integers(1, 200), st.sampled_from([None, 2, "\t"]), st.booleans())
def test_slices_read_what_the_whole_holds(
    items: Any, before: Any, after: Any, size: int, indent: Any, ascii_only: bool
) -> None:
    """However items look and wherever the pieces end, reading in slices gives what decoding the whole gives."""
    said = {**before, "items": items, **{f"_{key}": value for key, value in after.items()}}
    body = json.dumps(said, indent=indent, ensure_ascii=ascii_only).encode()
    page = ListReader(Item, "GET /x").read(_pieces(body, size))
    assert [(item.id, item.note) for item in page.items] == [(item["id"], item.get("note")) for item in items]
    assert page.around.total == before.get("total")


@given(ITEMS, st.integers(1, 200), st.data())
def test_odd_items_are_read_one_by_one(items: Any, size: int, data: Any) -> None:
    """An optional key of another type is left out, and every other item is as it was."""
    body = json.dumps({"items": items}).encode()
    page = ListReader(Strict, "GET /x").read(_pieces(body, size))
    texts = [item.get("note") if isinstance(item.get("note"), str) else None for item in items]
    assert [(item.id, item.note) for item in page.items] == list(zip([i["id"] for i in items], texts, strict=True))


@given(ITEMS, st.integers(1, 200), st.data())
def test_a_cut_list_is_never_whole(items: Any, size: int, data: Any) -> None:
    """A body that ends anywhere before its end is no list."""
    body = json.dumps({"items": items}).encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(NotJson):
        ListReader(Item, "GET /x").read(_pieces(body[:cut], size))


@given(st.integers(0, 30), st.integers(1, 200))
def test_a_missing_key_names_its_item(at: int, size: int) -> None:
    """The error for a missing required key names the call, the item's number and the key."""
    items = [{"id": "x"} for _ in range(31)]
    items[at] = {"note": "n"}
    with pytest.raises(ApiError) as missing:
        ListReader(Item, "GET /x", before=100).read(_pieces(json.dumps({"items": items}).encode(), size))
    assert missing.value.message == f"GET /x: items[{100 + at}] has no `id`"


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{}", b'{"items":{}}', b'{"items":null}'])
def test_an_answer_that_is_no_list(body: bytes, serve: Serve, connect: Connect, wire: Wire) -> None:
    """JSON of another shape is an error that names the call, not an empty list."""
    with pytest.raises(ApiError, match="GET /v1/jobs: "):
        connect(serve(wire.answer(body)).url).list_jobs()


def test_what_is_decoded_is_forgotten() -> None:
    """The text held at any time is a few slices, not the list."""
    held = []
    reader = ListReader(Item, "GET /x")

    def pieces() -> Any:
        yield b'{"items":['
        for n in range(2000):
            held.append(len(reader._held))
            yield b'{"id":"%d","x":{"id":[{"id":"y"}]}},' % n
        yield b'{"id":"last"}]}'

    assert len(reader.read(pieces()).items) == 2001
    assert max(held) < 500


def _file(n: int) -> dict[str, Any]:
    return {"url": f"file:///{n}", "state": "COMPLETED"}


@pytest.mark.parametrize(
    ("around", "header", "second"),
    [
        ({"next": "/v1/jobs/j/files?page=2"}, "", "/v1/jobs/j/files?page=2"),
        ({"next": "?page=2"}, "", "/v1/jobs/j/files?page=2"),
        ({"next": {"href": "/v1/x"}}, "", "/v1/x"),
        ({"links": {"next": "/v1/x?a=b"}}, "", "/v1/x?a=b"),
        ({"links": {"next": {"href": "/v1/x"}}}, "", "/v1/x"),
        ({"next": "abc=="}, "", "/v1/jobs/j/files?state=COMPLETED&next=abc%3D%3D"),
        ({"nextToken": "t&1"}, "", "/v1/jobs/j/files?state=COMPLETED&nextToken=t%261"),
        ({"nextPageToken": 7}, "", "/v1/jobs/j/files?state=COMPLETED&nextPageToken=7"),
        ({}, 'Link: </v1/y?p=1>; rel="prev", </v1/y?p=2>; rel="next"', "/v1/y?p=2"),
    ],
)
def test_a_list_that_goes_on_is_followed(
    around: Any, header: str, second: str, serve: Serve, connect: Connect, wire: Wire
) -> None:
    """Whatever spelling announces more, the rest is fetched and the items come in order."""

    def play(sock: socket.socket, asked: Asked) -> bool:
        first = len(server.asked) == 1
        said = {"items": [_file(1 if first else 2)], "total": 2, **(around if first else {})}
        sock.sendall(wire.answer(json.dumps(said).encode(), "200 OK", *([header] if header and first else [])))
        return True

    server = serve(play)
    files = connect(server.url).list_files("j", "COMPLETED")
    assert [file.url for file in files] == ["file:///1", "file:///2"]
    assert [asked.target for asked in server.asked] == ["/v1/jobs/j/files?state=COMPLETED", second]


@pytest.mark.parametrize("link", ["http://127.0.0.1:1/x", "https://evil.example/x", "//evil.example/x"])
def test_a_list_is_not_followed_elsewhere(link: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """A link to another server would carry the token there."""
    server = serve(wire.answer(json.dumps({"items": [], "next": link}).encode()))
    with pytest.raises(ApiError, match="another server"):
        connect(server.url).list_jobs()
    assert len(server.asked) == 1


def test_a_list_without_end_is_noticed(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A list whose next page is itself is an error, not a loop."""
    server = serve(wire.answer(b'{"items":[],"nextToken":"same"}'))
    with pytest.raises(ApiError, match="circle"):
        connect(server.url).list_jobs()
    assert len(server.asked) == 2


@pytest.mark.parametrize("key", ["total", "totalResultCount"])
def test_a_list_that_announces_more_than_came(key: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """A truncated list is never taken for the whole."""
    server = serve(wire.answer(json.dumps({"items": [_file(1)], key: 2}).encode()))
    with pytest.raises(ApiError, match="has 2 items and 1 came"):
        connect(server.url).list_files("j", "COMPLETED")


def test_lists_come_packed(serve: Serve, connect: Connect, wire: Wire) -> None:
    """Lists are asked for in gzip and read from it."""
    body = json.dumps({"items": [_file(n) for n in range(500)]}).encode()
    server = serve(wire.answer(gzip.compress(body), "200 OK", "Content-Encoding: gzip"))
    files = connect(server.url).list_files("j", "COMPLETED")
    assert files == [JobFile(f"file:///{n}", "COMPLETED") for n in range(500)]
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_a_packed_list_that_is_cut_is_not_whole(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A gzip stream that ends early fails, also where the text in it looks whole."""
    body = gzip.compress(b'{"items":[]}')[:-4]
    with pytest.raises(Unreachable):
        connect(serve(wire.answer(body, "200 OK", "Content-Encoding: gzip")).url).list_jobs()
