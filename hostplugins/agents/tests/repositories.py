"""Small repositories for tests; git is asked directly, so not by what is tested."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ANN = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")


def run(*arguments: str | bytes, folder: Path | None = None) -> str:
    done = subprocess.run(
        ["git", *ANN, *arguments], capture_output=True, cwd=folder, check=True
    )
    return done.stdout.decode(errors="replace")


def begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an empty repository of the current folder, without anybody's settings."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ann@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    run("init", "-q", "-b", "main")


def two_commits() -> None:
    """One commit with a tag, and one after it."""
    Path("a.py").write_text("one = 1\n")
    run("add", ".")
    run("commit", "-qm", "Begin with one")
    run("tag", "v1")
    Path("a.py").write_text("one = 1\ntwo = 2\n")
    run("commit", "-qam", "Add two, as Ben asked\n\nHe counts in pairs.")


def head(revision: str = "HEAD") -> str:
    return run("rev-parse", revision).strip()
