"""What whole sessions need: a judge that says why, and the real one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugwright.home import Home
from plugwright.host import Host

PROGRAMS = {
    "A": "sorted(lessons, key=lambda lesson: lesson['minutes'])[-1]",
    "B": "[each for each in lessons if each['minutes'] > 40][0]",
    "C": "list(reversed(lessons))[0]",
    "D": "lessons[len(lessons) - 1]",
    "E": "dict(enumerate(lessons))[max(range(len(lessons)))]",
    "F": "[*lessons][-1]",
    "G": "next(reversed(lessons))",
    "H": "lessons[-1:][0]",
}
"""Programs that are not the same, by name."""


@pytest.fixture
def version(story):
    """Write one version: which program, and what it fails; a tuple has the message."""

    def make(program, *failures):
        best = 'max(lessons, key=lambda lesson: lesson["minutes"])'
        code = story.code.replace(best, PROGRAMS.get(program, program))
        for failure in failures:
            test, *words = failure if isinstance(failure, tuple) else (failure,)
            code += f"# WA {test}\n" + "".join(f"#: {test}: {each}\n" for each in words)
        return story.fenced(code)

    return make


@pytest.fixture
def talking(world):
    """Give a judge that reads marks, and the message beside each."""
    kind = type(world().judge)

    class Talking(kind):
        def judge(self, case, watch=None):
            report = super().judge(case, watch)
            said = dict(
                line.removeprefix("#: ").split(": ", 1)
                for line in case.files["plugin.py"].split("\n")
                if line.startswith("#: ")
            )
            results = tuple(
                replace(r, message=said.get(r.test.rpartition("::")[2], r.message))
                for r in report.results
            )
            return replace(report, results=results)

    return Talking()


@pytest.fixture
def told():
    """Give the signals and rungs that a session's log has, in order."""

    def read(session):
        return [
            (value["signal"], value["rung"])
            for value in session.given("alarm/").values()
        ]

    return read


@pytest.fixture(scope="session")
def host(tmp_path_factory):
    """A host with the real sandbox and the real judge."""
    with Host.discover(Home(tmp_path_factory.mktemp("home"))) as host:
        yield host


@pytest.fixture
def judged(world, host):
    """Make a world whose judge runs what the team writes."""

    def make(**changes):
        return world(judge=host.judge(), describe=host.describe, **changes)

    return make


@pytest.fixture
def written(story):
    """Write a program with another body."""
    best = 'return max(lessons, key=lambda lesson: lesson["minutes"])'
    return lambda body: story.fenced(story.code.replace(best, body))
