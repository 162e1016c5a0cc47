"""Killed at any moment, the forge goes on without asking or paying again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import DEMO, REQUEST, ByHand


class Forge:
    """A forge process that can be watched and killed."""

    def __init__(self, home: Path, folder: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.folder = folder
        self.environment = environment
        folder.mkdir(exist_ok=True)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "plugwright", "forge", *arguments],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def first(self) -> subprocess.Popen[str]:
        return self.start(
            *(REQUEST, "--model", f"hand:{self.folder}", "--yes"),
            *("--autonomy", "semi-autonomous", "--answers", str(DEMO / "answers.json")),
            *("--candidates", "3", "--threshold", "70"),
        )

    def steps(self) -> list[str]:
        """What is in the session's log by now, whole lines only."""
        found = []
        for log in self.home.glob("forge/*/events.jsonl"):
            for line in log.read_text("utf-8").splitlines(keepends=True):
                if line.endswith("\n"):
                    found.append(json.loads(line)["key"])
        return found


def until(forge: Forge, process: subprocess.Popen[str], hand: ByHand, key: str) -> bool:
    """Let it work until a step is in the log; tells whether it got there."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        hand.look()
        if key in forge.steps():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    raise AssertionError(f"never reached {key}")


def state(home: Path) -> dict[str, object]:
    """What a finished session left: reports, and the files of the proposal."""
    (session,) = home.glob("forge/*")
    log = [
        json.loads(line)
        for line in (session / "events.jsonl").read_text("utf-8").splitlines()
    ]
    return {
        "judged": {e["key"]: e["value"] for e in log if e["key"].startswith("judge/")},
        "keys": [entry["key"] for entry in log],
        "plugin": (session / "plugin.py").read_text("utf-8"),
    }


@pytest.fixture
def whole(tmp_path: Path, environment: dict[str, str]) -> dict[str, object]:
    """An uninterrupted session to compare with."""
    home = tmp_path / "whole"
    forge = Forge(home, tmp_path / "hand-whole", environment | _at(home))
    hand = ByHand(forge.folder)
    process = forge.first()
    assert until(forge, process, hand, "end"), process.stdout.read()
    process.wait()
    process.stdout.close()
    return {**state(home), "asked": hand.answered}


def _at(home: Path) -> dict[str, str]:
    return {"PLUGWRIGHT_HOME": str(home)}


def test_killed_at_every_step_it_ends_as_if_nothing_had_happened(
    whole, tmp_path, environment
):
    """One session, killed with SIGKILL after each single step of it."""
    home = tmp_path / "home"
    forge = Forge(home, tmp_path / "hand", environment | _at(home))
    hand = ByHand(forge.folder)
    kills = 0
    for key in whole["keys"][:-1]:
        process = forge.start("--resume", "--yes") if forge.steps() else forge.first()
        if until(forge, process, hand, key):
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        process.stdout.close()
    process = forge.start("--resume", "--yes")
    assert until(forge, process, hand, "end"), process.stdout.read()
    assert process.wait() == 0
    process.stdout.close()

    ended = state(home)
    assert kills > 20
    assert ended == {k: whole[k] for k in ended}
    assert hand.answered == whole["asked"]


def test_killed_while_it_waits_for_an_answer_it_asks_the_same_question(
    tmp_path, environment, home
):
    forge = Forge(home, tmp_path / "hand", environment)
    process = forge.first()
    prompt = forge.folder / "0001-requirements-analyst.prompt.md"
    while not prompt.exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    before = prompt.read_bytes()

    process = forge.start("--resume", "--yes")
    hand = ByHand(forge.folder)
    assert until(forge, process, hand, "end"), process.stdout.read()
    process.wait()
    process.stdout.close()

    assert prompt.read_bytes() == before
    assert hand.answered[0] == prompt.name
    assert len(set(hand.answered)) == sum(map(len, hand.answers.values()))


def test_two_hosts_on_one_home_are_refused_in_one_sentence(
    tmp_path, environment, home, run
):
    forge = Forge(home, tmp_path / "hand", environment)
    process = forge.first()
    while not list(forge.folder.glob("*.prompt.md")):
        assert process.poll() is None
        time.sleep(0.02)

    second = run("run", "anything", "at-all")
    looking = run("plugins")
    process.kill()
    process.wait()
    process.stdout.close()

    assert second.returncode == 2
    assert f"process {process.pid}" in second.stderr
    assert str(home) in second.stderr
    assert looking.returncode == 0
    assert run("ledger", "verify").returncode == 0
