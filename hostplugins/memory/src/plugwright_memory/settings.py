"""What a person may set under `[plugins.memory.settings]`."""

from __future__ import annotations

from dataclasses import dataclass

NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What stands under `[plugins.memory.settings]`."""

    embeddings: str = "hashing"
    """The model that makes vectors of texts, by its name: `openai:MODEL`. `hashing` is
    built in and finds shared words and pieces of words, not meaning; with `none` facts
    are found by their words alone."""
    at_least: float = 0.3
    """The cosine from which on a fact is near enough to be found. Models differ in it;
    the built-in hashing has its own."""
