"""The look before sending: what Jet shows and this ledger does not know is not sent without a person's word."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from counting import CountingJet
    from stage import Stage

APPLY = "jetplan apply --auto-approve"
LEDGER = Path(".jetplan/ledger.db")
COUNTER = Path(".jetplan/ledger.db.count")
JOB = {"source": {"storageProfileId": "src-1"}, "destination": {"storageProfileId": "dst-1"}}


class Showing:
    """Lets the stand-in show every file that was posted, and what somebody sent by hand. One transfer a delivery."""

    def __init__(self, jet: CountingJet) -> None:
        self.jet = jet
        self.files: list[dict[str, Any]] = []
        self.state = "COMPLETED"
        jet.on_call = self

    def by_hand(self, path: str, transfer: str = "by-hand") -> None:
        self.files.append({"url": f"file:///src-1{path}", "transferId": transfer, "state": "COMPLETED"})

    def __call__(self, method: str, path: str, body: Any) -> Any:
        if method == "POST" and path.endswith("/deliveries"):
            number = len(self.jet.calls)
            for each in body["objects"]:
                inside = "inside.wav" if each.get("isDirectory") else ""
                url = f"file:///src-1{each['relativePath'].rstrip('/')}{'/' if inside else ''}{inside}"
                self.files.append({"url": url, "transferId": f"t-{number}", "state": self.state})
        if method == "GET" and path.endswith("/files"):
            return 200, {"items": list(self.files)}
        return None


@pytest.fixture
def showing(project: Stage, jet: CountingJet) -> Showing:
    """A stand-in that shows what was sent, with a job that is there already."""
    jet.make({"name": "nyc-to-lax", "actions": [{"data": JOB}]})
    return Showing(jet)


def keep(name: str) -> None:
    shutil.copy(LEDGER, f"{name}.db")
    shutil.copy(COUNTER, f"{name}.count")


def put_back(name: str) -> None:
    """Both files: what no counter can see."""
    shutil.copy(f"{name}.db", LEDGER)
    shutil.copy(f"{name}.count", COUNTER)


def apply(project: Stage, code: int = 0, more: str = "") -> Any:
    return project.run(f"{APPLY} {more}".strip(), code=code)


@pytest.mark.parametrize(
    "objects", [["/a.mxf"], ["/x/"], ["/a.mxf", "/x/", "/y/b.mxf"]], ids=["file", "folder", "both"]
)
def test_a_ledger_from_yesterday(project: Stage, jet: CountingJet, showing: Showing, objects: list[str]) -> None:
    """Everything was sent and is shown; the older ledger knows nothing of it. 6 on every run, and nothing is sent."""
    project.write_set("/first.mxf")
    apply(project)
    keep("yesterday")
    project.write_set("/first.mxf", *objects)
    apply(project)
    before = dict(jet.objects)
    put_back("yesterday")
    for _ in range(2):
        told = apply(project, code=6)
        assert "Jet shows files that this ledger does not know" in " ".join(told.out.split())
    assert jet.objects == before


def test_a_revision_that_the_ledger_has_lost(project: Stage, jet: CountingJet, showing: Showing) -> None:
    """The file was sent at revision 2 too: one attempt is recorded and two transfers are shown."""
    project.write_set("/a.mxf")
    apply(project)
    keep("yesterday")
    project.write_set("/a.mxf", extra="revision: 2")
    apply(project)
    put_back("yesterday")
    apply(project, code=6)
    assert jet.objects == {"/a.mxf": 2}


def test_what_the_ledger_knows_keeps_nothing_back(project: Stage, jet: CountingJet, showing: Showing) -> None:
    """Revisions, other sets that were told to send again, and folders above are all accounted for."""
    project.write_set("/a.mxf", "/x/")
    apply(project)
    for revision in (2, 3):
        project.write_set("/a.mxf", "/x/", extra=f"revision: {revision}")
        apply(project)
    text = Path("manifests/main.yaml").read_text()
    project.write(f"{text}  others:\n    job: nyc-to-lax\n    overlap: send\n    objects:\n      - /a.mxf\n")
    apply(project)
    assert jet.objects == {"/a.mxf": 4, "/x": 3}


def test_what_failed_may_go(project: Stage, jet: CountingJet, showing: Showing) -> None:
    """A file that Jet lists as failed did not arrive."""
    showing.state = "FAILED"
    project.write_set("/a.mxf")
    showing.files.append({"url": "file:///src-1/a.mxf", "transferId": "t", "state": "FAILED"})
    apply(project)
    assert jet.objects == {"/a.mxf": 1}


def test_the_rest_goes_on(project: Stage, jet: CountingJet, showing: Showing) -> None:
    """One set is withheld, another is sent; 6 says that something is left."""
    showing.by_hand("/a.mxf")
    project.write_set("/a.mxf")
    text = Path("manifests/main.yaml").read_text()
    project.write(f"{text}  others:\n    job: nyc-to-lax\n    objects:\n      - /b.mxf\n")
    told = apply(project, code=6)
    assert jet.objects == {"/b.mxf": 1}
    assert "1 withheld" in told.out


class TestAPersonsWord:
    """Each way out that the message names."""

    @pytest.fixture(autouse=True)
    def _withheld(self, project: Stage, showing: Showing) -> None:
        showing.by_hand("/a.mxf")
        project.write_set("/a.mxf")
        self.told = " ".join(apply(project, code=6).out.split())

    def test_a_baseline(self, project: Stage, jet: CountingJet) -> None:
        """It is there already: recorded, never sent."""
        line = "jetplan ledger baseline --set masters --reason '…'"
        assert line in self.told
        project.run(line)
        assert "No changes" in apply(project).out
        assert not jet.objects

    def test_a_raised_revision(self, project: Stage, jet: CountingJet, showing: Showing) -> None:
        """It answers for the transfers that were told of, and for no others."""
        assert "raise `revision`" in self.told
        showing.by_hand("/a.mxf", "another one by hand")
        project.write_set("/a.mxf", extra="revision: 2")
        apply(project, code=6)
        project.write_set("/a.mxf", extra="revision: 3")
        apply(project)
        assert jet.objects == {"/a.mxf": 1}

    def test_a_reason(self, project: Stage, jet: CountingJet) -> None:
        """It is kept in the ledger with the name of who gave it, and holds for that run only."""
        assert "--allow-resend" in self.told
        apply(project, more="--allow-resend 'the copy was corrupt'")
        assert jet.objects == {"/a.mxf": 1}
        (line,) = [each for each in project.run("jetplan ledger list").out.splitlines() if "accepted" in each]
        shown = project.run(f"jetplan ledger show {line.split()[0]}").out
        assert "the copy was corrupt" in shown

    def test_an_empty_reason(self, project: Stage, jet: CountingJet) -> None:
        """It is no reason."""
        apply(project, code=64, more="--allow-resend ' '")
        assert not jet.objects


@pytest.mark.parametrize("answer", [(403, {"message": "no"}), (500, {"message": "no"}), (200, {"things": []})])
def test_a_server_that_does_not_show_keeps_nothing_back(
    project: Stage, jet: CountingJet, showing: Showing, answer: Any
) -> None:
    """Not to be allowed to look, or to get no usable answer, is not a reason for not sending."""

    def on_call(method: str, path: str, _: object) -> Any:
        return answer if method == "GET" and path.endswith("/files") else None

    jet.on_call = on_call
    project.write_set("/a.mxf")
    project.run(APPLY, code=None)
    if answer[0] != 500:
        assert jet.objects == {"/a.mxf": 1}


def test_an_attempt_on_another_job_accounts_for_nothing(project: Stage, jet: CountingJet, showing: Showing) -> None:
    """The same file went to the same place by another job; what this job shows of it came from somebody else."""
    jet.make({"name": "second", "actions": [{"data": JOB}]})
    project.write_set("/a.mxf")
    apply(project)
    mine = [{"url": "file:///src-1/a.mxf", "transferId": "by-hand", "state": "COMPLETED"}]

    def on_call(method: str, path: str, _: object) -> Any:
        if method == "GET" and path.endswith("/files"):
            return 200, {"items": mine if "job-2" in path else showing.files}
        return None

    jet.on_call = on_call
    text = Path("manifests/main.yaml").read_text()
    project.write(f"{text}  others:\n    job: second\n    overlap: send\n    objects:\n      - /a.mxf\n")
    apply(project, code=6)
    assert jet.objects == {"/a.mxf": 1}


def test_an_attempt_under_another_spelling_of_the_api_accounts(
    project: Stage, jet: CountingJet, showing: Showing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent under another host name of the same Jet is in the ledger, and known."""
    project.write_set("/a.mxf")
    apply(project)
    monkeypatch.setenv("JETPLAN_API_URL", project.url.replace("127.0.0.1", "localhost"))
    project.write_set("/a.mxf", extra="overlap: send")
    apply(project)
    assert jet.objects == {"/a.mxf": 2}
