"""In CI a checkout does not choose who gets credentials, and no URL is stored or shown with a secret."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stage import Stage

LINES = ("jetplan plan", "jetplan apply --auto-approve", "jetplan doctor", "jetplan status", "jetplan import")


@pytest.fixture
def thief() -> Iterator[socket.socket]:
    """A port of somebody else's; whether anybody knocked is seen by `knocked`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def knocked(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def settings(stage: Stage, **changed: str) -> None:
    """Write jetplan.yaml as a pull request would change it: None of its keys stays but those given."""
    config = stage.project / "jetplan.yaml"
    kept = [line for line in config.read_text().splitlines() if line.partition(":")[0] not in changed]
    config.write_text("\n".join([*kept, *(f"{key}: {value}" for key, value in changed.items() if value)]) + "\n")


@pytest.mark.parametrize("line", LINES)
def test_the_api_of_a_checkout_gets_no_secret_in_ci(
    stage: Stage, thief: socket.socket, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """`apiUrl` in the file alone names nobody that CI would send the client secret to."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("JETPLAN_API_URL")
    settings(stage, apiUrl=f"http://127.0.0.1:{thief.getsockname()[1]}")
    ran = stage.run(line, code=7)
    assert "JETPLAN_API_URL" in ran.err + ran.out
    assert not knocked(thief)
    monkeypatch.delenv("CI")
    monkeypatch.setenv("JETPLAN_TIMEOUT", "0.1")  # nobody answers there
    stage.run(line, code=None)
    assert knocked(thief), "outside of CI the file counts: else this test shows nothing"


@pytest.mark.parametrize("line", LINES[:-1])
def test_the_ledger_of_a_checkout_gets_no_password_in_ci(
    stage: Stage, thief: socket.socket, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """`ledger` in the file alone names nobody that CI would send the ledger's password to."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    settings(stage, apiUrl="", ledger=f"postgresql://jet@127.0.0.1:{thief.getsockname()[1]}/d?connect_timeout=2")
    ran = stage.run(line, code=7)
    assert "JETPLAN_LEDGER" in ran.err + ran.out
    assert not knocked(thief)


def test_a_changed_endpoint_is_an_error_with_both_values(
    stage: Stage, thief: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where CI names one and the file another, nothing is connected, and both are told."""
    monkeypatch.setenv("CI", "true")
    elsewhere = f"http://127.0.0.1:{thief.getsockname()[1]}"
    settings(stage, apiUrl=elsewhere)
    before = len(stage.requests("POST", "/oauth/token"))
    told = stage.run("jetplan plan", code=7).err
    assert elsewhere in told
    assert stage.url in told
    assert len(stage.requests("POST", "/oauth/token")) == before
    settings(stage, apiUrl="", ledger="postgresql://jet@evil.example.com/d")
    monkeypatch.setenv("JETPLAN_LEDGER", "postgresql://jet:hunter2@db.example.com/d")
    told = stage.run("jetplan plan", code=7).err
    assert "postgresql://jet@evil.example.com/d" in told
    assert "postgresql://jet@db.example.com/d" in told
    assert "hunter2" not in told


def test_what_ci_names_itself_is_used(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same endpoint in both places, or in the environment alone, is right."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("JETPLAN_LEDGER", "sqlite:///.jetplan/ledger.db")
    stage.write_set("/a.mxf")
    settings(stage, apiUrl=stage.url + "/")
    stage.run("jetplan plan")
    settings(stage, apiUrl="")
    stage.run("jetplan plan")


@pytest.mark.parametrize(
    "url", ["https://evil.example.com", "https://signiant.com.example.com", "https://xsigniant.com"]
)
def test_only_the_vendors_hosts_are_the_vendors(url: str) -> None:
    """Look-alikes of the vendor's domain are other hosts."""
    from jetplan.app.endpoints import _is_vendor

    assert _is_vendor("https://platform-api-service.services.cloud.signiant.com")
    assert not _is_vendor(url)
    assert not _is_vendor("http://signiant.com")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://jet:hunter2@127.0.0.1:1/d",
        "postgresql://127.0.0.1:1/d?user=jet&password=hunter2",
        "postgresql://127.0.0.1:1/d?sslpassword=hunter2",
        "postgresql://jet:hunter2@127.0.0.1:1,127.0.0.1:2/d",
        "postgresql://jet:p@hunter2@127.0.0.1:1/d",
        "postgresql://jet:p/hunter2@127.0.0.1:1/d",
        "sqlite:///l.db?password=hunter2",
    ],
)
@pytest.mark.parametrize("line", ["jetplan init", *LINES])
def test_a_ledgers_url_with_a_secret(stage: Stage, monkeypatch: pytest.MonkeyPatch, url: str, line: str) -> None:
    """However the password is spelt, no command says it or writes it."""
    monkeypatch.setenv("JETPLAN_LEDGER", url)
    ran = stage.run(line, code=None)
    assert "hunter2" not in ran.out + ran.err
    assert "hunter2" not in (stage.project / "jetplan.yaml").read_text()


@pytest.mark.parametrize("line", ["jetplan init --config new.yaml", *LINES])
def test_an_api_url_with_a_secret(stage: Stage, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Credentials in the API's URL are refused, and are neither told nor written into a file that is committed."""
    monkeypatch.setenv("JETPLAN_API_URL", "https://id:hunter2@127.0.0.1:1")
    ran = stage.run(line, code=None)
    assert "hunter2" not in ran.out + ran.err
    assert not (stage.project / "new.yaml").exists()
