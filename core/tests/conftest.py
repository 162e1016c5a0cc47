"""Puts the doubles where every test finds them, and gives tests a home of their own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `doubles`

from doubles import Installed

from plugwright.home import Home
from plugwright.host import Host


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home, which is the user's for as long as the test lasts."""
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    return Home.of_user()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    """A folder on the path, for distributions that a test installs by hand."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield Installed(folder)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def host(home: Home, tmp_path: Path) -> Iterator[Host]:
    """An empty host: nothing is loaded but what a test registers."""
    host = Host(home, cache=tmp_path / "cache")
    yield host
    host.close()
