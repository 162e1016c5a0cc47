"""How plugins do that are asked, and when one is not asked any more."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE = 3
"""Failures in a row after which a plugin is not asked this question any more."""

COOL_DOWN = 60.0
"""Seconds until it gets one more try."""


@dataclass(slots=True)
class Standing:
    """How one plugin does at one hook, in this process."""

    plugin: str
    hook: str
    calls: int = 0
    failures: int = 0
    in_a_row: int = 0
    seconds: float = 0.0
    left_out_until: float = 0.0
    """On the clock of `Asking`; 0 while it is asked."""

    problem: str = ""
    """How it failed last, while it fails."""

    def failed(self, now: float) -> bool:
        """Count a failure; tells whether the plugin is left out from now on."""
        self.failures += 1
        self.in_a_row += 1
        if self.in_a_row < PATIENCE:
            return False
        self.left_out_until = now + COOL_DOWN
        return True
