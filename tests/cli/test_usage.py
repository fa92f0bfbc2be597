"""The command line itself: what is asked for wrongly, credentials, the terminal, pipes."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from jetplan import __version__
from jetplan.cli.lazy import NOT_FROM_THE_ENVIRONMENT
from jetplan.cli.main import COMMANDS, cli
from jetplan.cli.options import EVERY_FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stage import Ran, Stage

SECRET = "hunter2-very-secret"


def every_option(group: click.Group = cli, path: str = "jetplan") -> Iterator[tuple[str, click.Option]]:
    """Each option of each command, with the command's path."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield from ((f"{path} {name}", each) for each in command.params if isinstance(each, click.Option))
        if isinstance(command, click.Group):
            yield from every_option(command, f"{path} {name}")


def test_help_names_every_command(run_line: Callable[..., Ran]) -> None:
    """Help lists the commands, and each has help of its own."""
    told = run_line("jetplan --help").out
    for name in COMMANDS:
        assert f"\n  {name} " in told
        assert "Usage: jetplan " + name in run_line(f"jetplan {name} --help").out


@pytest.mark.parametrize("line", ["jetplan", "jetplan ledger"])
def test_a_group_alone_shows_its_help(run_line: Callable[..., Ran], line: str) -> None:
    """A group without a command shows what `--help` shows, on stdout, and ends with 0."""
    alone = run_line(line)
    assert alone == run_line(f"{line} --help")
    assert alone.out.startswith("Usage: ")
    assert alone.err == ""


def test_version(run_line: Callable[..., Ran]) -> None:
    """The version is told on stdout."""
    assert run_line("jetplan --version").out == f"jetplan {__version__}\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("jetplan aplly", "Did you mean 'apply'?"),
        ("jetplan plan --nonsense", "--nonsense"),
        ("jetplan apply --parallelism 0", "--parallelism"),
        ("jetplan apply --parallelism many", "--parallelism"),
        ("jetplan apply --timeout nan", "--timeout"),
        ("jetplan apply --timeout inf", "--timeout"),
        ("jetplan apply --timeout -1", "--timeout"),
        ("jetplan status --interval nan", "--interval"),
        ("jetplan status --interval inf", "--interval"),
        ("jetplan status --interval 0", "--interval"),
        ("jetplan resolve abc --reason x", "say --accepted, --not-accepted or --abandoned"),
        ("jetplan resolve abc --accepted", "--reason"),
        ("jetplan plan one two", "unexpected extra argument"),
        ("jetplan init --ledger 'sqlite:///a?b=c.db'", "a file takes none"),
    ],
)
def test_usage(run_line: Callable[..., Ran], line: str, said: str) -> None:
    """A wrong command line ends with 64 and says what was wrong."""
    assert said in run_line(line, code=64).err


