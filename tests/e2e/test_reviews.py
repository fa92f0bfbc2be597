"""Three pull requests on a scratch repository, as a reviewer sees them: in the comment, before anything is sent.

Each story ends as it would: what the comment said is what Jet got, and nothing else.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from repository import Repository

if TYPE_CHECKING:
    from stage import Stage

BASE = """\
apiVersion: jetplan/v1
jobs:
  nyc-to-lax:
    source: NYC Dailies
    destination: LAX Ingest
deliverySets:
  ep101-masters:
    job: nyc-to-lax
    objects:
      - {relativePath: /ep101/a.mxf, sizeInBytes: 1000}
      - {relativePath: /ep101/b.mxf, sizeInBytes: 2000}
"""
NEW_SET = """\
  ep102-masters:
    job: nyc-to-lax
    objects:
      - {relativePath: /ep102/a.mxf, sizeInBytes: 500000}
      - {relativePath: /ep102/b.mxf, sizeInBytes: 700000}
"""
FIRST = {f"/ep101/{name}.mxf": 1 for name in "ab"}


class PullRequest:
    """A repository whose main branch was applied, and a branch with a change to be reviewed."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.repository = Repository(stage.project)
        self.repository.git("init", "--quiet", "--initial-branch=main")
        self.repository.write(".jetplan/\n", ".gitignore")
        stage.put("/ep101/a.mxf", "/ep101/b.mxf", "/ep102/a.mxf", "/ep102/b.mxf")
        stage.write(BASE)
        self.repository.commit("first episode")
        stage.run("jetplan apply --auto-approve")
        assert stage.delivered() == FIRST
        self.repository.git("switch", "--quiet", "--create", "change")

    def propose(self, text: str) -> None:
        self.stage.write(text)
        self.repository.commit("change")

    def comment(self, code: int = 0) -> str:
        return self._face("jetplan plan", code)

    def comment_of_a_fork(self, code: int = 0) -> str:
        """What the same change shows without secrets."""
        return self._face("jetplan diff --base main", code)

    def _face(self, line: str, code: int) -> str:
        text = self.stage.run(f"{line} --format markdown", code).out
        html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
        assert html.count("<details>") == html.count("</details>")
        return text

    def merge(self, code: int = 0) -> None:
        self.repository.git("switch", "--quiet", "main")
        self.repository.git("merge", "--quiet", "--ff-only", "change")
        self.stage.run("jetplan apply --auto-approve", code)


@pytest.fixture
def request_(stage: Stage) -> PullRequest:
    for name in ("git",):
        assert shutil.which(name)
    return PullRequest(stage)


def first_lines(comment: str) -> str:
    """What is read in ten seconds: everything above the collapsed blocks."""
    return comment.partition("<details>")[0]


def test_a_new_set(request_: Any) -> None:
    """What, where to, how much: in the heading; nothing odd is claimed; the fork's comment says the same."""
    request_.propose(BASE + NEW_SET)
    for comment in (request_.comment(), request_.comment_of_a_fork()):
        heading = comment.splitlines()[1]
        sent = r"2 objects \(1\.2 MB declared\) w(ill|ould) be sent from .*NYC Dailies.* to .*LAX Ingest"
        assert re.search(sent, heading)
        assert "cannot be undone" in first_lines(comment)
        assert "Sent again:" not in comment
        assert "Blocked" not in comment
        assert "ep102-masters" in comment
        assert "/ep102/a.mxf" in comment
        assert "/ep101/a.mxf" not in comment
    request_.merge()
    assert request_.stage.delivered() == FIRST | {"/ep102/a.mxf": 1, "/ep102/b.mxf": 1}


def test_a_rename(request_: Any) -> None:
    """A renamed set would be sent again, so it is blocked, at the top, with the one line that leads on."""
    renamed = BASE.replace("ep101-masters:", "s01e01-masters:")
    request_.propose(renamed)
    for comment in (request_.comment(code=1), request_.comment_of_a_fork(code=1)):
        assert re.search(r"Blocked: 2 objects \(.* kB\), because 2 of 2 objects already", comment.splitlines()[1])
        assert re.search("Blocked: 2 objects .* set .*ep101-masters", first_lines(comment))
        assert "renamedFrom: ep101-masters" in comment
    request_.propose(renamed.replace("s01e01-masters:", "s01e01-masters:\n    renamedFrom: ep101-masters"))
    for comment in (request_.comment(), request_.comment_of_a_fork()):
        assert "No changes." in comment.splitlines()[1]
    request_.merge()
    assert request_.stage.delivered() == FIRST


def test_a_resend_with_a_mistake(request_: Any) -> None:
    """One file was to be sent again; the revision was raised on the whole set. The comment shows how much too much."""
    request_.propose(BASE.replace("    objects:", "    revision: 2\n    objects:"))
    for comment in (request_.comment(), request_.comment_of_a_fork()):
        top = first_lines(comment)
        again = r"2 objects \(3\.0 kB declared\), all sent before, w(ill|ould) be sent"
        assert re.search(again, comment.splitlines()[1])
        assert "Sent again: 2 objects (3.0 kB) of set" in top.replace("`", "")
        assert "because its revision was raised to 2" in top
    request_.propose(BASE.replace("b.mxf, sizeInBytes: 2000", "b.mxf, sizeInBytes: 2000, revision: 2"))
    for comment in (request_.comment(), request_.comment_of_a_fork()):
        top = first_lines(comment)
        assert "Sent again: 1 object (2.0 kB) of set" in top.replace("`", "")
        assert "/ep101/a.mxf" not in comment
    request_.merge()
    assert request_.stage.delivered() == FIRST | {"/ep101/b.mxf": 2}
