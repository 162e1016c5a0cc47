"""What it costs to go on with a long session of the forge after `kill -9`.

The session is one of the forge itself, with all its kinds of steps: a scripted team, a
judge that goes by marks in comments, and a death where the next program is asked for.
Resuming takes neither models nor judges, so those of a double are as good as any.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from measuring.figures import Figure
from plugwright.judging import Call, Case, Observed, Report, TestResult, Verdict
from plugwright.providers import Completion, Provider, Request
from plugwright_cassette.scripted import Scripted
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget
from plugwright_forge.forge import Forge
from plugwright_forge.options import MOST_CANDIDATES, Options
from plugwright_forge.person import Absent
from plugwright_forge.session import Session
from plugwright_forge.watching import Nobody

EVENTS, TESTS, RUNS = 500, 60, 5
PROMISED = 1.0
"""Seconds."""
NAMES = [f"test_r{1 + number % 2}_case_{number}" for number in range(TESTS)]
SOURCE = "from plugin import longest\n" + "".join(
    f"\n\ndef {name}():\n"
    f'    assert longest([{number}, {number + 1}], "maths", "monday") == {number + 1}\n'
    for number, name in enumerate(NAMES)
)
PLUGIN = '''\
from plugwright_sdk import command


@command
def longest(lessons: list[int], subject: str, day: str) -> int:
    """Find the longest lesson."""
    return max(lessons) + {number} - {number}


# fails: {wrong}
'''
DESIGN = {
    "name": "lesson-finder",
    "summary": "Finds the longest lesson.",
    "requirements": [
        {"id": "R1", "text": "Gives the longest lesson."},
        {"id": "R2", "text": "Counts all lessons."},
    ],
    "types": "",
    "commands": [
        {
            "name": "longest",
            "function": "longest",
            "parameters": [
                {"name": "lessons", "type": "list[int]", "meaning": "Minutes."},
                {"name": "subject", "type": "str", "meaning": "Which one."},
                {"name": "day", "type": "str", "meaning": "When."},
            ],
            "returns": "int",
            "summary": "Find the longest lesson.",
        }
    ],
    "events": [],
    "permissions": [],
    "examples": [],
    "unsure": [],
    "plans": ["Sort.", "Loop.", "Use max."],
}
QUESTION = {
    "question": "Which of two equal lessons?",
    "level": "essential",
    "implication": "Decides ties.",
    "default": "the first",
}


class Killed(BaseException):
    """Nothing catches it, as nothing survives `kill -9`."""


def figures() -> Iterator[Figure]:
    """Resuming alone, and with all that comes before it."""
    with tempfile.TemporaryDirectory() as folder:
        home, hand = Path(folder, "home"), Path(folder, "hand")
        hand.mkdir()
        session = long_session(home / "forge", f"hand:{hand}")
        size = len(session.folder.joinpath("events.jsonl").read_bytes())
        alone = [resumed(home / "forge", session.name) for _ in range(RUNS)]
        yield Figure(
            *(f"resume, {EVENTS} events, on the processor", median(alone), "s"),
            promised=PROMISED,
            note=f"log of {size / 1e6:.1f} MB, until the next question",
        )
        whole = [commanded(home, hand) for _ in range(RUNS)]
        yield Figure(
            *("resume, the whole command", median(whole), "s"),
            note="on the clock, from its start to the next question",
        )


def long_session(root: Path, model: str) -> Session:
    """Work until there are as many events as are wanted, and die."""
    options = Options(
        request="Find the longest lesson!",
        model=model,
        autonomy=Autonomy.FULL,
        iterations=0,
        candidates=MOST_CANDIDATES,
        budget=Budget(calls=10_000, tokens=10**9, seconds=1e6, wall=1e7),
    )
    session = Session.begin(root, options)
    log = session.folder / "events.jsonl"

    def answer(request: Request) -> str:
        asked = request.role == "implementer"
        if asked and log.read_bytes().count(b"\n") >= EVENTS:
            raise Killed
        return team(request, provider)

    provider = Scripted(answer)
    try:
        forge(session, provider).run()
    except Killed:
        return session
    raise AssertionError(f"it ended before there were {EVENTS} events")


def resumed(root: Path, name: str) -> float:
    """Go on until a model is asked, as whoever resumes does; seconds of processor."""
    started = time.process_time()
    session = Session.find(root, name)
    try:
        forge(session, Dead()).run()
    except Killed:
        return time.process_time() - started
    raise AssertionError("it ended without a question")


def commanded(home: Path, hand: Path) -> float:
    """Resume as a person does, and kill it where it asks; seconds on the clock."""
    for old in hand.iterdir():
        old.unlink()
    command = (sys.executable, "-m", "plugwright", "forge", "--resume", "--yes")
    # What pip installs is compiled, so that is what a person starts.
    environment = {**os.environ, "PLUGWRIGHT_HOME": str(home)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while not any(hand.glob("*.prompt.md")):
        if process.poll() is not None:
            said = process.communicate()[1].decode()
            raise AssertionError(f"it ended without a question: {said}")
        time.sleep(0.005)
    taken = time.perf_counter() - started
    process.kill()
    process.communicate()
    return taken


def forge(session: Session, provider: Provider) -> Forge:
    """Put a forge together out of doubles."""
    return Forge(
        session,
        provider=provider,
        judge=Marks(),
        describe=lambda name, files: DESCRIBED,
        person=Absent(),
        watcher=Nobody(),
    )


def team(request: Request, provider: Scripted) -> str:
    """Say what each role says; programs get better, slowly, and never good."""
    if request.role == "requirements-analyst":
        return json.dumps({"questions": [QUESTION]})
    if request.role == "architect":
        return json.dumps(DESIGN)
    if request.role == "test-engineer":
        return f"```python\n{SOURCE}```"
    number = sum(each.role == "implementer" for each in provider.requests)
    # Never the same half: what fails in many programs would be put on trial.
    half = NAMES[: TESTS // 2] if number % 2 else NAMES[TESTS // 2 :]
    wrong = half[: max(1, TESTS // 2 - 1 - number // 3)]
    return f"```python\n{PLUGIN.format(number=number, wrong=' '.join(wrong))}```"


class Dead:
    """Answers nothing."""

    name = "dead"

    def complete(self, request: Request) -> Completion:
        """Die where a model is asked."""
        raise Killed


@dataclass
class Marks:
    """Judges by what a program says of itself; an empty one passes nothing."""

    name: str = "marks"
    used: Sequence[str] = field(default=())

    def judge(self, case: Case, watch: Any = None) -> Report:
        """Give a verdict to every test."""
        marks = re.search(r"^# fails: (.*)$", case.files["plugin.py"], re.MULTILINE)
        wrong = marks[1].split() if marks else NAMES
        return Report(
            results=tuple(
                TestResult(test=f"{file}::{test}", verdict=Verdict.WA, message=REFUSAL)
                if test in wrong
                else TestResult(test=f"{file}::{test}", verdict=Verdict.AC, fuel=9)
                for file, source in case.tests.items()
                for test in re.findall(r"^def (test_\w+)", source, re.MULTILINE)
            )
        )

    def observe(
        self, case: Case, stories: Sequence[Sequence[Call]]
    ) -> list[tuple[Observed, ...]]:
        """Give what differs between some of the programs."""
        size = sum(map(ord, case.files["plugin.py"])) % 7
        return [tuple(Observed(value=size) for _ in story) for story in stories]


REFUSAL = "Failed: DID NOT RAISE InputError, for an input that has to be refused"
"""What calls for rules that mend it: several versions of one program."""
DESCRIBED: Mapping[str, Any] = {
    "commands": {
        "longest": {
            "function": "longest",
            "summary": "Find the longest lesson.",
            "parameters": ["lessons", "subject", "day"],
            "input": {"type": "object"},
            "output": {},
        }
    },
    "events": [],
    "initialiser": False,
}
