"""Each case of the catalogue through every command and every format: refused at its place, or shown and harmless."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from render_plans import SAMPLES
from repository import CI_VARIABLES, Repository

from jetplan.render.page import render_html
from jetplan.render.report import build_report
from tests.hostile.cases import Case, all_cases
from tests.render.test_markdown import assert_inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Ran, Stage

CASES = all_cases()
REFUSED = [case for case in CASES if case.refused]
ACCEPTED = [case for case in CASES if not case.refused]
FACES = ("text", "json", "markdown", "html", "gitlab-terraform")
PLANS = ("diff", "plan --offline", "plan")
PROBLEM_FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab")
VALIDATE = tuple(f"jetplan validate --format {each}" for each in PROBLEM_FORMATS)
UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
COMMAND_OF_A_RUNNER = re.compile(r"(?m)^\s*::(?!(error|warning) file=)|##\[|##vso")


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


@cache
def tags_of_pages() -> frozenset[str]:
    """The tags of pages in whose names there is no markup."""
    pages = (render_html(build_report(SAMPLES[name]())) for name in SAMPLES if name != "hostile")
    return frozenset(tag for page in pages for tag, _ in Tags(page).found)


def project(case: Case, open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Stage:
    """A project with the case in its manifests, in git, beside a local Jet whose source has the case's own name."""
    for name in CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    source = case.said.get("name", "NYC Dailies") if not case.refused else "NYC Dailies"
    stage = open_stage(profiles=((source, tmp_path / "nyc"), ("LAX Ingest", tmp_path / "lax")))
    for each in (stage.project / "manifests").iterdir():
        each.unlink()
    made = Repository(stage.project)
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("commit", "--quiet", "--allow-empty", "--message", "empty")
    case.write(stage.project / "manifests")
    return stage


def assert_harmless(ran: Ran, line: str) -> None:
    """No control of a terminal, no command of a runner, nothing unseen, no word of a bug."""
    for said in (ran.out, ran.err):
        assert not (found := UNSEEN.search(said)), (line, found)
        assert not (found := COMMAND_OF_A_RUNNER.search(said)), (line, found)
    assert "this is a bug" not in ran.err.lower(), (line, ran)


def assert_well_formed(out: str, face: str) -> None:
    """The output is of its format, and holds no markup but ours."""
    if face in {"json", "gitlab-terraform", "sarif", "gitlab"}:
        assert isinstance(json.loads(out), dict | list)
    elif face == "markdown":
        assert_inert(out)
        assert out.startswith("<!-- jetplan:plan -->\n")
        assert out.count("<details>") == out.count("</details>")
    elif face == "html":
        for tag, attributes in Tags(out).found:
            assert tag in tags_of_pages(), tag
            assert not [name for name, value in attributes if name.startswith("on") or "javascript:" in (value or "")]


