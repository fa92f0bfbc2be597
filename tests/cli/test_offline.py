"""`jetplan diff` and `jetplan plan --offline`: what a change in git would send, with no network to be had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from stage import run_here

if TYPE_CHECKING:
    from pathlib import Path

    from repository import Repository

HEAD = "apiVersion: jetplan/v1\njobs:\n  nyc-to-lax: {source: NYC Dailies, destination: LAX Ingest}\ndeliverySets:\n"
PLAIN = f"{HEAD}  ep101:\n    job: nyc-to-lax\n    objects: [/a.mxf, /b.mxf]\n"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials, no ledger, and an API that nobody answers at; CI is set, as for a pull request from a fork."""
    for name in (
        "JETPLAN_CLIENT_ID",
        "JETPLAN_CLIENT_SECRET",
        "JETPLAN_LEDGER",
        "GITHUB_OUTPUT",
        "GITHUB_STEP_SUMMARY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("JETPLAN_API_URL", "http://127.0.0.1:1")


def told(line: str = "jetplan diff --format json", code: int = 0) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run_here(line, code).out)
    return document


def changed(repository: Repository, before: str, after: str, code: int = 0) -> dict[str, Any]:
    repository.write(before)
    repository.commit()
    repository.write(after)
    return told(code=code)


def submissions(report: dict[str, Any]) -> dict[str, list[str]]:
    return {
        each["name"]: [entry["relativePath"] for delivery in each["deliveries"] for entry in delivery["objects"]]
        for job in report["jobs"]
        for each in job["sets"]
        if each["deliveries"]
    }


def test_no_change(repository: Repository) -> None:
    """Comments, order and other files change nothing, and the sentence does not claim what nobody looked at."""
    report = changed(repository, PLAIN, f"# later\n{PLAIN.replace('/a.mxf, /b.mxf', '/b.mxf, /a.mxf')}")
    assert not report["hasChanges"]
    out = run_here("jetplan plan --offline").out
    assert "Nothing is declared that HEAD" in out
    assert "was submitted" not in out


def test_what_is_added(repository: Repository) -> None:
    """New jobs, sets and objects are what would be done; what stood there before is not."""
    more = "  ep102:\n    job: nyc-to-ber\n    objects:\n      - {relativePath: /c.mxf, sizeInBytes: 7}\n"
    job = "  nyc-to-ber: {source: NYC Dailies, destination: Berlin}\ndeliverySets:\n"
    after = PLAIN.replace("deliverySets:\n", job).replace("/b.mxf]", "/b.mxf, /new.mxf]") + more
    report = changed(repository, PLAIN, after)
    assert submissions(report) == {"ep101": ["/new.mxf"], "ep102": ["/c.mxf"]}
    assert (report["totals"]["jobsToCreate"], report["totals"]["toSubmit"]["knownBytes"]) == (1, 7)
    assert [each["route"]["destination"]["name"] for each in report["routes"]] == ["Berlin", "LAX Ingest"]


def test_what_is_removed(repository: Repository) -> None:
    """Objects and sets taken out are counted, and said to be sent already."""
    two = PLAIN + "  ep102:\n    job: nyc-to-lax\n    objects: [/c.mxf]\n"
    report = changed(repository, two, PLAIN.replace(", /b.mxf", ""))
    assert not report["hasChanges"]
    assert report["totals"]["withdrawn"] == 2


def test_what_is_sent_again(repository: Repository) -> None:
    """A raised revision sends again, and is said to; a lowered one sends nothing."""
    report = changed(repository, PLAIN, PLAIN.replace("job: nyc-to-lax", "job: nyc-to-lax\n    revision: 2"))
    assert report["totals"]["resentObjects"] == 2
    repository.commit()
    repository.write(PLAIN)
    assert not told()["hasChanges"]


def test_a_rename_is_recognised(repository: Repository) -> None:
    """Known objects under a new name are blocked; `renamedFrom` with the old name is offered; then nothing is sent."""
    report = changed(repository, PLAIN, PLAIN.replace("ep101:", "masters:"), code=1)
    (job,) = report["jobs"]
    (blocked,) = job["sets"][0]["blocked"]
    assert "renamedFrom: ep101" in blocked["problem"]["hint"]
    repository.write(PLAIN.replace("ep101:", "masters:\n    renamedFrom: ep101"))
    assert not told()["hasChanges"]


