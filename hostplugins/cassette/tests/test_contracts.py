"""The cassette keeps what every plugin with providers promises."""

from __future__ import annotations

from pathlib import Path

import pytest

import plugwright_cassette
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.providers import Completion, Provider, ProviderOffer, Request
from plugwright_sdk.kit.contracts import ProviderContract
from plugwright_sdk.kit.doubles import EchoProvider


class Echo:
    """Somebody whose answers can be recorded."""

    @hookimpl
    def providers(self) -> list[ProviderOffer]:
        return [ProviderOffer(scheme="echo", summary="says it", open=EchoProvider)]


class RecordedBefore:
    """Replays every question, after it was recorded once."""

    def __init__(self, host: Host, file: Path) -> None:
        self.name = f"replay:{file}"
        self._host = host
        self._file = file

    def complete(self, request: Request) -> Completion:
        self._host.provider(f"record:{self._file}=echo:a").complete(request)
        return self._host.provider(self.name).complete(request)


class TestRecord(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_cassette

    @pytest.fixture
    def provider(self, host: Host, tmp_path: Path) -> Provider:
        host.manager.register(Echo(), "echo")
        return host.provider(f"record:{tmp_path / 'said.json'}=echo:a")


class TestReplay(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_cassette

    @pytest.fixture
    def provider(self, host: Host, tmp_path: Path) -> Provider:
        host.manager.register(Echo(), "echo")
        return RecordedBefore(host, tmp_path / "said.json")
