"""Every error that reaches a user, as one tree, and the exit codes they end in.

    JetplanError                1  anything that stops the command
    ├── ManifestInvalid         1  one or more problems in manifests, each with its place
    ├── ApiError                1  the API said no, or could not be understood
    │   ├── AuthenticationError 4  credentials missing, refused, or without the needed role
    │   └── Unreachable         1  no complete answer to a read, after all retries
    ├── InDoubtError            3  something was attempted and nobody knows yet whether it happened
    ├── StalePlan               5  a saved plan no longer fits what it was made from
    ├── LedgerMismatch          6  the ledger is unreadable, or not the one the project pins
    │   └── LedgerMissing       6  there is no ledger at its URL, or an empty file
    ├── LimitRefused            7  a limit or policy of the project refused
    ├── EndpointRefused         7  a file of the checkout names where credentials would go, and CI does not
    ├── AppliedInPart           8  some steps were done, others not
    └── UsageError             64  the command line or the configuration is wrong

Nothing here knows how errors are shown: the one boundary in `jetplan.cli.main` does.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class ExitCode(IntEnum):
    """What the process ends with. When several hold, `worst_of` says which one is told."""

    DONE = 0
    ERROR = 1
    CHANGES_PENDING = 2
    IN_DOUBT = 3
    AUTHENTICATION = 4
    STALE_PLAN = 5
    WRONG_LEDGER = 6
    REFUSED = 7
    APPLIED_IN_PART = 8
    USAGE = 64
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


_PRECEDENCE = (
    ExitCode.IN_DOUBT,
    ExitCode.REFUSED,
    ExitCode.WRONG_LEDGER,
    ExitCode.APPLIED_IN_PART,
    ExitCode.ERROR,
    ExitCode.CHANGES_PENDING,
)


def worst_of(codes: Sequence[ExitCode]) -> ExitCode:
    """The code to end with when several hold: 3 beats 7 beats 6 beats 8 beats 1 beats 2 beats 0."""
    return next((code for code in _PRECEDENCE if code in codes), ExitCode.DONE)


def worse_of(first: ExitCode, then: ExitCode) -> ExitCode:
    """The code of two steps of one command. A code beside the order of `worst_of`, for instance 130, stays."""
    return first if first not in {*_PRECEDENCE, ExitCode.DONE} else worst_of([first, then])


class Place(NamedTuple):
    """Where in a manifest something stands. Lines and columns count from 1; 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


class Problem(NamedTuple):
    """One thing wrong in a manifest: where, what, and what to do about it."""

    place: Place
    message: str
    hint: str = ""
    code: str = "invalid"
    """A stable word for machines (SARIF rule, JUnit class), for instance `unknown-key`."""


class JetplanError(Exception):
    """The root. `message` is a plain sentence, `hint` says what to do; neither ever holds a secret."""

    exit_code = ExitCode.ERROR

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ManifestInvalid(JetplanError):
    """Manifests with problems, all of them, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the manifests")
        self.problems = tuple(problems)


class ApiError(JetplanError):
    """The API refused a call or answered something that cannot be used."""


class AuthenticationError(ApiError):
    """Credentials are missing, were refused, or lack the role a call needs."""

    exit_code = ExitCode.AUTHENTICATION


class Unreachable(ApiError):
    """A read did not get a complete answer within its retries."""


class InDoubtError(JetplanError):
    """Something was attempted and it is not known whether it happened."""

    exit_code = ExitCode.IN_DOUBT


class StalePlan(JetplanError):
    """A saved plan that no longer fits, or never belonged here."""

    exit_code = ExitCode.STALE_PLAN


class LedgerMismatch(JetplanError):
    """The ledger is missing, unreadable, or not the one that the project pins."""

    exit_code = ExitCode.WRONG_LEDGER


class LedgerMissing(LedgerMismatch):
    """There is no ledger at its URL: no file, an empty file, or a database without its tables."""


class LimitRefused(JetplanError):
    """A limit or policy of the project refused the run."""

    exit_code = ExitCode.REFUSED


class EndpointRefused(JetplanError):
    """A file of the checkout alone decides where credentials would go: in CI that is the operator's to say."""

    exit_code = ExitCode.REFUSED


class AppliedInPart(JetplanError):
    """Some steps were done and others were not."""

    exit_code = ExitCode.APPLIED_IN_PART


class UsageError(JetplanError):
    """The command line, the environment or `jetplan.yaml` asks for something that cannot be."""

    exit_code = ExitCode.USAGE
