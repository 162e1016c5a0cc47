"""A home and a host for every test, and agents with a script for a model."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `scripts`

from scripts import Model

import plugwright_agents
from plugwright import hookimpl
from plugwright.cli.door import told
from plugwright.home import Home
from plugwright.host import Host
from plugwright.providers import ProviderOffer
from plugwright_agents.cli import agent


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    return Home.of_user()


@pytest.fixture
def host(home: Home, tmp_path: Path) -> Iterator[Host]:
    """A host that has this plugin, and what a test registers."""
    host = Host(home, cache=tmp_path / "cache", strict=True)
    host.take_in(plugwright_agents, "agents")
    yield host
    host.close()


class Offers:
    """A plugin that brings the models of a test, as `echo:anything`."""

    def __init__(self) -> None:
        self.model = Model(by=lambda request: "an answer")

    @hookimpl
    def providers(self) -> list[ProviderOffer]:
        return [ProviderOffer(scheme="echo", summary="x", open=lambda name: self.model)]


@pytest.fixture
def model() -> Model:
    return Model(by=lambda request: "an answer")


@pytest.fixture
def command(home, model, tmp_path, monkeypatch, capfd):
    """Run `plugwright agent …` in an empty folder; give code, output and errors."""
    offers = Offers()
    offers.model = model

    def discover() -> Host:
        host = Host(home, cache=tmp_path / "cache", strict=True)
        host.take_in(plugwright_agents, "agents")
        host.take_in(offers, "echo")
        return host

    monkeypatch.setattr(Host, "discover", discover)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def command(*arguments, model="echo:x"):
        capfd.readouterr()
        words = [str(each) for each in arguments]
        if model:
            words += ["--model", model]
        try:
            code = agent.main(words, standalone_mode=False)
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, AssertionError):
                raise
            code = told(error)
        out, err = capfd.readouterr()
        return code if isinstance(code, int) else 0, out, err

    return command
