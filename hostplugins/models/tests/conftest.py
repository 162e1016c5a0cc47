"""Gives every test a home, a cache and a machine of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the doubles

from hub_server import HubServer
from listing_server import ListingServer

import plugwright_models
from plugwright.cli.door import run
from plugwright.home import Home
from plugwright_models.settings import Settings

PLUGIN = Path(__file__).parent / "parrot_plugin.py"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home, a cache of the hub, and no model anywhere."""
    for name in ("LLAMA_CACHE", "OLLAMA_MODELS", "HF_HUB_CACHE", "HF_HOME", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user" / ".cache"))
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    install_parrot(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    home = Home.of_user()
    home.make()
    yield home
    sys.modules.pop("parrot_plugin", None)
    plugwright_models.configured(Settings())


def install_parrot(site: Path) -> None:
    """Install a host plugin by hand, which offers the models of these tests."""
    info = site / "parrot_distribution-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: parrot-distribution\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text("[plugwright]\nparrot = parrot_plugin\n")
    (site / "parrot_plugin.py").write_text(PLUGIN.read_text())


@pytest.fixture
def config(home):
    """Write `config.toml`; nobody is asked at the usual ports."""

    def config(text="", **settings):
        servers = {"ollama": "", "llama.cpp": "", "lm-studio": "", "vllm": ""}
        servers.update(settings.pop("servers", {}))
        lines = [f"{json.dumps(key)} = {json.dumps(v)}" for key, v in servers.items()]
        rest = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        (home.folder / "config.toml").write_text(
            text
            + "\n[plugins.models.settings]\n"
            + "\n".join(rest)
            + "\n[plugins.models.settings.servers]\n"
            + "\n".join(lines)
            + "\n"
        )

    config()
    return config


@pytest.fixture
def plugwright(config, capfd):
    """Run one command line; give its code, output and errors."""

    def plugwright(*arguments):
        capfd.readouterr()
        code = run([*map(str, arguments)])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return plugwright


@pytest.fixture
def hub():
    server = HubServer()
    yield server
    server.close()


@pytest.fixture
def serve():
    """Start servers that list models."""
    started = []

    def serve(answer, **how):
        started.append(ListingServer(answer, **how))
        return started[-1].url

    yield serve
    for server in started:
        server.close()
