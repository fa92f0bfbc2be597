"""The bytes of requests that write, in the words of the API."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetplan.api.bodies import delivery_body, job_body, paused_body
from jetplan.core.objects import UNKNOWN_SIZE


def test_a_job_is_a_manual_one() -> None:
    """A job is created with a name, one transfer action and no trigger."""
    assert json.loads(job_body("nyc", "sp-1", "sp-2")) == {
        "name": "nyc",
        "actions": [
            {
                "type": "TRANSFER",
                "data": {"source": {"storageProfileId": "sp-1"}, "destination": {"storageProfileId": "sp-2"}},
            }
        ],
    }


@pytest.mark.parametrize(
    ("path", "size", "sent"),
    [
        ("/a.mxf", 5, {"relativePath": "/a.mxf", "sizeInBytes": 5, "isDirectory": False}),
        ("/a.mxf", 0, {"relativePath": "/a.mxf", "sizeInBytes": 0, "isDirectory": False}),
        ("/a.mxf", UNKNOWN_SIZE, {"relativePath": "/a.mxf", "isDirectory": False}),
        ("/audio/", UNKNOWN_SIZE, {"relativePath": "/audio", "isDirectory": True}),
        ("/audio/", 7, {"relativePath": "/audio", "isDirectory": True}),
        ("/", UNKNOWN_SIZE, {"relativePath": "/", "isDirectory": True}),
    ],
)
def test_an_object_in_the_apis_words(path: str, size: int, sent: object) -> None:
    """A folder loses its slash and has no size; a file has one where it is known; `/` is everything."""
    assert json.loads(delivery_body([path], [size])) == {"objects": [sent]}


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.integers(0, 2**53))))
def test_paths_arrive_unchanged_and_in_order(objects: list[tuple[str, int]]) -> None:
    """Whatever signs a path holds, the same ones are sent, in the order given."""
    paths = ["/" + path.rstrip("/") + "x" for path, _ in objects]
    sent = json.loads(delivery_body(paths, [size for _, size in objects]))["objects"]
    assert [(each["relativePath"], each["sizeInBytes"]) for each in sent] == [
        (path, size) for path, (_, size) in zip(paths, objects, strict=True)
    ]


def test_columns_of_different_length_are_refused() -> None:
    """A size too few would give files the sizes of others."""
    with pytest.raises(ValueError, match="zip"):
        delivery_body(["/a", "/b"], [1])


def test_pausing_is_one_key() -> None:
    """Pausing and resuming name nothing but that."""
    assert (paused_body(True), paused_body(False)) == (b'{"paused":true}', b'{"paused":false}')
