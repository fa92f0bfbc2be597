"""Storage profiles and jobs that were deleted and made again: what was sent there before is not sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import counting
import pytest
from counting import CountingJet

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Stage

APPLY = "jetplan apply --auto-approve"


@pytest.fixture
def renew(jet: CountingJet, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Deletes a profile and makes it anew, with its jobs; a name or url may be another."""

    def renewing(old: Any, new: Any, name: Any = None, url: Any = None) -> None:
        profiles = dict(counting.PROFILES)
        profiles[new] = name or profiles[old]
        del profiles[old]
        monkeypatch.setattr(counting, "PROFILES", profiles)
        jet.urls[new] = url or jet.urls[old]
        jet.jobs.clear()

    return renewing


@pytest.mark.parametrize(
    ("name", "url"),
    [(None, None), ("LAX Renamed", None), (None, "file:///moved")],
    ids=["as it was", "under another name", "at another url"],
)
def test_a_destination_that_was_made_anew(
    project: Stage, jet: CountingJet, renew: Callable[..., None], name: str | None, url: str | None
) -> None:
    """Its new id hides nothing: a person says whether it is the same place. It is no first delivery."""
    project.write_set("/a.mxf", "/x/")
    project.run(APPLY)
    renew("dst-1", "dst-2", name, url)
    text = "".join((project.project / "manifests/main.yaml").read_text())
    project.write(text.replace("LAX Ingest", name or "LAX Ingest"))
    for line in ("jetplan plan", APPLY, APPLY):
        told = " ".join(project.run(line, code=1 if line == "jetplan plan" else None).out.split())
        assert "before this destination was made anew (it was LAX Ingest, id dst-1)" in told
        assert "First delivery" not in told
    assert jet.objects == {"/a.mxf": 1, "/x": 1}


@pytest.mark.parametrize(("word", "sent"), [("skip", 1), ("send", 2)])
def test_a_persons_word_on_it(
    project: Stage, jet: CountingJet, renew: Callable[..., None], word: str, sent: int
) -> None:
    """`overlap` says what is meant, as for any other set."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    renew("dst-1", "dst-2")
    project.write_set("/a.mxf", "/b.mxf", extra=f"overlap: {word}")
    assert "First delivery" not in project.run("jetplan plan").out
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": sent, "/b.mxf": 1}


def test_a_source_that_was_made_anew(project: Stage, jet: CountingJet, renew: Callable[..., None]) -> None:
    """The set is another subject by its source's id, and is met at the destination."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    renew("src-1", "src-2")
    assert "from another storage profile (id src-1)" in " ".join(project.run("jetplan plan", code=1).out.split())
    project.run(APPLY, code=None)
    assert jet.objects == {"/a.mxf": 1}


def test_a_job_that_was_made_anew(project: Stage, jet: CountingJet) -> None:
    """A new id on the same route changes nothing: what was sent stays sent."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    jet.jobs.clear()
    project.run(APPLY)
    assert jet.job_posts == {"nyc-to-lax": 2}
    assert jet.objects == {"/a.mxf": 1}


def test_two_places_side_by_side(project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second profile of the same url beside the first is another place: a first delivery, which is said."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    monkeypatch.setattr(counting, "PROFILES", {**counting.PROFILES, "dst-2": "London"})
    jet.urls["dst-2"] = jet.urls["dst-1"]
    text = (project.project / "manifests/main.yaml").read_text()
    project.write(
        text.replace("deliverySets:", "  to-london:\n    source: NYC Dailies\n    destination: London\ndeliverySets:")
        + "  london:\n    job: to-london\n    objects:\n      - /a.mxf\n"
    )
    assert "First delivery to `London` in this ledger" in project.run("jetplan plan").out
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 2}
