"""Names that look alike are shown with their ids."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import LAX, declared, observed, spec, wanted

from jetplan.core.diff import diff
from jetplan.core.limits import Limits, refusals
from jetplan.core.lookalikes import alike
from jetplan.core.observed import NAME_AS_ID, ObservedProfile
from jetplan.core.spec import ProfileRef
from jetplan.render.report import build_report
from jetplan.render.text import render_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LAX Ingest", "L\u0410X Ingest"),
        ("LAX Ingest", "LAX lngest"),
        ("LAX Ingest", "lax  ingest"),
        ("LAX Ingest", "LAX_Ingest"),
        ("LAX Ingest", "LAX Ing\u00e9st"),
        ("LAX Ingest", "\uff2c\uff21\uff38 Ingest"),
        ("Store 10", "Store lO"),
        ("modern", "modem"),
        ("b", "\u042c"),
        ("store", "\ua731\u1d1b\u1d0f\u0280\u1d07"),
        ("\u039f\u03c1\u03b1", "Opa"),
    ],
)
def test_alike(one: str, other: str) -> None:
    """Another script, another case, other spaces, accents, full width, digits for letters."""
    assert alike([one, other, "Archive"]) == {one, other}


@pytest.mark.parametrize("other", ["LAX Ingest 2", "LAX Egress", "NYC Ingest"])
def test_not_alike(other: str) -> None:
    """Names that differ in a letter or digit that shows."""
    assert alike(["LAX Ingest", other]) == frozenset()


@pytest.mark.parametrize("name", ["L\u0410X Ingest", "St\u03bfre", "\u13aaBC"])
def test_a_word_of_two_scripts_is_odd_alone(name: str) -> None:
    """Also where nothing is there that it looks like: the other one may be on another account."""
    assert alike([name, "Archive"]) == {name}


@pytest.mark.parametrize(
    "name", ["\u0421\u0442\u0443\u0434\u0438\u044f LAX", "Z\u00fcrich", "\u6771\u4eac In", "\u03b2-Test"]
)
def test_words_of_one_script_each_are_not(name: str) -> None:
    """Names of people who write another script beside Latin."""
    assert alike([name, "Archive"]) == frozenset()


def test_one_that_looks_like_the_destination_is_told_by_its_id() -> None:
    """The id stands beside the name wherever it is shown."""
    odd = ObservedProfile("id-odd", "LA\u0425 Ingest")
    plan = diff(spec(declared(), wanted("s", "/a")), observed(profiles=[*observed().profiles, odd]))
    assert "LAX Ingest (p-lax)" in render_text(build_report(plan), color=False, width=200)
    unasked = replace(LAX, profile_id=f"{NAME_AS_ID}LA\u0425", name="LA\u0425", looks_alike=True)
    assert str(unasked) == "LA\u0425 (LA\\u0425)"
    assert str(replace(unasked, profile_id=f"{NAME_AS_ID}LAX", name="LAX")) == "LAX"
    plain = diff(spec(declared(), wanted("s", "/a")), observed())
    assert "LAX Ingest (p-lax)" not in render_text(build_report(plain), color=False, width=200)


@pytest.mark.parametrize("other", ["LA\u0425 Ingest", "LAX Ingest"])
def test_a_limit_names_it_so_that_the_hint_leads_out(other: str) -> None:
    """Where another name looks like it or is the same, the flag that lifts the refusal names the id, and lifts it."""
    odd = ObservedProfile("id-odd", other)
    reference = ProfileRef(profile_id="p-lax")
    there = observed(profiles=[*observed().profiles, odd])
    plan = diff(spec(declared(destination=reference), wanted("s", "/a")), there)
    (refused,) = refusals(plan, Limits(destinations=frozenset()))
    assert refused.flag == "--allow-destination p-lax"
    assert refusals(plan, Limits(destinations=frozenset({"p-lax"}))) == ()


def test_a_limit_names_an_unasked_profile_by_its_name() -> None:
    """Offline there is no id."""
    assert replace(LAX, profile_id=f"{NAME_AS_ID}LAX", name="LAX", looks_alike=True).limit_name == "LAX"
