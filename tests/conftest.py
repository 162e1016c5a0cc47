"""Plugwright as its users have it: the installed command, a fresh home, one image."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """What a person's shell would have, with a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PLUGWRIGHT_")}
    return {**kept, "PLUGWRIGHT_HOME": str(home), "COLUMNS": "80"}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the `plugwright` command to its end."""

    def call(
        *arguments: str, input: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "plugwright", *arguments],
            cwd=tmp_path,
            env=environment,
            input=input,
            stdin=None if input is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return call