@pytest.mark.parametrize("variable", ["JETPLAN_WAIT_TIMEOUT", "JETPLAN_INTERVAL"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "0", "abc"])
def test_a_number_of_the_environment_names_its_variable(
    run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """A number of seconds that cannot be ends with 64 and names the option and the variable."""
    monkeypatch.setenv(variable, value)
    line, option = ("status", "--interval") if variable == "JETPLAN_INTERVAL" else ("apply", "--timeout")
    err = run_line(f"jetplan {line}", code=64).err
    assert f"Invalid value for '{option}'" in err
    assert f"The value comes from {variable}." in err


def test_a_number_of_the_command_line_names_no_variable(
    run_line: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flag beats the environment, so a wrong flag is not blamed on the variable."""
    monkeypatch.setenv("JETPLAN_INTERVAL", "5")
    assert "JETPLAN_INTERVAL" not in run_line("jetplan status --interval nan", code=64).err


def test_apply_asks_and_needs_somebody_to_ask(stage: Stage) -> None:
    """Without a terminal and without --auto-approve nothing is applied."""
    stage.write_set("/a.mxf")
    assert "--auto-approve" in stage.run("jetplan apply", code=64).err
    assert stage.job_posts() == 0


@pytest.mark.parametrize(("answer", "code", "sent"), [(b"y\n", 0, 1), (b"n\n", 1, 0), (b"\n", 1, 0)])
def test_apply_on_a_terminal(stage: Stage, answer: bytes, code: int, sent: int) -> None:
    """On a terminal the plan is shown and a person is asked; only yes applies."""
    stage.write_set("/a.mxf")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "jetplan", "apply"], stdin=follower, stdout=follower, stderr=follower
    )
    os.close(follower)
    shown = b""
    while b"Apply this plan?" not in shown:
        shown += os.read(leader, 4096)
    os.write(leader, answer)
    try:
        while chunk := os.read(leader, 4096):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    assert process.wait(60) == code, shown
    assert "+ job nyc-to-lax  NYC Dailies" in re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())
    assert stage.delivery_posts() == sent


def test_options_read_the_environment(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """JETPLAN_<OPTION> stands for the option."""
    stage.write_set("/a.mxf")
    monkeypatch.setenv("JETPLAN_AUTO_APPROVE", "1")
    stage.run("jetplan apply")
    assert stage.delivered() == {"/a.mxf": 1}


def test_every_option_reads_its_own_name(run_line: Callable[..., Ran]) -> None:
    """The variable of an option is made of the name that is typed, on every command."""
    for command, option in every_option():
        typed = option.opts[0]
        if typed not in {*NOT_FROM_THE_ENVIRONMENT, "--timeout"}:
            assert option.envvar == "JETPLAN_" + typed.strip("-").replace("-", "_").upper(), command


def test_a_format_from_the_environment(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """JETPLAN_FORMAT stands for --format, of which the parameter has another name."""
    stage.write_set("/a.mxf")
    monkeypatch.setenv("JETPLAN_FORMAT", "json")
    assert "totals" in json.loads(stage.run("jetplan plan").out)


def test_the_format_of_one_command_does_no_harm_to_another(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline sets the format of its plan: commands that do not have it go on, and what none has is refused."""
    stage.write_set("/a.mxf")
    for form in ("markdown", "gitlab-terraform", "sarif", "csv"):
        monkeypatch.setenv("JETPLAN_FORMAT", form)
        for line in ("apply --auto-approve", "status", "validate", "ledger check", "ledger list", "import nyc-to-lax"):
            stage.run(f"jetplan {line}")
    assert stage.delivered() == {"/a.mxf": 1}
    monkeypatch.setenv("JETPLAN_FORMAT", "jsn")
    assert "JETPLAN_FORMAT" in stage.run("jetplan status", code=64).err
    assert "'markdown' is not one of" in stage.run("jetplan status --format markdown", code=64).err


def test_every_format_is_known(run_line: Callable[..., Ran]) -> None:
    """A format that is not in the list of all would end every other command."""
    found = {
        choice
        for _, option in every_option()
        if option.opts == ["--format"] and isinstance(option.type, click.Choice)
        for choice in option.type.choices
    }
    assert found == EVERY_FORMAT


def test_a_word_is_never_taken_from_the_environment(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that was left set does not decide an attempt."""
    for name in ("JETPLAN_WORD", "JETPLAN_ACCEPTED", "JETPLAN_NOT_ACCEPTED", "JETPLAN_ABANDONED"):
        monkeypatch.setenv(name, "accepted")
    assert "say --accepted, --not-accepted or --abandoned" in stage.run("jetplan resolve abc --reason x", code=64).err


def test_names_with_spaces_from_the_environment(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The values of a repeatable option stand on lines of their own: names of profiles hold spaces."""
    stage.write_set("/a.mxf")
    stage.configure("limits:\n  allowDestinations: []\n")
    stage.run("jetplan apply --auto-approve", code=7)
    monkeypatch.setenv("JETPLAN_ALLOW_DESTINATION", "Somewhere Else\nLAX Ingest")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


def test_a_flag_beats_the_environment_beats_the_file(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three API URLs the nearest to the person counts, and no other is asked."""
    stage.write_set("/a.mxf")

    def asked() -> int:
        return len(stage.requests("GET", "/v1/jobs"))

    monkeypatch.setenv("JETPLAN_API_URL", "http://variable.example")
    assert "variable.example" in stage.run("jetplan plan", code=64).err
    assert asked() == 0, "the variable beats the file, which names the local Jet"
    stage.run(f"jetplan plan --api-url {stage.url}")
    assert asked() == 1, "the flag beats the variable"
    assert "flag.example" in stage.run("jetplan plan --api-url http://flag.example", code=64).err
    monkeypatch.delenv("JETPLAN_API_URL")
    stage.run("jetplan plan")
    assert asked() == 2, "the file counts where nothing else is said"


@pytest.mark.parametrize("missing", ["JETPLAN_CLIENT_ID", "JETPLAN_CLIENT_SECRET"])
def test_missing_credentials(stage: Stage, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """What is not set is named, with 4."""
    stage.write_set("/a.mxf")
    monkeypatch.delenv(missing)
    assert missing in stage.run("jetplan plan", code=4).err


def test_wrong_credentials(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused secret ends with 4, and is printed nowhere."""
    stage.write_set("/a.mxf")
    monkeypatch.setenv("JETPLAN_CLIENT_SECRET", SECRET)
    for line in ("jetplan plan", "jetplan apply --auto-approve", "jetplan doctor"):
        assert SECRET not in str(stage.run(line, code=4))
    assert stage.job_posts() == 0


def test_debug_writes_no_secret(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--debug writes a traceback to a file, without the secret."""
    stage.write_set("/a.mxf")
    monkeypatch.setenv("JETPLAN_CLIENT_SECRET", SECRET)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert "jetplan-debug-" in stage.run("jetplan --debug plan", code=4).err
    (written,) = tmp_path.glob("jetplan-debug-*")
    assert "Traceback" in written.read_text()
    assert SECRET not in written.read_text()


@pytest.mark.parametrize("url", ["http://jet.example.com", "ftp://jet.example.com", "jet.example.com"])
def test_plain_http_beyond_this_machine(stage: Stage, url: str) -> None:
    """Credentials never travel in the clear: 64, before anything is asked."""
    stage.write_set("/a.mxf")
    stage.run(f"jetplan plan --api-url {url}", code=64)


def test_all_problems_at_once(stage: Stage) -> None:
    """Invalid manifests end with 1; every problem has its place, in file order, and no request is made."""
    stage.write(
        "apiVersion: jetplan/v1\njobs:\n  one:\n    sorce: A\n    destination: B\n"
        "deliverySets:\n  s:\n    job: one\n    objects: [/a/../b]\n    revision: 1_0\n",
        "b.yaml",
    )
    stage.write("apiVersion: jetplan/v1\njobs: &x {}\n", "a.yaml")
    before = len(stage.ask("GET", "/_sandbox/requests")["items"])
    for line in ("jetplan validate", "jetplan plan", "jetplan apply --auto-approve"):
        told = stage.run(line, code=1).err
        places = [told.index(place) for place in ("a.yaml:2:", "b.yaml:4:5", "b.yaml:9:", "b.yaml:10:")]
        assert places == sorted(places)
        assert "source" in told
    assert len(stage.ask("GET", "/_sandbox/requests")["items"]) == before


def test_color_is_for_terminals(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe gets plain text; FORCE_COLOR colours it; NO_COLOR beats both."""
    stage.write_set("/a.mxf")
    assert "\033[" not in stage.run("jetplan plan").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\033[" in stage.run("jetplan plan").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in stage.run("jetplan plan").out


def test_a_pipe_that_is_closed(stage: Stage) -> None:
    """`jetplan plan | head -1` ends quietly."""
    stage.write_set(*(f"/{'x' * 60}{number}.mxf" for number in range(50)))
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen([sys.executable, "-m", "jetplan", "plan"], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    _, told = process.communicate(timeout=60)
    assert told == b""
    assert process.returncode == 128 + signal.SIGPIPE


def test_an_apply_whose_reader_left(stage: Stage) -> None:
    """An apply that can no longer tell its progress sends and records everything all the same."""
    stage.configure("delivery: {maxObjects: 1}\n")
    stage.write_set(*(f"/{number}.mxf" for number in range(8)))
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "jetplan", "apply", "--auto-approve", "--parallelism", "2"]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=writer)
    os.close(writer)
    process.wait(60)
    assert stage.delivery_posts() == 8
    assert "No changes" in stage.run("jetplan plan --detailed-exitcode").out


@pytest.mark.parametrize("said", ["nan", "inf", "-5", "0", "abc", "1e9"])
def test_a_timeout_that_is_none(stage: Stage, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """What is no number of seconds is refused: `nan` would wait for ever."""
    monkeypatch.setenv("JETPLAN_TIMEOUT", said)
    assert "JETPLAN_TIMEOUT" in stage.run("jetplan plan", code=64).err


def test_empty_variables_are_unset(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """CI systems hand on variables that nobody set as empty ones; none of them means anything."""
    from jetplan.cli.main import COMMANDS, cli

    stage.write_set("/a.mxf")
    context = cli.make_context("jetplan", [], resilient_parsing=True)
    names = {"TIMEOUT", "DEBUG"}
    for command in COMMANDS:
        found = cli.get_command(context, command)
        assert found is not None
        names |= {str(parameter.name).upper() for parameter in found.params}
    for name in sorted(names - {"API_URL", "CLIENT_ID", "CLIENT_SECRET"}):
        monkeypatch.setenv(f"JETPLAN_{name}", "")
    stage.run("jetplan plan")
    stage.run("jetplan diff --base HEAD", code=64)
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


@pytest.mark.parametrize("name", ["JETPLAN_CLIENT_ID", "JETPLAN_CLIENT_SECRET"])
@pytest.mark.parametrize("value", ["\udcff", "hunter2\n", "a\udc80b", "hunter2\u00e9\u202e"])
def test_credentials_that_are_no_text(stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Bytes that are no UTF-8, as an environment can hold them, end with 4 and a sentence, and are not repeated."""
    monkeypatch.setenv(name, value)
    ran = stage.run("jetplan plan", code=4)
    assert "hunter2" not in ran.err
    assert "bug" not in ran.err


def test_nothing_is_writable_for_all(stage: Stage) -> None:
    """Under umask 000 a plan, the ledger, the settings and their folders are nobody else's to change."""
    stage.write_set("/a.mxf")
    before = os.umask(0)
    try:
        stage.run("jetplan plan --out plan.json")
        os.umask(0)
        stage.run("jetplan init --config new/jetplan.yaml --ledger sqlite:///new/deep/ledger.db", code=None)
        os.umask(0)
        stage.run("jetplan apply plan.json --auto-approve")
    finally:
        os.umask(before)
    written = [path for path in [*stage.project.rglob("*"), *stage.cache().rglob("*")] if path.name != "manifests"]
    assert {"plan.json", "ledger.db"} <= {path.name for path in written}
    assert [path for path in written if path.stat().st_mode & 0o002] == []
