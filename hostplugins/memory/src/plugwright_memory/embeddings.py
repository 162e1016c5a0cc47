"""What makes vectors of texts: a model that embeds, or the built-in hashing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from plugwright.errors import Malformed, UsageError
from plugwright.providers import Closes, Embeds, Provider
from plugwright_memory import hashing
from plugwright_memory.settings import NONE, Settings

LONGEST = 16_384
"""Numbers of one vector; no model has as many."""


class Embedding(Protocol):
    """Turns texts into vectors. Near vectors are texts that have to do with each other.

    All of it is fixed while it is in use.
    """

    identity: str
    """Says whose vectors they are; those of another are never compared with them."""
    at_least: float
    """The cosine from which on a fact is near enough to be found."""
    weight: float
    """How much a place among the near counts beside one among the words, which is 1."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Give a vector for each text, all of one length."""


class OfModel:
    """Has a model make the vectors; it is opened when the first one is needed."""

    weight = 1.0

    def __init__(
        self, model: str, open: Callable[[str], Provider], at_least: float
    ) -> None:
        self.identity = f"model {model}"
        self.at_least = at_least
        self._model = model
        self._open = open
        self._provider: Embeds | None = None

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Give a vector for each text. Raises Malformed for what are none."""
        if self._provider is None:
            provider = self._open(self._model)
            if not isinstance(provider, Embeds):
                raise UsageError(
                    f"`{self._model}` makes no embeddings",
                    remedy="name a model that does in [plugins.memory.settings], or"
                    f' `embeddings = "{hashing.NAME}"`',
                )
            self._provider = provider
        vectors = self._provider.embed(texts)
        if len(vectors) != len(texts) or not _are_vectors(vectors):
            raise Malformed(
                self._model,
                f"it answered {len(texts)} texts with something else than as many"
                " vectors of one length",
                remedy="name a model that makes embeddings",
            )
        return vectors

    def close(self) -> None:
        """Let go of the model, if it was opened."""
        provider, self._provider = self._provider, None
        if isinstance(provider, Closes):
            provider.close()


def embedding_of(
    settings: Settings, open: Callable[[str], Provider]
) -> Embedding | None:
    """Give what the settings name; None if words are to be enough."""
    if settings.embeddings == NONE:
        return None
    if settings.embeddings == hashing.NAME:
        return hashing.Hashing()
    return OfModel(settings.embeddings, open, settings.at_least)


def _are_vectors(vectors: Sequence[Sequence[float]]) -> bool:
    lengths = {len(vector) for vector in vectors}
    return (
        len(lengths) == 1
        and 0 < max(lengths) <= LONGEST
        and all(math.isfinite(number) for vector in vectors for number in vector)
    )
