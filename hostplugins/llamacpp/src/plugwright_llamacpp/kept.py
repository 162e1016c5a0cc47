"""What the registry knows of a model, wherever it runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Protocol

from plugwright.errors import UsageError
from plugwright.providers import Capabilities
from plugwright_llamacpp.engine import Footprint
from plugwright_llamacpp.forecast import Forecast
from plugwright_llamacpp.header import Header
from plugwright_llamacpp.options import Options


class Keeper(Protocol):
    """Whoever shares memory and cores out to models."""

    def make_room(self, model: Kept) -> None:
        """Unload others, so that a model that was unloaded can come back.

        Its room is kept for it until `has_come`.
        """

    def has_come(self, model: Kept) -> None:
        """Hear that a model is in memory, or could not be brought there."""

    def begin(self) -> None:
        """Count one more model that is at work."""

    def end(self) -> None:
        """Count one less."""

    def threads(self) -> int:
        """Tell how many threads each model at work may have now."""


class Kept(ABC):
    """One model. It can be unloaded at any time, and comes back when it is asked."""

    def __init__(
        self, header: Header, options: Options, plan: Forecast, keeper: Keeper
    ) -> None:
        self.header = header
        self.options = options
        self.plan = plan
        self.name = f"gguf:{header.path}"
        self.leases = 0
        self.used = 0.0
        self._keeper = keeper

    @property
    def capabilities(self) -> Capabilities:
        """What it can, and how much it holds."""
        answers = self.header.answers
        return Capabilities(
            streams=answers,
            tools=answers,
            schema=answers,
            grammar=answers,
            counts=answers,
            context=self.plan.context,
            embeds=True,
        )

    def threads(self) -> int:
        """Tell how many threads it may compute with now."""
        return self.options.threads or self._keeper.threads()

    @property
    @abstractmethod
    def is_loaded(self) -> bool:
        """Whether it is in memory."""

    @property
    @abstractmethod
    def is_busy(self) -> bool:
        """Whether somebody waits for it."""

    @property
    @abstractmethod
    def footprint(self) -> Footprint | None:
        """What it took when it was loaded; nothing while it is unloaded."""

    @property
    @abstractmethod
    def roles(self) -> Mapping[str, int]:
        """Who has a seat in it, and how many tokens each has read."""

    @abstractmethod
    def start(self) -> None:
        """Load it; raises what keeps it from being loaded, and is closed then."""

    @abstractmethod
    def unload(self) -> None:
        """Give its memory back until somebody asks it again."""

    @abstractmethod
    def close(self) -> None:
        """End it, and what it is doing; a second time does nothing."""


def closed(name: str) -> UsageError:
    """Say that somebody uses what they gave back."""
    return UsageError(f"`{name}` was closed", remedy="open it again")
