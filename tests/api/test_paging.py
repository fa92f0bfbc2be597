"""Where a list goes on: in each way that servers have of saying so, and never at another server."""

from __future__ import annotations

from typing import Any

import pytest

from jetplan.api.lists import Around
from jetplan.api.origin import parse_origin
from jetplan.api.paging import check_total, next_target
from jetplan.errors import ApiError

ORIGIN = parse_origin("https://jet.example/base")


def following(target: str = "/v1/jobs?a=1&next=old", link: str = "", **around: Any) -> str | None:
    """The next target."""
    return next_target(target, Around(**around), {"link": link} if link else {}, ORIGIN, "GET /v1/jobs")


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ({}, None),
        ({"next": None, "next_token": "", "next_page_token": 0, "links": []}, None),
        ({"next": "t2"}, "/v1/jobs?a=1&next=t2"),
        ({"next": 2}, "/v1/jobs?a=1&next=2"),
        ({"next_token": "a/b&c"}, "/v1/jobs?a=1&next=old&nextToken=a%2Fb%26c"),
        ({"next_page_token": "p"}, "/v1/jobs?a=1&next=old&nextPageToken=p"),
        ({"next": "t2", "next_token": "x", "next_page_token": "y"}, "/v1/jobs?a=1&next=t2"),
        ({"next_token": "x", "next_page_token": "y"}, "/v1/jobs?a=1&next=old&nextToken=x"),
        ({"next": "/base/v1/jobs?page=2"}, "/v1/jobs?page=2"),
        ({"next": "?page=2"}, "/v1/jobs?page=2"),
        ({"next": "https://jet.example/base/v1/jobs?page=2"}, "/v1/jobs?page=2"),
        ({"next": "https://jet.example:443/base/v1/jobs"}, "/v1/jobs"),
        ({"next": {"href": "/base/v1/jobs?page=3"}}, "/v1/jobs?page=3"),
        ({"next": {"href": "more"}}, "/v1/more"),
        ({"next": {"href": ""}}, None),
        ({"links": {"next": "/base/v1/jobs?page=4"}}, "/v1/jobs?page=4"),
        ({"links": {"next": {"href": "/base/v1/jobs?page=5"}}}, "/v1/jobs?page=5"),
        ({"links": {"next": "more"}}, "/v1/more"),
        ({"links": {"next": 5}}, None),
        ({"links": {"prev": "/base/v1/jobs"}}, None),
        ({"next": "/base/v1/jobs?page=1", "links": {"next": "/base/v1/jobs?page=2"}}, "/v1/jobs?page=1"),
    ],
)
def test_each_way_of_saying_it(around: dict[str, Any], expected: str | None) -> None:
    """A token is put into the query anew; a link is followed below the API's own prefix."""
    assert following(**around) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('</base/v1/jobs?page=2>; rel="next"', "/v1/jobs?page=2"),
        ("</base/v1/jobs?page=2>; rel=next", "/v1/jobs?page=2"),
        ('</base/x>; rel="prev", </base/v1/jobs?page=3>; title="a"; REL="NEXT"', "/v1/jobs?page=3"),
        ('</base/x>; rel="prev"', None),
    ],
)
def test_a_link_header(link: str, expected: str | None) -> None:
    """As RFC 8288 has it."""
    assert following(link=link) == expected


@pytest.mark.parametrize(
    "link",
    ["http://jet.example/base/v1/jobs", "https://evil.example/base/v1/jobs", "https://jet.example:444/base/v1/jobs"],
)
def test_another_server_is_not_asked(link: str) -> None:
    """It would get this server's token."""
    for way in ({"next": link}, {"links": {"next": link}}, {"link": f'<{link}>; rel="next"'}):
        with pytest.raises(ApiError, match="GET /v1/jobs: the list goes on at another server"):
            following(**way)


@pytest.mark.parametrize(
    ("url", "link", "same"),
    [
        ("http://127.0.0.1", "http://127.0.0.1/v1/x", True),
        ("http://127.0.0.1", "http://127.0.0.1:80/v1/x", True),
        ("http://127.0.0.1:80", "http://127.0.0.1/v1/x", True),
        ("http://127.0.0.1:443", "http://127.0.0.1/v1/x", False),
        ("https://jet.example:443", "https://jet.example/v1/x", True),
        ("https://jet.example:80", "https://jet.example/v1/x", False),
    ],
)
def test_a_port_that_goes_without_saying(url: str, link: str, same: bool) -> None:
    """http means 80 and https means 443, in the API's URL as in a link."""
    around, origin = Around(next=link), parse_origin(url)
    if same:
        assert next_target("/v1/jobs", around, {}, origin, "GET /v1/jobs") == "/v1/x"
    else:
        with pytest.raises(ApiError, match=r"^GET /v1/jobs: the list goes on at another server"):
            next_target("/v1/jobs", around, {}, origin, "GET /v1/jobs")


@pytest.mark.parametrize("link", ["/base/v1/jobs?a b", "/base/v1/jobs?\u00e9", "/base/v1/\x7f"])
def test_what_is_no_url_is_not_asked(link: str) -> None:
    """A target stands on a request line."""
    with pytest.raises(ApiError, match=r"^GET /v1/jobs: the link to the rest of the list cannot be a URL$"):
        following(next=link)


def test_a_list_that_says_it_is_longer_is_refused() -> None:
    """What is counted too low, or not at all, says nothing."""
    for around in (Around(), Around(total=3), Around(total=2), Around(total="9"), Around(total_result_count=3)):
        check_total(around, 3, "GET /v1/jobs")
    for around in (Around(total=4), Around(total_result_count=4), Around(total_result_count=1, total=4)):
        with pytest.raises(ApiError, match="GET /v1/jobs: the list has 4 items and 3 came") as caught:
            check_total(around, 3, "GET /v1/jobs")
        assert caught.value.hint == "jetplan does not plan from a part of a list. Please report this."
