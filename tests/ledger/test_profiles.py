"""What storage profiles were called: learned once, renamed with them, kept for each account. On both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desks import API, delivery, job

from jetplan.core.observed import ObservedProfile

if TYPE_CHECKING:
    from desks import Desk

NYC = ObservedProfile("nyc", "NYC Dailies", "ON_PREMISE_FILE_STORAGE", "file:///nyc")
LAX = ObservedProfile("lax", "LAX Ingest", "AWS_S3", "https://bucket.s3.us-west-2.example/lax")


def test_learned_for_what_is_recorded(desk: Desk) -> None:
    """Names, types and urls of the profiles that something was recorded for, and of no other."""
    desk.claim(delivery(), 0, "/a")
    desk.ledger.learn_profiles(desk.scope, [NYC, LAX, ObservedProfile("ldn", "London", "AWS_S3", "https://x.example")])
    assert desk.ledger.profiles(desk.scope) == [LAX, NYC]


def test_learned_for_what_is_about_to_be(desk: Desk) -> None:
    """The ends of routes that a run begins to use are named to it."""
    desk.ledger.learn_profiles(desk.scope, [NYC, LAX], {"lax"})
    assert desk.ledger.profiles(desk.scope) == [LAX]


def test_the_present_name_counts(desk: Desk) -> None:
    """A renamed profile is kept under its new name; what is no longer shown stays."""
    desk.claim(job(), 0)
    desk.ledger.learn_profiles(desk.scope, [NYC, LAX])
    renamed = ObservedProfile("lax", "LAX Archive", "WASABI_OBJECT_STORAGE", "https://other.example/lax")
    desk.ledger.learn_profiles(desk.scope, [renamed])
    assert desk.ledger.profiles(desk.scope) == [renamed, NYC]


def test_each_account_has_its_own(desk: Desk) -> None:
    """The same id in another account is another profile."""
    desk.claim(delivery(), 0, "/a")
    other = desk.ledger.ensure_scope(API, ["account-2"])
    desk.ledger.learn_profiles(desk.scope, [NYC])
    assert desk.ledger.profiles(other) == []
    desk.ledger.learn_profiles(other, [NYC])
    assert desk.ledger.profiles(other) == []
