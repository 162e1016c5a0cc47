"""What several tests of the author's kit need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from plugwright.hooks import hookimpl
from plugwright_sdk.kit.making import make
from plugwright_sdk.kit.templates import Answers


def made(folder: Path, *hooks: str, kind: str = "host", **more: object) -> Path:
    """Make a plugin called `my-tutor` from the template."""
    answers = Answers(name="my-tutor", kind=kind, hooks=hooks or ("commands",), **more)
    make(answers, folder)
    return folder


def own_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests of a plugin as its author does."""
    has_options = (folder / "pyproject.toml").exists()
    options = () if has_options else ("-c", os.devnull, "--rootdir", ".")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=False,
    )


def change(path: Path, old: str, new: str) -> None:
    """Edit a file as its author would."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


class ScriptedJudge:
    """A judge that finds what it was told to find."""

    name = "scripted"

    def __init__(self, report):
        self.report = report

    def judge(self, case, watch=None):
        self.case = case
        return self.report


class Judges:
    """A plugin that offers such a judge."""

    def __init__(self, report):
        self.judge = ScriptedJudge(report)
        self.judges = hookimpl(lambda: [self.judge])
