"""A URL is shown by what is known to be harmless, and never with a secret, however it is spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetplan.core.addresses import address_of, shown_url

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://jet:hunter2@db.example.com:5432/jetplan", "postgresql://jet@db.example.com:5432/jetplan"),
        ("postgresql://db/jetplan?user=jet&password=hunter2", "postgresql://db/jetplan?user=jet"),
        ("postgresql://db/d?sslpassword=hunter2&sslmode=disable", "postgresql://db/d?sslmode=disable"),
        ("postgresql://jet:hunter2@a:1,b:2/d", "postgresql://jet@a:1,b:2/d"),
        ("postgresql://:hunter2@[::1]:5432/d", "postgresql://[::1]:5432/d"),
        ("postgresql:///d?host=/run/postgresql&options=-csearch_path%3Djet", None),
        ("postgresql://db/d?options=-c%20jet.key%3Dhunter2", "postgresql://db/d"),
        ("postgresql://jet:p@hunter2@db/d", "postgresql://(not shown)"),
        ("postgresql://jet:hun/hunter2@db/d", "postgresql://(not shown)"),
        ("postgresql://jet:12/hunter2@db/d", "postgresql://(not shown)"),
        ("postgresql://jet:12?hunter2@db/d", "postgresql://(not shown)"),
        ("postgresql://jet:12#hunter2@db/d", "postgresql://(not shown)"),
        ("postgresql://db/d?password=a@hunter2", "postgresql://(not shown)"),
        ("postgresql://db:hunter2/d", "postgresql://(not shown)"),
        ("postgresql://jet:hun:hunter2@db/d", "postgresql://(not shown)"),
        ("https://id:hunter2@jet.example.com/x", "https://id@jet.example.com/x"),
        ("https://jet.example.com/x?token=hunter2", "https://jet.example.com/x"),
        ("sqlite:////srv/a b/ledger.db", None),
        ("sqlite:///ledger.db?password=hunter2", "sqlite:///ledger.db"),
        ("hunter2", "(not shown)"),
        ("hunter2 x://db", "(not shown)"),
        ("", "(not shown)"),
    ],
)
def test_what_is_shown(url: str, shown: str | None) -> None:
    """Scheme, user, hosts, port, database and harmless parameters; nothing of what cannot be told apart."""
    assert shown_url(url) == (url if shown is None else shown)


SECRETS = st.text("@/:?#%&=,;[]\\ \t.-_~!aZ9é", max_size=6).map(lambda noise: f"{noise}{SECRET}{noise}")


@given(
    SECRETS,
    st.sampled_from([
        "postgresql://jet:{}@db.example.com:5432/jetplan?sslmode=require",
        "postgresql://jet:{}@a,b/jetplan",
        "postgresql://:{}@db/jetplan",
        "postgresql://db/jetplan?user=jet&password={}",
        "postgresql://db/jetplan?sslpassword={}&sslmode=require",
        "postgresql://db/jetplan?sslmode=require&passwd={}",
        "https://id:{}@jet.example.com",
    ]),
)  # fmt: skip
def test_no_spelling_of_a_password_is_shown(secret: str, form: str) -> None:
    """Whatever stands unencoded in a password, no part of it comes out."""
    assert SECRET not in shown_url(form.format(secret))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("postgresql://u:a@db:5432/d", "postgresql://v@DB:5432/d?sslmode=require"),
        ("postgresql:///d?host=db", "postgresql://ignored/d?host=db"),
        ("postgresql://db/x?dbname=d", "postgresql://db/d"),
    ],
)
def test_the_same_place(one: str, other: str) -> None:
    """User and parameters aside, a place is its hosts and its database."""
    first, second = address_of(one), address_of(other)
    assert first is not None
    assert second is not None
    assert first.place == second.place
