"""Models on this machine: GGUF files, run by llama.cpp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl
from plugwright.providers import Provider, ProviderOffer
from plugwright_llamacpp.options import Settings

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright.sandboxes import JSON

_settings = Settings()


@hookimpl
def configured(settings: Settings) -> None:
    """Take the budget from `[plugins.llamacpp.settings]`."""
    global _settings
    _settings = settings


@hookimpl
def providers(host: Host) -> list[ProviderOffer]:
    """Offer `gguf`; the library is loaded when a model is opened."""

    def gguf(argument: str) -> Provider:
        from plugwright_llamacpp.opening import open_model

        return open_model(argument, _settings)

    def described(argument: str) -> Mapping[str, JSON]:
        from plugwright_llamacpp.describing import described

        return described(argument, _settings)

    return [
        ProviderOffer(
            scheme="gguf",
            summary="a model in a file on this machine: `gguf:FILE?context=4096`",
            open=gguf,
            describe=described,
        )
    ]
