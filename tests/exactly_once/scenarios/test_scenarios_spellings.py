"""A path that is spelled in another way in a later commit: it may be the same file, so a person is asked."""

from __future__ import annotations

import pytest

APPLY = "jetplan apply --auto-approve"
NFC, NFD = "/caf\u00e9.mxf", "/cafe\u0301.mxf"


@pytest.mark.parametrize(
    ("before", "after"),
    [("/ep101/a.mxf", "/Ep101/a.mxf"), ("/EP101/A.MXF", "/ep101/a.mxf"), (NFC, NFD), (NFD, NFC), ("/Ep/", "/ep/a.mxf")],
    ids=["upper", "lower", "composed", "decomposed", "folder"],
)
def test_another_spelling_in_a_later_commit(project, jet, before, after):
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
def test_a_persons_word_on_it(project, jet, word):
    """It is another file, or it is to go again."""
    project.write_set("/ep101/a.mxf")
    project.run(APPLY)
    project.write_set("/Ep101/a.mxf", extra=word)
    project.run(APPLY)
    assert jet.objects == {"/ep101/a.mxf": 1, "/Ep101/a.mxf": 1}


def test_it_is_there_already(project, jet):
    """`overlap: skip` sends only the rest."""
    project.write_set("/ep101/a.mxf")
    project.run(APPLY)
    project.write_set("/Ep101/a.mxf", "/b.mxf", extra="overlap: skip")
    project.run(APPLY)
    assert jet.objects == {"/ep101/a.mxf": 1, "/b.mxf": 1}
