"""What there is: what a person configured, and what is found on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugwright.amounts import size_in_words
from plugwright.cli.rows import Rows
from plugwright.roles import CONFIG, names_in
from plugwright.settings import plugin_settings
from plugwright_models.files import File, files
from plugwright_models.servers import Server, servers
from plugwright_models.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Listing:
    """All that `plugwright models` shows."""

    names: Sequence[tuple[str, str, str]]
    """Role or alias, its name, and what it stands for."""
    endpoints: Sequence[tuple[str, str, str]]
    """The plugin whose it is, its name, and its URL."""
    servers: Sequence[Server]
    files: Sequence[File]


def listed(home: Path, settings: Settings) -> Listing:
    """Look everywhere."""
    names = names_in(home / CONFIG)
    return Listing(
        names=[
            *(("role", name, model) for name, model in names.roles.items()),
            *(("alias", name, model) for name, model in names.aliases.items()),
        ],
        endpoints=[*_endpoints(home / CONFIG)],
        servers=servers(settings.servers, settings.seconds),
        files=files(settings.folders),
    )


def rows(listing: Listing) -> Iterator[dict[str, Any]]:
    """Give all of it as JSON has it, one thing at a time."""
    for kind, name, model in listing.names:
        yield {"kind": kind, "name": name, "model": model}
    for plugin, name, url in listing.endpoints:
        yield {"kind": "endpoint", "name": name, "plugin": plugin, "url": url}
    for server in listing.servers:
        yield {
            "kind": "server",
            "name": server.name,
            "url": server.url,
            "models": [*server.models],
            "problem": server.problem,
        }
    for file in listing.files:
        yield {
            "kind": "file",
            "name": file.name,
            "where": file.where,
            "path": str(file.path),
            "size": file.size,
            "label": file.label,
            "problem": file.problem,
        }


def write(listing: Listing) -> None:
    """Show it to a person."""
    shown = Rows()
    if listing.names or listing.endpoints:
        shown.say("Configured:")
    for kind, name, model in listing.names:
        shown.say(f"{name} ({kind}): {model}", first="  ", rest="    ")
    for _, name, url in listing.endpoints:
        shown.say(f"{name} (endpoint): {url}", first="  ", rest="    ")
    for server in listing.servers:
        shown.say(f"Served by {server.name}, {server.url}:")
        if server.problem:
            shown.say(server.problem, first="  ", rest="    ")
        for model in server.models:
            shown.say(model, first="  ", rest="    ")
    where = ""
    for file in listing.files:
        if file.where != where:
            where = file.where
            shown.say(f"Files, {where}:")
        shown.say(file.name, first="  ", rest="    ")
        shown.below(file.label, size_in_words(file.size), file.problem)
    if not (listing.names or listing.servers or listing.files):
        shown.say("No model was found on this machine.")
        shown.say(
            "Start a server, `plugwright models pull hf:OWNER/REPO:FILE`, or name"
            " one of a service: `plugwright chat openai:MODEL`."
        )
    shown.write()


def _endpoints(path: Path) -> Iterator[tuple[str, str, str]]:
    for plugin, written in plugin_settings(path).items():
        endpoints = written.settings.get("endpoints")
        for name, about in endpoints.items() if isinstance(endpoints, dict) else ():
            if isinstance(about, dict) and isinstance(about.get("url"), str):
                yield plugin, name, about["url"]
