"""The model keeps what every plugin with providers promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import plugwright_llamacpp
from plugwright.host import Host
from plugwright.providers import Closes, Provider
from plugwright_sdk.kit.contracts import ProviderContract


class TestInThisProcess(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_llamacpp

    @pytest.fixture
    def argument(self, tiny: Path) -> str:
        return f"{tiny}?threads=1&context=1024"

    @pytest.fixture
    def provider(self, host: Host, argument: str) -> Iterator[Provider]:
        provider = host.provider(f"gguf:{argument}")
        assert isinstance(provider, Closes)
        yield provider
        provider.close()


class TestInAnotherProcess(TestInThisProcess):
    @pytest.fixture
    def argument(self, tiny: Path) -> str:
        return f"{tiny}?threads=1&context=1024&process=1"