def refused_at(out: str) -> list[str]:
    """The problems in the JSON of `validate` as the catalogue writes them."""
    found = []
    for each in json.loads(out)["problems"]:
        file = each["file"].removeprefix("manifests/")
        where = "" if file == "main.yaml" else f"{file}:"
        found.append(f"{where}{each.get('line') or 0}:{each.get('column') or 0} {each['code']}")
    return found


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refused(case: Case, open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """At its file, line and column, by every command that reads manifests; no request is sent, nothing is recorded."""
    stage = project(case, open_stage, monkeypatch, tmp_path)
    empty = stage.run("jetplan ledger export").out
    asked = stage.ask("GET", "/_sandbox/requests")["items"]
    assert refused_at(stage.run("jetplan validate --format json", code=1).out) == case.refused
    assert_harmless(stage.run("jetplan fmt --check", code=None), "fmt")  # it judges each file alone
    reading = ["jetplan apply --auto-approve", "jetplan plan --out plan.json"]
    reading += [f"jetplan {words} --format {face}" for words in PLANS for face in FACES]
    for line in (*VALIDATE, *reading):
        ran = stage.run(line, code=1)
        assert_harmless(ran, line)
        if line in VALIDATE:
            assert_well_formed(ran.out, line.rpartition(" ")[2])
        elif "--format" in line:
            assert ran.out == "", "a plan of what was refused"
    assert stage.ask("GET", "/_sandbox/requests")["items"] == asked
    assert stage.run("jetplan ledger export").out == empty


@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_accepted(case: Case, open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Shown with visible escapes in every format, and sent as it is written: bytes do not change on the way."""
    stage = project(case, open_stage, monkeypatch, tmp_path)
    told = json.loads(stage.run("jetplan validate --format json").out)
    assert [each["code"] for each in told["warnings"]] == case.warned
    lines = [
        *VALIDATE,
        *(f"jetplan {words} --format {face}" for words in ("diff", "plan --offline", "plan") for face in FACES),
    ]
    lines += ["jetplan plan --out saved.plan", *(f"jetplan show saved.plan --format {face}" for face in FACES)]
    lines += ["jetplan apply --auto-approve", "jetplan status", "jetplan status --format json", "jetplan ledger list"]
    lines += ["jetplan ledger list --format json", "jetplan ledger export", "jetplan import", "jetplan doctor"]
    for line in lines:
        ran = stage.run(line, code=None)
        assert ran.code == 0 or line.startswith(("jetplan status", "jetplan plan", "jetplan apply")), ran
        assert_harmless(ran, line)
        assert_well_formed(ran.out, line.partition("--format ")[2])
        if "shown" in case.said and line.startswith(("jetplan diff", "jetplan show")) and "gitlab" not in line:
            assert case.said["shown"] in html.unescape(ran.out).lower()
    if "paths" in case.said:
        assert set(stage.delivered()) == {f"/{path.lstrip('/')}" for path in case.said["paths"]}


def test_the_catalogue_is_whole() -> None:
    """Every case says how it ends, and only once."""
    for case in CASES:
        assert len({"refused", "warned", "accepted"} & case.said.keys()) == 1, case
    assert len(REFUSED) > 100
    assert len({str(case) for case in CASES}) == len(CASES)


SERVER_NAMES = [
    "\x1b[31mEvil\x1b]52;c;aGk=\x07",
    "LAX\u202eIngest",
    "LAX\nIngest\n::error::x",
    "a`. Approved by security. `b",
    "<script>alert(1)</script>",
    "##[add-mask]x",
    "@team | closes #1",
    "",
    "N" * 255,
]


@pytest.mark.parametrize("name", SERVER_NAMES, ids=range(len(SERVER_NAMES)))
def test_names_of_the_server(
    name: str, open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A profile and a job may have any name on the server: every output shows it, and none obeys it."""
    for each in CI_VARIABLES:
        monkeypatch.delenv(each, raising=False)
    stage = open_stage(profiles=(("NYC Dailies", tmp_path / "nyc"), (name, tmp_path / "lax")))
    ids = {each["name"]: each["storageProfileId"] for each in stage.call("GET", "/v1/storageProfiles")["items"]}
    stage.make_job(name or "x", destination=name)
    stage.put("/a.mxf")
    stage.write(
        "apiVersion: jetplan/v1\njobs:\n"
        f"  j: {{source: NYC Dailies, destination: {{storageProfileId: '{ids[name]}'}}}}\n"
        f"  k: {{source: NYC Dailies, destination: {{storageProfileId: '{ids['NYC Dailies']}'}}}}\n"
        "deliverySets:\n  s: {job: j, objects: [/a.mxf]}\n  w: {job: j, objects: all}\n"
    )
    lines = [f"jetplan plan --format {face}" for face in FACES]
    lines += ["jetplan plan --out saved.plan", *(f"jetplan show saved.plan --format {face}" for face in FACES)]
    lines += [
        "jetplan import",
        "jetplan doctor",
        "jetplan apply --auto-approve",
        "jetplan status",
        "jetplan ledger list",
    ]
    lines += ["jetplan status --format json", "jetplan ledger history --object /a.mxf", "jetplan plan"]
    for line in lines:
        ran = stage.run(line, code=None)
        assert_harmless(ran, line)
        assert_well_formed(ran.out, line.partition("--format ")[2])


SETTINGS = [
    case for case in REFUSED if case.kind in {"structure", "characters"} and {"text", "latin"} & case.said.keys()
]


@pytest.mark.parametrize("case", SETTINGS, ids=str)
def test_as_settings(
    case: Case, open_stage: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """The same text as `jetplan.yaml`: every command that reads the settings refuses it, before it asks anybody."""
    stage = open_stage()
    asked = stage.ask("GET", "/_sandbox/requests")["items"]
    case.write(tmp_path)
    (stage.project / "jetplan.yaml").write_bytes((tmp_path / "main.yaml").read_bytes())
    for line in (
        "validate",
        "diff",
        "plan",
        "apply --auto-approve",
        "status",
        "doctor",
        "ledger list",
        "import",
        "init",
    ):
        ran = stage.run(f"jetplan {line}", code=None)
        assert ran.code in {1, 6, 64}, (line, ran)
        assert_harmless(ran, line)
        assert "jetplan.yaml:" in ran.out + ran.err, (line, ran)
    assert stage.ask("GET", "/_sandbox/requests")["items"] == asked
