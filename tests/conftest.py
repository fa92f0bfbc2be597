"""What all tests share: sockets reach this machine only, the environment says nothing, and skips can be refused."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

SPEAKING = ("JETPLAN_", "GITHUB_", "GITLAB_", "CI_")
"""Variables that begin so, and those below, change what jetplan does: no test starts with them."""
SPEAKING_NAMES = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "BUILD_SOURCEVERSION", "BUILD_URL", "GIT_COMMIT")

SLOW = (
    "exactly_once/",
    "fuzz/",
    "hostile/",
    "api/test_not_sent.py",
    "api/test_writes_in_doubt.py",
    "app/test_notifying.py",
    "app/test_progress.py",
    "app/test_project.py",
    "apply/test_throttle.py",
    "ci/test_action.py",
    "ci/test_untrusted_checkout.py",
    "cli/test_endpoints.py",
    "cli/test_events.py",
    "cli/test_json.py",
    "cli/test_ledger_moves.py",
    "cli/test_remembered_plans.py",
    "cli/test_reviewed_settings.py",
    "cli/test_unwritable_places.py",
    "e2e/test_choosing.py",
    "e2e/test_exit_code_table.py",
    "e2e/test_killed.py",
    "e2e/test_lost_answers.py",
    "e2e/test_readme.py",
    "e2e/test_receipt.py",
    "e2e/test_retry.py",
    "e2e/test_what_arrived.py",
    "e2e/test_windows.py",
    "ledger/test_export.py",
    "ledger/test_locks.py",
    "ledger/test_losses.py",
    "ledger/test_oracle.py",
    "ledger/test_privileges.py",
    "ledger/test_retries.py",
    "ledger/test_search.py",
    "sandbox/test_bodies.py",
    "sandbox/test_faults.py",
    "sandbox/test_restart.py",
)
"""Tests that `make check` leaves to `make test`: they take two thirds of its time. Folders end with a slash."""

settings.register_profile("without a clock", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("without a clock")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by where it stands, so that a new test of the simulation is slow without saying so."""
    top = Path(__file__).parent
    for item in items:
        if item.path.relative_to(top).as_posix().startswith(SLOW):
            item.add_marker("slow")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--no-skips`: for CI, where a test that did not run is a test that did not pass."""
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """With `--no-skips`, turn a skip into a failure that names its reason."""
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and skips are refused: {report.longrepr}"
    return report


@pytest.fixture(autouse=True, scope="session")
def _silent_environment(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the shell or a CI system exports has no say in a test; a test sets what it is about."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(SPEAKING) or name in SPEAKING_NAMES:
                patch.delenv(name)
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a socket in the file system
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return address[0] in ("", "localhost") or str(address[0]).endswith(".localhost")


@pytest.fixture(autouse=True, scope="session")
def _only_this_machine() -> Any:
    """A test that tries to reach any other machine fails, and says where it wanted to go."""
    real, real_ex = socket.socket.connect, socket.socket.connect_ex

    def connect(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            raise AssertionError(f"a test tried to reach {address}")
        real(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_local(address):
            raise AssertionError(f"a test tried to reach {address}")
        return real_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        yield
