"""`hf:` keeps what every provider promises, and leaves the answering to `gguf:`."""

from __future__ import annotations

import pytest

import plugwright_models
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.providers import Completion, Provider, ProviderOffer
from plugwright_models import pulled
from plugwright_sdk.kit.contracts import ProviderContract


class Echo:
    """Answers with the question."""

    def __init__(self, path):
        self.name = f"gguf:{path}"

    def complete(self, request):
        return Completion(text=request.messages[-1].content)


class Files:
    """Opens GGUF files, as it says."""

    @hookimpl
    def providers(self):
        return [ProviderOffer(scheme="gguf", summary="opens files", open=Echo)]


class TestPulled(ProviderContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_models

    @pytest.fixture
    def provider(self, host: Host, home) -> Provider:
        path = pulled.folder_of("owner/repo") / "snapshots" / "c0ffee" / "a.gguf"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"GGUF")
        host.manager.register(Files(), "files")
        found = host.provider("hf:owner/repo:a.gguf?context=64")
        assert found.name == f"gguf:{path}?context=64"
        return found
