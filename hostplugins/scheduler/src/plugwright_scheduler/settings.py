"""How much the scheduler does at once, and when background work makes way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Count = Annotated[int, Field(ge=1, le=1000)]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What stands under `[plugins.scheduler.settings]`."""

    real_time: Count = 8
    """Real-time jobs at once."""
    interactive: Count = 4
    """Interactive jobs at once."""
    background: Count = 2
    """Background jobs at once."""
    running: Count = 1
    """Jobs of one plugin at once; those that are more urgent do not count those that
    are less."""
    waiting: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    """Jobs of one plugin that may wait; one more is refused."""
    kept: Annotated[int, Field(ge=0, le=1_000_000)] = 1000
    """Ended jobs that are remembered."""
    lag: Annotated[float, Field(gt=0, le=60)] = 0.05
    """Seconds that a real-time job may begin late before background work makes way."""
