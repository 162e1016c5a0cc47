"""Small real things that the tests share: a team that knows its lines, and a judge."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field

import pytest

from plugwright.database import Database
from plugwright.errors import NotLoaded, PlugwrightError
from plugwright.home import Home
from plugwright.judging import Report, TestResult, Verdict
from plugwright.lives import Lives
from plugwright_cassette.scripted import Scripted
from plugwright_forge.commission import carry_out
from plugwright_forge.forge import Forge
from plugwright_forge.options import Options
from plugwright_forge.person import Absent
from plugwright_forge.progress import Lines
from plugwright_forge.session import Session
from plugwright_forge.watching import Nobody

MOMENT = 1_767_600_000.0

QUESTIONS = {
    "questions": [
        {
            "question": "Which of two equal lessons?",
            "level": "essential",
            "implication": "Decides ties.",
            "default": "the first",
        }
    ]
}
SPECIFICATION = {
    "name": "lesson-finder",
    "summary": "Finds the longest lesson.",
    "requirements": [
        {"id": "R1", "text": "Gives the longest lesson."},
        {"id": "R2", "text": "Counts all lessons."},
    ],
    "types": "from typing import TypedDict\n\n\n"
    "class Lesson(TypedDict):\n    subject: str\n    minutes: int\n",
    "commands": [
        {
            "name": "longest-lesson",
            "function": "longest_lesson",
            "parameters": [
                {"name": "lessons", "type": "list[Lesson]", "meaning": "One day."}
            ],
            "returns": "Lesson",
            "summary": "Find the longest lesson.",
        }
    ],
    "events": [],
    "permissions": [{"permission": "storage", "reason": "Keeps the count."}],
    "examples": ["maths 30 and art 45 gives art 45."],
    "unsure": ["An empty day."],
    "plans": ["Sort.", "Loop.", "Use max."],
}
TESTS = """\
from plugin import longest_lesson

