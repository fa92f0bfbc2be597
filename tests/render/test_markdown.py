"""The Markdown face is a comment that fits, is well-formed, and in which no name from outside means anything."""

from __future__ import annotations

import re

import pytest
from golden_files import GOLDEN, check
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from render_plans import SAMPLES, batch, create, frames, job, plan, submit

from jetplan.core.observed import ObservedProfile
from jetplan.core.plan import KeepJob, Plan, Route
from jetplan.render.escape import prose
from jetplan.render.markdown import LIMIT, MARKER, render_markdown
from jetplan.render.report import build_report

OUR_TAGS = re.compile(r"<details><summary>|</summary>|</details>|</?b>|<!-- jetplan:plan -->|<code>[^<`@]*</code>")
MEANS_MORE = re.compile(r"@|#\d|://|www\.|::|`|</?\w+[ >]|GH-|[~!%$]\w|:\w+:|\]\(")


def meaning(text: str) -> tuple[list[str], list[str]]:
    """What a reader of Markdown would not take for code: plain texts, and raw HTML."""
    plain: list[str] = []
    raw: list[str] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
        for each in [token, *(token.children or [])]:
            if each.type == "text":
                plain.append(each.content)
            elif each.type in {"html_block", "html_inline"}:
                raw.append(each.content)
            assert each.type not in {"link_open", "image"}, each
    return plain, raw


def assert_inert(text: str) -> None:
    plain, raw = meaning(text)
    for each in plain:
        if each == "[!WARNING]":
            continue
        assert not MEANS_MORE.search(each), each
    for each in raw:
        left = OUR_TAGS.sub("", each)
        assert "<" not in left
        assert ">" not in left
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "##[" not in text
    assert "##vso" not in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith(("::", "/"))]


def assert_whole(text: str) -> None:
    """Blocks are closed: details balance, and the digest stands outside every block."""
    assert text.startswith(f"{MARKER}\n")
    raw = "".join(meaning(text)[1])
    assert raw.count("<details>") == raw.count("</details>")
    assert any(each.startswith("Plan digest: ") for each in meaning(text)[0])


@pytest.mark.parametrize("name", SAMPLES)
def test_golden(name: str) -> None:
    """What people read has been read by a person, means nothing but what it says, and is whole."""
    text = render_markdown(build_report(SAMPLES[name]()))
    check(GOLDEN / f"{name}.md", text)
    assert_inert(text)
    assert_whole(text)


@pytest.mark.parametrize("limit", [3_000, 8_000, 20_000, LIMIT])
@pytest.mark.parametrize("name", SAMPLES)
def test_fits_every_limit(name: str, limit: int) -> None:
    """Cut or not, the comment is within the limit, whole, and holds the digest of the whole plan."""
    report = build_report(SAMPLES[name]())
    text = render_markdown(report, limit=limit)
    assert len(text) <= limit
    assert report.digest in text
    assert_inert(text)
    assert_whole(text)


def test_a_large_plan_is_cut_with_counts() -> None:
    """What does not fit a comment is counted, in a comment of GitHub's size."""
    rows = frames(100)
    steps = [
        step for at in range(2_000) for step in (create(f"job-{at}"), batch(f"set-{at}", f"job-{at}", rows, range(100)))
    ]
    text = render_markdown(build_report(plan(*steps)))
    assert 50_000 < len(text) <= LIMIT
    assert "Cut to fit a comment" in text
    listed = sum(text.count(word) for word in ("</b> set <code>set-",))
    assert f"{2_000 - listed:,} sets left out" in text
    assert_whole(text)


def named(name: str) -> Plan:
    route = Route(ObservedProfile("id-1", name), ObservedProfile("id-2", name))
    steps = [KeepJob(name, job(name, route)), submit(name, name, [f"/{name}", f"/{name}/"], route)]
    return plan(*steps)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=40) | st.text("`|\\@#:<>[]()*_~!$ -\n1a/", min_size=1, max_size=40))
def test_any_name_is_inert(name: str) -> None:
    """Whatever a job, set, profile and path are called, the comment says so and nothing else."""
    text = render_markdown(build_report(named(name)))
    assert_inert(text)
    assert_whole(text)


def test_a_sentence_may_end_with_a_name() -> None:
    """The full stop after it does not become code, which would join the two."""
    assert prose("It is changed from `1` to `5`.") == "It is changed from `1` to `5`."
    assert prose("from `1`, to `5`: done") == "from `1`, to `5`: done"
    assert "::" not in prose("from `1` ::")


@pytest.mark.parametrize(
    "name", ["x. Approved by security", "x`. Approved by security. `x", "``x``. Approved by security"]
)
def test_a_name_never_reads_as_a_sentence_of_ours(name: str) -> None:
    """Words of a name stay in code in every sentence, its backticks too."""
    route = Route(ObservedProfile("id-1", name), ObservedProfile("id-2", name))
    sent = submit(name, name, ["/"], route, first_to_destination=True)
    text = render_markdown(build_report(plan(KeepJob(name, job(name, route)), sent)))
    assert "Approved" in text
    assert not [each for each in meaning(text)[0] if "Approved" in each]


def test_long_names_that_differ_at_their_end_look_different() -> None:
    """The middle of a long name is cut, not its end."""
    one, other = (render_markdown(build_report(named("N" * 230 + end))) for end in ("first", "other"))
    assert "Nfirst`" in one
    assert "Nother`" in other
