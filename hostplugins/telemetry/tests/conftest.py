"""An SDK that keeps what it is told, and models with a script."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `telling`

from telling import Told

from plugwright.home import Home
from plugwright.host import Host


@pytest.fixture
def told() -> Iterator[Told]:
    told = Told()
    yield told
    told.close()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", False)
    return Home.of_user()


@pytest.fixture
def host(home: Home, tmp_path: Path) -> Iterator[Host]:
    with Host(home, cache=tmp_path / "cache") as host:
        yield host
