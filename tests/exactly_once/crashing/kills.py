"""One scene: a project, an apply that is killed or whose disk breaks, and applies after it until all is settled."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from signal import SIGKILL
from typing import TYPE_CHECKING

from crashing.server import Counting, serving
from crashing.stable import CALLS, SYNCING, TALKING, Stable, counted, traced
from jetplan.core.attempts import State
from jetplan.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CONFIG = "delivery: {maxObjects: 2}\n"
IN_DOUBT = 3
Place = tuple[str, int]
"""A system call, and the how manieth of a thread."""


@dataclass(frozen=True)
class Drama:
    """What is played around a kill: after an apply that was killed before, beside another one, with lost answers."""

    resumed: bool = False
    beside: bool = False
    loses: int = 0
    blind: bool = False
    parallelism: int = 1
    ledger: str = ""
    """The URL of a ledger other than the file in the project's folder."""
    sets: int = 3
    each: int = 3
    retry: bool = False
    """Everything was sent, and a file of each set failed: what is killed is the retry of them."""

    def objects(self) -> dict[str, list[str]]:
        """What is to be sent, by set."""
        return {f"set{at}": [f"/s{at}/{number}.mxf" for number in range(self.each)] for at in range(self.sets)}

    def manifest(self) -> str:
        """The same as a manifest."""
        head = "apiVersion: jetplan/v1\njobs:\n  daily: {source: NYC, destination: LAX}\ndeliverySets:\n"
        return head + "".join(
            f"  {name}:\n    job: daily\n    objects: [{', '.join(paths)}]\n" for name, paths in self.objects().items()
        )


@dataclass
class Scene:
    """A fresh project beside a server of its own."""

    stable: Stable
    counting: Counting
    folder: Path
    environment: dict[str, str]
    drama: Drama
    retrying: bool = False
    """Whether the command that is started is a retry."""

    def start(self) -> int:
        """An apply, waiting at its gate."""
        arguments = ["apply", "--auto-approve", "--parallelism", str(self.drama.parallelism)]
        if self.retrying:
            arguments = ["retry", "--set", "set0", "--reason", "they are there now"]
        return self.stable.start(arguments, self.folder, self.environment)

    def apply(self) -> int:
        """An apply to its end; its exit code."""
        pid = self.start()
        self.stable.go(pid)
        return self.stable.wait(pid)

    def apply_under(self, *options: str, output: Path | None = None) -> int:
        """An apply under strace, to its end."""
        pid = self.start()
        with traced(pid, *options, output=output):
            self.stable.go(pid)
            return self.stable.wait(pid)

    def apply_beside(self, *options: str) -> int:
        """The same, while another apply runs, as slow but undisturbed. How the first one ended."""
        pid, other = self.start(), self.start()
        with traced(pid, *options), traced(other, *options[:2]):
            self.stable.go(pid)
            self.stable.go(other)
            status = self.stable.wait(pid)
            self.stable.wait(other)
        return status

    def fail_all(self) -> None:
        """Apply everything, let one file of each set fail, and have that recorded."""
        self.counting.fails = frozenset(paths[0] for paths in self.drama.objects().values())
        self.counting.loses = 0
        assert self.apply() == 0
        assert self.say("status") == 1
        self.counting.loses = self.drama.loses
        self.retrying = True

    def settle_retries(self) -> list[str]:
        """Retry until nothing that failed is left of the set, people answering rightly. What is wrong then."""
        for _ in range(8):
            self.counting.rest()
            ended = self.apply()
            if self.say("status") == IN_DOUBT:
                self._resolve()
            elif ended == 1:
                break
        self.counting.rest()
        accepted, objects = self.counting.accepted(), self.drama.objects()
        wanted = {path: 1 + (path == objects["set0"][0]) for paths in objects.values() for path in paths}
        wrong = [f"{path} was accepted {accepted[path]} times" for path in wanted if accepted[path] != wanted[path]]
        return wrong + ([] if self.say("ledger", "check") == 0 else ["the ledger is not healthy"])

    def settle(self) -> list[str]:
        """Apply again until nothing is left to do, people answering rightly. What is wrong then, in sentences."""
        if self.retrying:
            return self.settle_retries()
        code = -1
        for _ in range(6):
            self.counting.rest()
            code = self.apply()
            if code == 0:
                break
            if code == IN_DOUBT:
                self._resolve()
        self.counting.rest()
        accepted = self.counting.accepted()
        wanted = [path for paths in self.drama.objects().values() for path in paths]
        wrong = [f"{path} was accepted {accepted[path]} times" for path in wanted if accepted[path] != 1]
        wrong += [f"{count} jobs are named {name}" for name, count in self.counting.job_names().items() if count != 1]
        if code != 0:
            wrong.append(f"it never came to rest: the last apply exited with {code}")
        return wrong

    def _resolve(self) -> None:
        """People say of each attempt in doubt what is true."""
        accepted = self.counting.accepted()
        with open_ledger(self.environment["JETPLAN_LEDGER"]) as ledger:
            for scope in ledger.scopes(self.environment["JETPLAN_API_URL"]):
                for attempt in ledger.unfinished(scope):
                    if attempt.state is State.IN_DOUBT:
                        paths, _ = ledger.listing(attempt.attempt_id)
                        least = 2 if attempt.retry_of else 1
                        there = all(accepted[path] >= least for path in paths)
                        word = "--accepted" if there else "--not-accepted"
                        assert self.say("resolve", attempt.attempt_id, word, "--reason", "looked") == 0

    def say(self, *arguments: str) -> int:
        """Another command to its end; its exit code."""
        pid = self.stable.start(list(arguments), self.folder, self.environment)
        self.stable.go(pid)
        return self.stable.wait(pid)


