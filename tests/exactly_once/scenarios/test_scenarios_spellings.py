"""A path that is spelled in another way in a later commit: it may be the same file, so a person is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import counting
import pytest
from counting import CountingJet

if TYPE_CHECKING:
    from stage import Stage

APPLY = "jetplan apply --auto-approve"
NFC, NFD = "/caf\u00e9.mxf", "/cafe\u0301.mxf"


@pytest.mark.parametrize(
    ("before", "after"),
    [("/ep101/a.mxf", "/Ep101/a.mxf"), ("/EP101/A.MXF", "/ep101/a.mxf"), (NFC, NFD), (NFD, NFC), ("/Ep/", "/ep/a.mxf")],
    ids=["upper", "lower", "composed", "decomposed", "folder"],
)
def test_another_spelling_in_a_later_commit(project: Stage, jet: CountingJet, before: Any, after: Any) -> None:
    """It is not sent, by the same set or by another; the plan names the spelling that was sent."""
    project.write_set(before)
    project.run(APPLY)
    for name in ("masters", "others"):
        project.write_set(after)
        text = (project.project / "manifests/main.yaml").read_text().replace("masters", name)
        project.write(text)
        told = " ".join(project.run(APPLY, code=1).out.split())
        assert "spelled " in told
        assert sum(jet.objects.values()) == 1


@pytest.mark.parametrize("word", ["overlap: send", "allowCaseTwins: true"])
def test_a_persons_word_on_it(project: Stage, jet: CountingJet, word: str) -> None:
    """It is another file, or it is to go again."""
    project.write_set("/ep101/a.mxf")
    project.run(APPLY)
    project.write_set("/Ep101/a.mxf", extra=word)
    project.run(APPLY)
    assert jet.objects == {"/ep101/a.mxf": 1, "/Ep101/a.mxf": 1}


def test_it_is_there_already(project: Stage, jet: CountingJet) -> None:
    """`overlap: skip` sends only the rest."""
    project.write_set("/ep101/a.mxf")
    project.run(APPLY)
    project.write_set("/Ep101/a.mxf", "/b.mxf", extra="overlap: skip")
    project.run(APPLY)
    assert jet.objects == {"/ep101/a.mxf": 1, "/b.mxf": 1}


@pytest.mark.parametrize(
    ("before", "after", "word"), [(NFC, NFD, "allowCaseTwins: true"), ("/a.mxf", "/A.mxf", "allowUnicodeTwins: true")]
)
def test_another_word_is_no_word_on_it(project: Stage, jet: CountingJet, before: Any, after: Any, word: str) -> None:
    """That case makes two files says nothing of how accents are encoded, and the other way round."""
    project.write_set(before)
    project.run(APPLY)
    project.write_set(after, extra=word)
    project.run(APPLY, code=1)
    assert jet.objects == {before: 1}


@pytest.mark.parametrize(
    ("one", "other"), [("/ep/a.mxf", "/Ep/a.mxf"), (NFC, NFD), ("/Ep/", "/ep/a.mxf"), ("/ep/a.mxf", "/EP/")]
)
def test_two_sets_of_one_commit_that_spell_it_otherwise(project: Stage, jet: CountingJet, one: Any, other: Any) -> None:
    """The first set in the manifests has it; the second waits for a word, and `overlap` or an allowance says it."""
    project.write_set(one)
    text = (project.project / "manifests/main.yaml").read_text()
    second = "  others:\n    job: nyc-to-lax\n{}    objects:\n      - {}\n"
    project.write(text + second.format("", other))
    project.run(APPLY, code=8)
    project.run(APPLY, code=1)
    assert jet.objects == {one.rstrip("/"): 1}
    project.write(text + second.format("    overlap: send\n", other))
    project.run(APPLY)
    assert jet.objects == {one.rstrip("/"): 1, other.rstrip("/"): 1}


def test_a_destination_made_anew_hides_no_other_spelling(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both at once: another id of the profile, and another spelling of the path."""
    project.write_set("/ep101/a.mxf")
    project.run(APPLY)
    monkeypatch.setattr(counting, "PROFILES", {"src-1": "NYC Dailies", "dst-2": "LAX Ingest"})
    jet.urls["dst-2"] = jet.urls["dst-1"]
    jet.jobs.clear()
    project.write_set("/EP101/a.mxf")
    project.run(APPLY, code=None)
    assert jet.objects == {"/ep101/a.mxf": 1}
