"""`jetplan validate` and `jetplan schema`, as people and tools run them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from jetplan.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

GOOD = (
    "apiVersion: jetplan/v1\njobs:\n  j: {source: a, destination: a}\ndeliverySets:\n  s: {job: j, objects: [/a, /b]}\n"
)
HOSTILE = "::add-mask::x ##[error]y \x1b]52;c;x\x07 <b>@team</b> ]]> %0A"
BAD = f"apiVersion: jetplan/v1\njobs:\n  j: {{source: a, destination: b, {json.dumps(HOSTILE)}: 1}}\nx: 1\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, outside any CI."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "manifests").mkdir()
    return tmp_path


def test_valid(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Valid manifests give one line of counts on stderr, and warnings before it."""
    (project / "manifests/a.yaml").write_text(GOOD)
    assert run(["validate"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0].startswith("manifests/a.yaml:3:3: warning: ")
    assert err.splitlines()[-1] == "1 job, 1 delivery set, 2 objects in 1 file: valid"


def test_problems_are_told_on_stderr(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every problem comes with place and hint; what came from the file is harmless."""
    (project / "manifests/a.yaml").write_text(BAD)
    assert run(["validate", "manifests"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1] == "2 problems found"
    assert "manifests/a.yaml:4:1: unknown key `x` in the manifest" in err
    assert_harmless(err)


def assert_harmless(text: str) -> None:
    """No escape and no workflow command can come of a text in a log."""
    assert "\x1b" not in text
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::add-mask") for line in text.splitlines())


def test_missing_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing at the path is a mistake of the command line."""
    assert run(["validate", "nope"]) == 64
    assert "no manifests at nope" in capsys.readouterr().err


def test_annotations_in_github(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In GitHub's CI the text is followed by an annotation a problem, with every command in names taken apart."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (project / "manifests/a.yaml").write_text(BAD)
    assert run(["validate"]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("::")]
    assert lines[-1].startswith("::error file=manifests/a.yaml,line=4,col=1,title=unknown-key::unknown key `x`")
    assert len(lines) == 2
    assert_harmless("\n".join(lines))


def formatted(project: Path, capsys: pytest.CaptureFixture[str], format_: str, content: str) -> tuple[int, str]:
    """The exit code and stdout of a format."""
    (project / "manifests/a.yaml").write_text(content)
    code = run(["validate", "--format", format_])
    out = capsys.readouterr().out
    assert_harmless(out)
    return code, out


def test_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON tells each problem with its parts."""
    code, out = formatted(project, capsys, "json", BAD)
    document = json.loads(out)
    assert (code, document["valid"], document["problems"][1]["line"]) == (1, False, 4)
    assert "\\x1b" in document["problems"][0]["message"]
    code, out = formatted(project, capsys, "json", GOOD)
    document = json.loads(out)
    assert (code, document["valid"], document["warnings"][0]["code"]) == (0, True, "same-profile")


def test_sarif(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SARIF names rules, levels and regions."""
    code, out = formatted(project, capsys, "sarif", BAD)
    (result_run,) = json.loads(out)["runs"]
    result = result_run["results"][1]
    assert (code, result["ruleId"], result["level"]) == (1, "unknown-key", "error")
    location = result["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "manifests/a.yaml"}, "region": {"startLine": 4, "startColumn": 1}}
    assert result_run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "unknown-key"
    assert json.loads(formatted(project, capsys, "sarif", GOOD)[1])["runs"][0]["results"][0]["level"] == "warning"


def test_junit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JUnit counts one failed case a problem, and one passed case when all is well."""
    code, out = formatted(project, capsys, "junit", BAD)
    root = ET.fromstring(out)
    assert (code, root.get("failures"), len(root.findall(".//failure"))) == (1, "2", 2)
    root = ET.fromstring(formatted(project, capsys, "junit", GOOD)[1])
    assert (root.get("failures"), len(root.findall(".//testcase"))) == ("0", 1)


def test_gitlab(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """GitLab's report has what it requires, and fingerprints that differ."""
    code, out = formatted(project, capsys, "gitlab", BAD)
    issues = json.loads(out)
    assert code == 1
    assert all({"description", "check_name", "fingerprint", "severity", "location"} <= issue.keys() for issue in issues)
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert issues[1]["location"] == {"path": "manifests/a.yaml", "lines": {"begin": 4}}


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "junit", "github", "gitlab"])
def test_hostile_file_names(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    """Whatever a file is called, no format lets it act."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for name in ("::add-mask::x\n::add-mask::y\x1b[31m##[error]<&>.yaml", "a,b:c%0A.yaml"):
        (project / "manifests" / name).write_text("x: 1\n")
    (project / "manifests" / "\udcff.yaml").write_text("x: 1\n")
    assert run(["validate", "--format", format_]) == 1
    out, err = capsys.readouterr()
    assert_harmless(out)
    assert_harmless(err)
    if format_ in {"json", "sarif", "gitlab"}:
        json.loads(out)
    if format_ == "junit":
        ET.fromstring(out)


def test_house_rules_of_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules named in jetplan.yaml hold for validate; a pattern that finds none is a mistake."""
    (project / "manifests/a.yaml").write_text(GOOD)
    (project / "rules").mkdir()
    (project / "rules/names.json").write_text('{"title": "long names", "properties": {"name": {"minLength": 3}}}')
    (project / "jetplan.yaml").write_text("houseRules: [rules/*.json]\n")
    assert run(["validate"]) == 1
    assert "job `j` breaks the house rule `long names` at `name`" in capsys.readouterr().err
    (project / "jetplan.yaml").write_text("houseRules: [rules/*.jsn]\n")
    assert run(["validate"]) == 64
    (project / "jetplan.yaml").write_text("houseRules: [../x.json]\n")
    assert run(["validate"]) == 64


def test_schema_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`schema` writes what `schema --check` then finds fresh."""
    assert run(["schema", "--check"]) == 1
    assert run(["schema"]) == 0
    assert run(["schema", "--check"]) == 0
    (project / "schemas/manifest.schema.json").write_text("{}\n")
    assert run(["schema", "--check"]) == 1
    assert "stale: schemas/manifest.schema.json" in capsys.readouterr().err


def test_help_tells_the_formats() -> None:
    """The help is enough to find the formats."""
    from jetplan.cli.validate import command

    assert "sarif" in CliRunner().invoke(command, ["--help"]).output
