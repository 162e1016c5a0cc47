"""The forge with a server that has OpenAI's API: the same session as with any model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from faulty_server import Talk, hang_up, whole
from parrot_server import parrot, said

SPECIFICATION = {
    "name": "doubler",
    "summary": "Doubles a number.",
    "requirements": [
        {"id": "R1", "text": "Gives twice the number."},
        {"id": "R2", "text": "Refuses a number below zero."},
    ],
    "commands": [
        {
            "name": "double",
            "function": "double",
            "parameters": [{"name": "number", "type": "int", "meaning": "Which."}],
            "returns": "int",
            "summary": "Double a number.",
        }
    ],
    "plans": ["Multiply.", "Add.", "Shift."],
}
TESTS = """\
import pytest
from plugin import double
from plugwright_sdk import InputError


@pytest.mark.parametrize("number", [0, 1, 2, 3, 10])
def test_r1_twice(number):
    assert double(number) == number + number


def test_r1_twice_seven():
    assert double(7) == 14


def test_r2_below_zero():
    with pytest.raises(InputError):
        double(-1)
"""
CODE = '''\
from plugwright_sdk import InputError, command


@command(name="double")
def double(number: int) -> int:
    """Double a number."""
    if number < 0:
        raise InputError("below zero")
    return {twice}
'''
ANSWERS = {
    "requirements analyst": ['{"questions": []}'],
    "architect": [json.dumps(SPECIFICATION)],
    "programmer": [
        f"```python\n{CODE.format(twice=twice)}```"
        for twice in ("number * 2", "number + number", "number << 1")
    ],
    "test engineer": [f"```python\n{TESTS}```"],
    "integration specialist": [
        '{"permissions": [], "unsure": [], "verdict": "fits", "why": "It does."}'
    ],
    "documentation writer": ["```markdown\n# Doubler\n\nIt doubles.\n```"],
}


class TeamServer:
    """Answers like a model that knows every role; what it has said, it says again."""

    def __init__(
        self, answers: Mapping[str, list[str]] = ANSWERS, *, absent: int = 0
    ) -> None:
        self.answers = answers
        self.asked: Counter[str] = Counter()
        self._absent = absent

    def __call__(self, talk: Talk) -> bool:
        if talk.asked.method == "GET":
            return bool(whole(404, {})(talk))
        if self._absent:
            self._absent -= 1
            return hang_up(talk)
        card = talk.asked.body["messages"][0]["content"]
        role = min((role for role in self.answers if role in card), key=card.index)
        told = self.answers[role]
        text = told[min(self.asked[role], len(told) - 1)]
        self.asked[role] += 1
        return bool(whole(200, said(text))(talk))


@pytest.fixture
def forge(tmp_path: Path):
    """Type `plugwright forge` in a home of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "plugwright", "forge", *arguments],
            env={**os.environ, "PLUGWRIGHT_HOME": str(tmp_path / "home")},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return run


def test_a_server_brings_a_request_to_an_active_plugin(serve, forge, tmp_path):
    team = TeamServer()
    server = serve(team)

    result = forge("Double it", "--model", f"openai:any@{server.url}", "--yes")

    assert result.returncode == 0, result.stdout + result.stderr
    assert {path for path in server.paths if "chat" in path} == {"/v1/chat/completions"}
    assert set(team.asked) == set(ANSWERS)
    assert list(tmp_path.glob("home/forge/*/dist/doubler-0.1.0-*.whl"))


def test_a_server_that_only_repeats_ends_within_the_budget(serve, forge, tmp_path):
    server = serve(parrot)

    result = forge("Double it", "--model", f"openai:parrot@{server.url}")

    assert result.returncode == 1
    assert "gave no usable answer" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert sum("chat" in path for path in server.paths) == 2
    assert not list(tmp_path.glob("home/bundles/*"))


def test_a_server_that_hangs_up_can_be_asked_again_later(serve, forge, tmp_path):
    server = serve(TeamServer({**ANSWERS, "architect": ["I would not."]}, absent=1))

    first = forge("Double it", "--model", f"openai:any@{server.url}")
    again = forge("--resume")

    assert first.returncode == 1
    assert "did not answer" in first.stderr
    assert "Traceback" not in first.stdout + first.stderr
    # The log had no answer, so the same question was asked once more, and then others.
    assert again.returncode == 1
    assert "the architect gave no usable answer" in again.stderr
    assert len([*tmp_path.glob("home/forge/*")]) == 1
