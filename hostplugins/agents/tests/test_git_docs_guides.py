"""Every command that the guides of `git` and `docs` show can be typed like that."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from repositories import begin, run

GUIDES = Path(__file__).parent.parent / "guides"


def commands(guide):
    text = (GUIDES / guide).read_text("utf-8")
    lines = [line.removeprefix("$ ").split(" | ")[0] for line in text.split("\n")]
    return [line for line in lines if line.startswith("plugwright agent ")]


@pytest.fixture
def project(command, monkeypatch, tmp_path):
    """A repository that has everything that the guides name."""
    begin(monkeypatch)
    for folder in ("src", "tests", ".venv/bin"):
        Path(folder).mkdir(parents=True)
    Path("README.md").write_text("```python\nassert 1\n```\n")
    for n in range(3):
        for file in ("src/app.py", "app.py"):
            Path(file).write_text(f"'''It.'''\nLIMIT = {n}\n" + "x = 1\n" * 20)
        Path("tests/test_app.py").write_text(f"'''It.'''\nn = {n}\n")
        run("add", ".")
        run("commit", "-qm", f"Number {n}")
        run("checkout", "-q", "-B", "work")
    Path(".venv/bin/python").symlink_to(sys.executable)
    with open("src/app.py", "a") as file:
        file.write("def f():\n    pass\n")
    run("add", "src")


@pytest.mark.parametrize("line", [*commands("git.md"), *commands("docs.md")])
def test_a_command_of_a_guide_is_understood(command, project, model, line):
    words = shlex.split(line)[2:]
    code, _, err = command(*words, model="echo:x" if _asks(words) else "")
    # In a test there is nobody who could be asked, which is told.
    assert code in (0, 1, 3) or "nobody said that the examples" in err, err


def _asks(words):
    return words[1] in ("explain", "review", "message", "changelog") or (
        words[1] == "docstrings"
    )
