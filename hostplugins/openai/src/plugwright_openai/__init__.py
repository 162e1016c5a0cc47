"""Models behind OpenAI-compatible APIs, Anthropic's API and Ollama."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl
from plugwright.providers import Provider, ProviderOffer
from plugwright_openai.settings import Settings

if TYPE_CHECKING:
    from plugwright.sandboxes import JSON

_settings = Settings()


@hookimpl
def configured(settings: Settings) -> None:
    """Take the endpoints from `[plugins.openai.settings]`."""
    global _settings
    _settings = settings


@hookimpl
def providers() -> list[ProviderOffer]:
    """Offer one scheme for each API; nothing is asked of anybody before a call."""

    def openai(argument: str) -> Provider:
        from plugwright_openai.opening import open_openai

        return open_openai(argument, _settings)

    def anthropic(argument: str) -> Provider:
        from plugwright_openai.opening import open_anthropic

        return open_anthropic(argument, _settings)

    def ollama(argument: str) -> Provider:
        from plugwright_openai.opening import open_ollama

        return open_ollama(argument, _settings)

    def describe_openai(argument: str) -> Mapping[str, JSON]:
        from plugwright_openai.opening import described, open_openai

        return described(open_openai(argument, _settings))

    def describe_ollama(argument: str) -> Mapping[str, JSON]:
        from plugwright_openai.opening import described, open_ollama

        return described(open_ollama(argument, _settings))

    return [
        ProviderOffer(
            scheme="openai",
            summary="OpenAI, or any server with its API: `openai:MODEL@URL`",
            open=openai,
            describe=describe_openai,
        ),
        ProviderOffer(
            scheme="anthropic",
            summary="Anthropic's models: `anthropic:MODEL`",
            open=anthropic,
        ),
        ProviderOffer(
            scheme="ollama",
            summary="models that Ollama serves on this machine: `ollama:MODEL`",
            open=ollama,
            describe=describe_ollama,
        ),
    ]
