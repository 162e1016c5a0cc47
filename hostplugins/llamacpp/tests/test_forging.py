"""The forge with a model in a file. It talks nonsense, so nothing may come of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_gguf import write_model

WINDOW = 1200
"""Tokens; small, so that the nonsense soon ends. Here a byte is a token."""


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


def told(folder: Path) -> list[dict]:
    [log] = folder.glob("home/forge/*/events.jsonl")
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "way",
    [["--model", "gguf:{}?process=1"], ["--provider", "llamacpp", "--model", "{}"]],
)
def test_nonsense_ends_within_the_budget_and_nothing_is_proposed(forge, tmp_path, way):
    model = write_model(tmp_path / "tiny.gguf", context=WINDOW)
    named = [word.format(model) for word in way]

    result = forge("Double it", *named, "--calls", "5")

    assert result.returncode == 1
    assert "gave no usable answer" in result.stderr
    assert "what to do: " in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert not list(tmp_path.glob("home/bundles/*"))
    assert not list(tmp_path.glob("home/forge/*/dist"))
    events = told(tmp_path)
    answers = [e for e in events if e["key"].startswith("requirements-analyst/")]
    assert len(answers) == 2
    assert (events[-1]["key"], events[-1]["value"]) == ("end", "failed")


def test_a_window_that_is_too_small_for_the_question_is_said(forge, tmp_path):
    model = write_model(tmp_path / "tiny.gguf", context=256)

    result = forge("Double it", "--model", f"gguf:{model}")

    assert result.returncode == 1
    assert "do not fit a window of 256" in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert not list(tmp_path.glob("home/bundles/*"))


def test_a_file_that_is_no_model_is_found_out_before_there_is_a_session(
    forge, tmp_path
):
    (tmp_path / "no.gguf").write_bytes(b"GGUFnonsense")

    result = forge("Double it", "--model", f"gguf:{tmp_path / 'no.gguf'}")

    assert result.returncode != 0
    assert "Traceback" not in result.stdout + result.stderr
    assert not list(tmp_path.glob("home/forge/*"))
