"""Which recorded profiles a profile may have taken the place of."""

from __future__ import annotations

import pytest

from jetplan.core.observed import ObservedProfile
from jetplan.core.places import former_profiles

OLD = ObservedProfile("old", "LAX Ingest", "AWS_S3", "https://bucket.s3.example/lax")


@pytest.mark.parametrize(
    ("name", "url", "same"),
    [
        ("LAX Ingest", "https://bucket.s3.example/lax", True),
        ("Renamed", "https://bucket.s3.example/lax", True),
        ("Renamed", "HTTPS://Bucket.S3.example/lax/", True),
        ("LAX Ingest", "https://other.s3.example/lax", True),
        ("LAX Ingest", "", True),
        ("Renamed", "https://bucket.s3.example/LAX", False),
        ("Renamed", "https://bucket.s3.example/lax2", False),
        ("Renamed", "", False),
        ("", "", False),
    ],
)
def test_a_profile_with_another_id(name: str, url: str, same: bool) -> None:
    """The same url, or the same name, may be the same place; a profile that says neither is none."""
    new = ObservedProfile("new", name, "AWS_S3", url)
    assert former_profiles([new], [OLD], {"new"}) == ({"new": (OLD,)} if same else {})


def test_two_profiles_side_by_side_are_two_places() -> None:
    """`file:///media` on two endpoints has one url; while both are there, nothing was made anew."""
    new = ObservedProfile("new", OLD.name, OLD.storage_type, OLD.url)
    assert former_profiles([new], [OLD], {"new", "old"}) == {}


def test_a_profile_is_not_its_own_predecessor() -> None:
    """What is recorded under its own id is no former one, even where no list shows it."""
    assert former_profiles([OLD], [OLD], set()) == {}
