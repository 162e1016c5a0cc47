"""Providers that need no model: by hand, replayed and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl
from plugwright.providers import Provider, ProviderOffer

if TYPE_CHECKING:
    from plugwright.host import Host


@hookimpl
def providers(host: Host) -> list[ProviderOffer]:
    """Offer `hand`, `replay` and `record`; their modules load when one is opened."""

    def hand(folder: str) -> Provider:
        if folder:
            from plugwright_cassette.folder import open_folder

            return open_folder(folder)
        from plugwright_cassette.terminal import open_terminal

        return open_terminal()

    def replay(file: str) -> Provider:
        from plugwright_cassette.replay import open_replay

        return open_replay(file)

    def record(argument: str) -> Provider:
        from plugwright_cassette.recorder import open_recorder

        return open_recorder(argument, host.provider)

    return [
        ProviderOffer(
            scheme="hand",
            summary="a person answers: in the terminal, or in files as `hand:FOLDER`",
            open=hand,
        ),
        ProviderOffer(
            scheme="replay",
            summary="answers from a recording, and nothing else: `replay:FILE`",
            open=replay,
        ),
        ProviderOffer(
            scheme="record",
            summary="asks another provider and keeps its answers: `record:FILE=MODEL`",
            open=record,
        ),
    ]
