"""`make mutate`: breaks the code in one place at a time, with mutmut, and counts how often a test fails.

python tests/mutation.py [--share PART] [--after PART] [--again] [PACKAGE …]   breaks, and goes on where it was stopped
python tests/mutation.py --report [PACKAGE …]                   says what was found

Sentences are left alone: a test that repeats a message proves nothing. What is left of a run lies in mutants/.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from mutmut import __main__ as mutmut
from mutmut.configuration import config
from mutmut.mutation import mutators
from mutmut.mutation.trampoline import get_mutant_under_test
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.stats import status_by_exit_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import libcst

PACKAGES = ("core", "ledger", "api")
BUDGET = 60.0
"""Seconds of tests for one mutant. Those of the same package come first, then the quickest."""
_EACH = 0.003
"""Seconds that a test takes beside its own."""


def leave_sentences_alone() -> None:
    """Words and keys are changed; a string with a blank in it is a message, or SQL that fails however it is changed."""

    def words(node: libcst.BaseString) -> Iterator[libcst.BaseString]:
        if " " not in getattr(node, "value", ""):
            yield from mutators.operator_string(node)

    mutators.mutation_operators[:] = [
        (kind, words if operator is mutators.operator_string else operator)
        for kind, operator in mutators.mutation_operators
    ]


def whole_tests(_: PytestRunner, tests: Iterable[str]) -> list[str]:
    """Name test functions without their parameters: not every parameter's id can be handed to pytest again."""
    named = list(dict.fromkeys(test.partition("[")[0] for test in tests))
    stop = [] if get_mutant_under_test() == "stats" else ["-x"]
    return [*stop, "-q", *(named or config().pytest_add_cli_args_test_selection)]


class Failing:
    """Chooses the tests to try, and notes those that fail without any mutant: with them, all would count as killed."""

    def __init__(self) -> None:
        self.tests: set[str] = set()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest."""
        if report.failed:
            self.tests.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Called by pytest. Of the slow tests, those of the packages count too."""
        own = tuple(f"tests/{each}/" for each in PACKAGES)
        left_out = [each for each in items if each.get_closest_marker("slow") and not each.nodeid.startswith(own)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [each for each in items if each not in left_out]


def without_failing(run_stats: Any) -> Any:
    """Leave out the tests that fail as things are, and say which they are."""

    def running(self: PytestRunner, *, tests: Iterable[str]) -> int:
        failing, plain = Failing(), self.execute_pytest
        self.execute_pytest = lambda words, **more: plain(words, plugins=[*more.get("plugins", ()), failing])
        try:
            code = int(run_stats(self, tests=tests))
        finally:
            del self.execute_pytest
        for entered in state().tests_by_mangled_function_name.values():
            entered.difference_update(failing.tests)
        for test in failing.tests:
            state().duration_by_test.pop(test, None)
        print(f"left out, as they fail: {sorted(failing.tests)}", file=sys.__stderr__)
        return 0 if code == pytest.ExitCode.TESTS_FAILED else code

    return running


def choose_tests(collect: Any) -> Any:
    """Of the tests that enter a function, keep those that fit the budget."""

    def collecting(*arguments: Any, **options: Any) -> None:
        collect(*arguments, **options)
        seconds: dict[str, float] = defaultdict(float)
        for test, took in state().duration_by_test.items():
            seconds[test.partition("[")[0]] += took + _EACH
        for function, tests in state().tests_by_mangled_function_name.items():
            whole = {test.partition("[")[0] for test in tests}
            state().tests_by_mangled_function_name[function] = _within_budget(function, whole, seconds)
        state().duration_by_test.update(seconds)

    return collecting


def _within_budget(function: str, tests: set[str], seconds: dict[str, float]) -> list[str]:
    own = f"tests/{function.split('.')[1]}/"
    chosen: list[str] = []
    spent = 0.0
    for test in sorted(tests, key=lambda name: (not name.startswith(own), seconds[name])):
        if spent + seconds[test] <= BUDGET or not chosen:
            chosen.append(test)
            spent += seconds[test]
    return chosen


def choose_mutants(collect: Any, packages: list[str], after: float, share: float, again: bool) -> Any:
    """A fixed part of the packages' mutants, by name; of those, the ones without a result, or that survived.

    `after`: a part that is left out, since tests were written for what survived in it.
    """

    def collecting(**_: Any) -> Any:
        mutants, files = collect(mutant_names=())
        chosen = [
            each
            for each in mutants
            if each[1].split(".")[1] in packages and after <= zlib.crc32(each[1].encode()) / 2**32 < share
        ]
        if again:
            chosen = [(data, name, None) for data, name, result in chosen if result in (0, 33)]
        return chosen, files

    return collecting


def report(packages: list[str]) -> None:
    """Counts for each module, then what survived."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    survived = []
    for path in mutmut.walk_mutatable_files():
        data = mutmut.SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            status = status_by_exit_code[code]
            counts[f"{path.parent.name}/{path.name}"][status] += 1
            if status in ("survived", "no tests"):
                survived.append(name)
    for package in packages:
        total: Counter[str] = Counter()
        for module, found in sorted(counts.items()):
            if module.startswith(f"{package}/"):
                total += found
                print(f"{module:32}{_score(found)}")
        print(f"{package:32}{_score(total)}\n")
    print("\n".join(survived))


def _score(found: Counter[str]) -> str:
    tried = sum(found.values()) - found["not checked"]
    killed = tried - found["survived"] - found["no tests"]
    return f"{tried:6} of {sum(found.values()):5} tried {killed:6} killed {100 * killed / max(tried, 1):6.1f} %"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", default=[], metavar="PACKAGE")
    parser.add_argument("--share", type=float, default=1.0, help="the part of the mutants to try, from 0 to 1")
    parser.add_argument("--after", type=float, default=0.0, help="leave out this part, of the same order")
    parser.add_argument("--again", action="store_true", help="try what survived once more, with the tests as they are")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--report", action="store_true")
    given = parser.parse_args()
    packages = given.packages or list(PACKAGES)
    config().only_mutate = [f"jetplan/{each}/*" for each in PACKAGES]  # all: fewer would drop statistics of the others
    if given.report:
        report(packages)
        return
    leave_sentences_alone()
    PytestRunner._pytest_args_regular_run = whole_tests
    PytestRunner.run_stats = without_failing(PytestRunner.run_stats)
    mutmut.collect_or_load_stats = choose_tests(mutmut.collect_or_load_stats)
    collect = mutmut.collect_source_file_mutation_data
    mutmut.collect_source_file_mutation_data = choose_mutants(collect, packages, given.after, given.share, given.again)
    mutmut.tests_for_mutant_names = lambda _: {"tests/core/test_batches.py"}  # all have just passed, for the statistics
    mutmut._run((), given.workers)


if __name__ == "__main__":
    main()
