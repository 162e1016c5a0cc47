"""Both APIs keep what every provider promises, against a model that repeats."""

from __future__ import annotations

import pytest
from parrot_server import parrot

import plugwright_openai
from plugwright.host import Host
from plugwright.providers import Closes, Provider
from plugwright_sdk.kit.contracts import ProviderContract


class OnParrot(ProviderContract):
    scheme = ""

    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_openai

    @pytest.fixture
    def provider(self, host: Host, serve) -> Provider:
        provider = host.provider(f"{self.scheme}:parrot@{serve(parrot).url}")
        yield provider
        assert isinstance(provider, Closes)
        provider.close()


class TestOpenAI(OnParrot):
    scheme = "openai"


class TestAnthropic(OnParrot):
    scheme = "anthropic"


class TestOllama(OnParrot):
    scheme = "ollama"


del OnParrot  # it is no contract by itself
