"""A name of no model: which of those that are on this machine may have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import PurePath

from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.providers import Provider
from plugwright.roles import CONFIG, names_in, split
from plugwright_models.settings import Settings

_NEAR = 0.6
_MOST = 3


def opened(host: Host, name: str, settings: Settings) -> Provider:
    """Open a model; if nobody knows the name, look around for what is near it."""
    try:
        return host.provider(name)
    except UsageError as error:
        scheme = split(names_in(host.home.folder / CONFIG).resolved(name))[0]
        if scheme in {offer.scheme for offer in host.hooks.providers(host=host)}:
            raise
        near = nearest(name, _here(settings))
        if not near:
            raise
        remedy = "is it " + " or ".join(f"`{each}`" for each in near) + "?"
        raise UsageError(error.message, remedy=remedy) from error


def nearest(name: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """Choose from names, each with the word that people would say for it."""
    word = name.lower()
    found: dict[str, float] = {}
    for full, short in known:
        found[full] = max(found.get(full, 0.0), _likeness(word, short.lower()))
    best = sorted(found, key=lambda full: (-found[full], full))
    return [full for full in best if found[full] >= _NEAR][:_MOST]


def _likeness(word: str, short: str) -> float:
    if len(word) > 2 and word in short:
        return 1.0
    return SequenceMatcher(None, word, short).ratio()


def _here(settings: Settings) -> Iterator[tuple[str, str]]:
    from plugwright_models.files import files
    from plugwright_models.servers import servers

    for file in files(settings.folders):
        yield file.name, PurePath(file.path).stem
        yield file.name, file.label
    for server in servers(settings.servers, settings.seconds):
        for model in server.models:
            id = split(model)[1].partition("@")[0]
            yield model, id
            yield model, id.partition(":")[0]
