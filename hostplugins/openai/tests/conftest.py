"""Servers on loopback, and providers that ask them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what several tests here share

from faulty_server import Server

from plugwright.providers import Message, Request
from plugwright_openai.anthropic import AnthropicProvider
from plugwright_openai.compatible import OllamaProvider, OpenAIProvider
from plugwright_openai.remote import Place, Remote
from plugwright_openai.retrying import Retrying
from plugwright_openai.settings import Endpoint

KINDS = {
    "openai": OpenAIProvider,
    "anthropic": AnthropicProvider,
    "ollama": OllamaProvider,
}


@pytest.fixture(autouse=True)
def _nobody_elses_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server with these replies."""
    servers: list[Server] = []

    def start(*replies):
        servers.append(Server(*replies))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def open_at() -> Iterator[Callable[..., Remote]]:
    """Open a provider that asks a server, and hardly waits before a second try."""
    opened: list[Remote] = []

    def make(server, kind="openai", model="parrot", **settings):
        settings = {"patience": 0.05, "silence": 5.0} | settings
        endpoint = Endpoint(url=server.url, **settings)
        place = Place(name=f"{kind}:{model}", model=model, endpoint=endpoint)
        opened.append(KINDS[kind](place, Retrying(endpoint, chance=lambda: 0.0)))
        return opened[-1]

    yield make
    for provider in opened:
        provider.close()


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Make a request from the few words that matter to a test."""

    def make(text: str = "hello", **more) -> Request:
        messages = (Message("user", text),)
        return Request(role="r", template="t/1", messages=messages, **more)

    return make