@contextmanager
def scene(stable: Stable, top: Path, name: str, drama: Drama) -> Iterator[Scene]:
    """A project in a folder that is gone afterwards; `jetplan init` has been run."""
    folder = top / name
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "all.yaml").write_text(drama.manifest())
    (folder / "jetplan.yaml").write_text(CONFIG)
    counting = Counting(drama.loses, drama.blind)
    with serving(counting) as url:
        words = {"API_URL": url, "CLIENT_ID": "id", "CLIENT_SECRET": "secret", "TIMEOUT": "30"}
        words["LEDGER"] = drama.ledger or f"sqlite:///{folder / 'ledger.db'}"
        made = Scene(stable, counting, folder, {f"JETPLAN_{key}": value for key, value in words.items()}, drama)
        pid = stable.start(["init"], folder, made.environment)
        stable.go(pid)
        assert stable.wait(pid) == 0, (folder / "output.txt").read_text()
        if drama.retry:
            made.fail_all()
        yield made
    shutil.rmtree(folder)


@dataclass
class Toll:
    """What a campaign came to."""

    seed: int
    kills: int = 0
    scenes: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """The whole in a line."""
        where = ", ".join(f"{call} {count}" for call, count in self.calls.most_common())
        return f"seed {self.seed}: {self.kills:,} kills in {self.scenes:,} scenes, {len(self.wrong)} wrong ({where})"


def points(stable: Stable, top: Path, drama: Drama) -> list[Place]:
    """Every place where a whole apply can be killed: the call, and the how manieth of a thread."""
    with scene(stable, top, "measured", drama) as measured:
        trace = measured.folder / "trace"
        assert measured.apply_under("-e", f"trace={','.join(CALLS)}", output=trace) in (0, 3)
        return [(call, at) for call, count in sorted(counted(trace).items()) for at in range(1, count + 1)]


def spread(every: Sequence[Place], count: int, draw: random.Random) -> Iterator[Place]:
    """So many of the places, in turn one that talks, one that writes, one that syncs; each over the whole run."""
    kinds = [[each for each in every if each[0] in calls] for calls in (TALKING, ("pwrite64",), SYNCING)]
    for turn in range(count):
        places = kinds[turn % len(kinds)] or kinds[1]
        at = (turn // len(kinds) + draw.random()) * len(kinds) * len(places) / count
        yield places[int(at) % len(places)]


def campaign(stable: Stable, top: Path, drama: Drama, kills: int, seed: int) -> Toll:
    """Kill applies at so many places, spread over all there are, and settle each. Stops early on what is wrong."""
    toll, draw = Toll(seed), random.Random(seed)
    every = points(stable, top, drama)
    while toll.kills < kills and toll.scenes < 3 * kills + 20 and len(toll.wrong) < 5:
        for place in spread(every, kills - toll.kills, draw):
            toll.scenes += 1
            with scene(stable, top, f"scene-{toll.scenes}", drama) as played:
                _play(played, drama, place, draw.choice(every), toll)
            if len(toll.wrong) >= 5:
                break
    return toll


def _play(played: Scene, drama: Drama, place: Place, before: Place, toll: Toll) -> None:
    if drama.resumed:
        played.apply_under(*_killing(before))
        played.counting.rest()
    status = (played.apply_beside if drama.beside else played.apply_under)(*_killing(place))
    if status == -SIGKILL:
        toll.kills += 1
        toll.calls[place[0]] += 1
    toll.wrong += [f"killed at {place[0]} {place[1]}: {each}" for each in played.settle()]


def _killing(place: Place) -> tuple[str, ...]:
    call, at = place
    return "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={at}"


def broken_disk(stable: Stable, top: Path, error: str, at: int, *, stays: bool, call: str = "pwrite64") -> list[str]:
    """An apply whose disk fails from its manieth call on, or just then; the disk is mended before the next one."""
    with scene(stable, top, f"{error}-{call}-{at}-{stays}", Drama(loses=4)) as played:
        when = f"{at}+" if stays else f"{at}"
        status = played.apply_under("-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}")
        wrong = [] if status >= 0 else [f"it was ended by signal {-status}"]
        output = (played.folder / "output.txt").read_text()
        wrong += ["it ended in a traceback"] if "Traceback" in output or "this is a bug" in output else []
        return [f"{error} at {call} {at}: {each}" for each in (*wrong, *played.settle())]