DAY = [{"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}]


def test_r1_the_longest():
    assert longest_lesson(DAY)["subject"] == "art"


def test_r2_the_count():
    assert longest_lesson(DAY)["minutes"] == 45


def test_r2_nothing_is_proved():
    assert DAY
"""
CODE = '''\
from typing import TypedDict

from plugwright_sdk import command


class Lesson(TypedDict):
    subject: str
    minutes: int


@command(name="longest-lesson")
def longest_lesson(lessons: list[Lesson]) -> Lesson:
    """Find the longest lesson."""
    return max(lessons, key=lambda lesson: lesson["minutes"])
'''
REVIEW = {"permissions": [], "unsure": [], "verdict": "fits", "why": "It does."}
README = "# Lesson finder\n\nIt finds the longest lesson.\n"


def fenced(text: str, tag: str = "python") -> str:
    return f"Here it is:\n\n```{tag}\n{text}```\nGood luck!"


def failing(*tests: str, verdict: str = "WA") -> str:
    """Write a plugin that the judge of these tests will fail on some of them."""
    return CODE + "".join(f"# {verdict} {test}\n" for test in tests)


@dataclass
class MarkJudge:
    """Goes by what is written in comments: `# WA test_r1_the_longest`."""

    name = "marks"
    cases: list = field(default_factory=list)
    used: tuple[str, ...] = ()

    def judge(self, case, watch=None):
        self.cases.append(case)
        code = case.files["plugin.py"]
        results = [
            TestResult(test=f"{file}::{test}", verdict=verdict, message="so", fuel=9)
            for file, source in case.tests.items()
            for test in _tests(source)
            for verdict in [_verdict(code, test)]
        ]
        if "# CE" in code or not _parses(code):
            results = [
                TestResult(test=name, verdict=Verdict.CE, message="it is not Python")
                for name in case.tests
            ]
        for result in results:
            if watch:
                watch(result)
        return Report(results=tuple(results), used=self.used)


def _tests(source):
    return [n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]


def _verdict(code, test):
    if "return None" in code:  # the empty plugin
        return Verdict.AC if "nothing" in test else Verdict.WA
    marks = [line.split() for line in code.split("\n") if line.startswith("# ")]
    return next((Verdict(m[1]) for m in marks if m[2:] == [test]), Verdict.AC)


def _parses(code):
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True


def describe(name, files):
    """Describe a plugin by its decorators."""
    if not _parses(files["plugin.py"]):
        raise NotLoaded(name, "it is not Python")
    tree = ast.parse(files["plugin.py"])
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    commands = {
        mark.keywords[0].value.value: {
            "function": function.name,
            "summary": ast.get_docstring(function) or "",
            "parameters": [argument.arg for argument in function.args.args],
            "input": {"type": "object"},
            "output": {},
        }
        for function in functions
        for mark in function.decorator_list
        if isinstance(mark, ast.Call) and mark.func.id == "command"
    }
    return {"commands": commands, "events": [], "initialiser": False}


class Script:
    """What each role says; a list is said in turn, the last of it ever after."""

    def __init__(self, **changes):
        self.lines = {
            "requirements_analyst": json.dumps(QUESTIONS),
            "architect": json.dumps(SPECIFICATION),
            "test_engineer": fenced(TESTS),
            "implementer": fenced(CODE),
            "integration_specialist": json.dumps(REVIEW),
            "documentation_writer": fenced(README, "markdown"),
            **changes,
        }
        self.provider = Scripted(self._answer)

    def _answer(self, request):
        lines = self.lines[request.role.replace("-", "_")]
        if isinstance(lines, str):
            return lines
        said = sum(r.role == request.role for r in self.provider.requests)
        return lines[min(said, len(lines)) - 1]

    def asked(self, role=None):
        requests = self.provider.requests
        return [r for r in requests if role in (None, r.role)]


@dataclass
class World:
    """A session with a scripted team, in a folder of its own."""

    root: object
    script: Script = field(default_factory=Script)
    judge: MarkJudge = field(default_factory=MarkJudge)
    person: object = field(default_factory=Absent)
    options: dict = field(default_factory=dict)
    describe: object = staticmethod(describe)
    look: object = None

    def begin(self, kind=Session):
        options = Options(
            **{"request": "Find lessons!", "model": "scripted", **self.options}
        )
        return kind.begin(self.root, options, lambda: MOMENT)

    def forge(self, session):
        return Forge(
            session,
            provider=self.script.provider,
            judge=self.judge,
            describe=self.describe,
            person=self.person,
            watcher=Nobody(),
            look=self.look,
        )

    def run(self):
        self.session = self.begin()
        return self.forge(self.session).run()


@pytest.fixture
def world(tmp_path):
    """Make a world out of the few things that matter to a test."""

    def make(**changes):
        fields = World.__dataclass_fields__
        given = {key: value for key, value in changes.items() if key in fields}
        lines = {key: value for key, value in changes.items() if key not in fields}
        return World(root=tmp_path / "forge", script=Script(**lines), **given)

    return make


@pytest.fixture
def lives(tmp_path):
    home = Home(tmp_path / "home")
    home.make()
    database = Database(home.database)
    yield Lives(database, home.bundles)
    database.close()


@pytest.fixture
def story():
    """The lines of the team, for a test to change."""

    class Story:
        questions, specification, tests = QUESTIONS, SPECIFICATION, TESTS
        code, review, readme = CODE, REVIEW, README
        fenced, failing = staticmethod(fenced), staticmethod(failing)

        @staticmethod
        def specified(**changes):
            return json.dumps({**SPECIFICATION, **changes})

    return Story


class Desk:
    """A host with real lives of plugins; the models and the judge are scripted."""

    def __init__(self, world, lives):
        self.lives, self._world = lives, world
        self.describe, self.sandbox = world.describe, lambda: None
        self.provider, self.judge = (
            (lambda name: world.script.provider),
            (lambda: world.judge),
        )


@pytest.fixture
def carried_out(lives):
    """Carry out a session, for a person who would say yes; give what went wrong.

    Then nothing was proposed, nobody was asked to decide, and it says what to do.
    """

    def carry(here):
        here.session = here.begin()
        decided = []

        def decide(id):
            decided.append(id)
            lives.approve(id, by="Sarah")
            lives.activate(id)
            return True

        try:
            carry_out(
                Desk(here, lives),
                here.session,
                person=here.person,
                display=Lines(),
                decide=decide,
            )
        except PlugwrightError as error:
            complaint = error
        else:
            return None
        assert complaint.remedy
        assert lives.list() == (), "something was proposed"
        assert not decided
        return complaint

    return carry
