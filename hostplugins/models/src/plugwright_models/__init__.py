"""`plugwright models` and `plugwright chat`: what there is, and talking to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl
from plugwright.providers import Provider, ProviderOffer
from plugwright_models.settings import Settings

if TYPE_CHECKING:
    import click

    from plugwright.host import Host
    from plugwright.sandboxes import JSON

_settings = Settings()


@hookimpl
def configured(settings: Settings) -> None:
    """Take folders and servers from `[plugins.models.settings]`."""
    global _settings
    _settings = settings


@hookimpl
def providers(host: Host) -> list[ProviderOffer]:
    """Offer `hf`: files that were pulled, opened by whoever opens GGUF files."""

    def hf(argument: str) -> Provider:
        from plugwright_models.pulled import name_of_file

        return host.provider(name_of_file(argument))

    def described(argument: str) -> Mapping[str, JSON]:
        from plugwright_models.pulled import name_of_file
        from plugwright_models.showing import described

        return described(host, name_of_file(argument))

    return [
        ProviderOffer(
            scheme="hf",
            summary="a file that `plugwright models pull` got: `hf:OWNER/REPO:FILE`",
            open=hf,
            describe=described,
        )
    ]


@hookimpl
def subcommands() -> Iterable[click.Command]:
    """Add `plugwright models` and `plugwright chat`."""
    from plugwright_models.chat import chat
    from plugwright_models.cli import models

    return [models, chat]


def settings() -> Settings:
    """Give what `configured` was told last."""
    return _settings