def test_a_moved_route_is_drift(repository: Repository) -> None:
    """Profiles of a job that was applied cannot be changed, so the change is shown as drift and blocks its sets."""
    report = changed(repository, PLAIN, PLAIN.replace("LAX Ingest", "Berlin"), code=1)
    assert report["jobs"][0]["action"] == "drift"


def test_a_job_that_only_the_server_knows(repository: Repository) -> None:
    """A set of an undeclared job is planned all the same; declaring the job later sends nothing again."""
    alone = "apiVersion: jetplan/v1\ndeliverySets:\n  ep101:\n    job: nyc-to-lax\n    objects: [/a.mxf, /b.mxf]\n"
    report = changed(repository, "apiVersion: jetplan/v1\n", alone)
    assert submissions(report) == {"ep101": ["/a.mxf", "/b.mxf"]}
    assert not changed(repository, alone, PLAIN)["totals"]["deliveriesToSubmit"]


def test_limits_hold_offline(repository: Repository) -> None:
    """A pull request from a fork already shows which limit it breaks."""
    repository.write("limits:\n  maxObjects: 1\n", "jetplan.yaml")
    changed(repository, HEAD.replace("deliverySets:\n", ""), PLAIN, code=7)


def test_nothing_is_written(repository: Repository) -> None:
    """Looking leaves no file behind, and takes no file but the manifests and the settings."""
    repository.write(PLAIN)
    repository.commit()
    before = repository.git("status", "--porcelain", "--ignored")
    told()
    assert repository.git("status", "--porcelain", "--ignored") == before


def test_the_base_in_ci(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pull or merge request the base needs not be said."""
    repository.write(PLAIN)
    base = repository.commit()
    repository.git("update-ref", "refs/remotes/origin/main", base)
    repository.write(PLAIN.replace("/b.mxf]", "/b.mxf, /new.mxf]"))
    repository.commit()
    assert not told()["hasChanges"]
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert submissions(told()) == {"ep101": ["/new.mxf"]}
    monkeypatch.delenv("GITHUB_BASE_REF")
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
    assert submissions(told("jetplan plan --offline --format json")) == {"ep101": ["/new.mxf"]}
    assert not told("jetplan diff --base HEAD --format json")["hasChanges"]


def test_what_makes_no_sense(repository: Repository, tmp_path: Path) -> None:
    """An offline plan is never saved or approved, and a base without `--offline` is a mistake."""
    repository.write(PLAIN)
    repository.commit()
    run_here(f"jetplan plan --offline --out {tmp_path}/plan.json", 64)
    run_here("jetplan plan --offline --digest", 64)
    run_here("jetplan plan --base HEAD", 64)
    run_here("jetplan diff --base nowhere", 64)


def test_settings_of_other_commands_do_no_harm(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """JETPLAN_BASE, set once for a whole pipeline, is what `diff` takes and what a plan against Jet passes over."""
    repository.write(PLAIN)
    repository.commit()
    repository.write(PLAIN.replace("/b.mxf]", "/b.mxf, /new.mxf]"))
    repository.commit()
    monkeypatch.setenv("JETPLAN_BASE", "HEAD~1")
    assert told()["hasChanges"]
    assert "--base" not in run_here("jetplan plan", 6).err


def test_house_rules_hold_offline(repository: Repository) -> None:
    """What the team's rules forbid is told, with its place, before anything is compared."""
    repository.write('{"properties": {"name": {"pattern": "^show-"}}}', "rules/names.json")
    repository.write("houseRules: [rules/names.json]\n", "jetplan.yaml")
    repository.write(PLAIN)
    repository.commit()
    for line in ("jetplan diff", "jetplan plan --offline"):
        assert "manifests/main.yaml:5:3" in run_here(line, 1).err


def test_hostile_names(repository: Repository) -> None:
    """Names from a fork's branch reach terminal, Markdown and page as text only, and revisions by hostile names too."""
    name = "@team <img src=x> ::add-mask::x #1"
    report = changed(repository, HEAD.replace("deliverySets:\n", ""), PLAIN.replace("ep101", f"'{name}'"))
    assert list(submissions(report)) == [name]
    repository.git("tag", "@team-#1")
    for form in ("text", "markdown", "html"):
        out = run_here(f"jetplan diff --base @team-#1 --format {form}").out
        assert form != "html" or "<img" not in out
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]
