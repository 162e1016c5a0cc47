"""What one call into a sandbox may use up, and what it did use."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import lru_cache

from plugwright.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What a plugin may use up. The same type for every engine and every caller.

    Everything is for one call, but for `load_*` (loading it once) and `hourly_*` (all
    calls and loads of one clock hour together). Raises UsageError for what limits
    nothing or lets nothing run: zero, less, infinity.
    """

    fuel: int = 20_000_000_000
    """WebAssembly instructions, about; repeatable. 10⁹ are about 0.1 s."""
    cpu_seconds: float = 10.0
    """Processor time, where the engine runs native code and cannot count fuel."""
    seconds: float = 10.0
    """Wall-clock time, time in host calls included."""
    memory: int = 192 << 20
    """Bytes the guest may hold at once, its interpreter (some 37 MB) included."""
    output: int = 64 << 10
    """Characters printed."""
    writes: int = 10_000
    """How often it may print, however little."""
    host_calls: int = 10_000
    """Questions to the host, refused ones included."""
    payload: int = 1 << 20
    """Bytes of one message, in either direction."""
    sent: int = 16 << 20
    """Bytes that the guest sends to the host: questions and its answer."""
    received: int = 16 << 20
    """Bytes that the host sends to the guest: arguments and answers."""
    storage: int = 4 << 20
    """Bytes that the plugin may keep, keys included."""
    keys: int = 10_000
    """Entries that the plugin may keep, however small."""
    load_fuel: int = 20_000_000_000
    """Like `fuel`, for compiling and importing its source."""
    load_seconds: float = 10.0
    """Like `seconds`, for compiling and importing its source."""
    hourly_fuel: int = 2_000_000_000_000
    """Like `fuel`, for all its calls and loads of one hour."""
    hourly_seconds: float = 1200.0
    """Like `seconds`, for all its calls and loads of one hour."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            kinds = (int, float) if field.type == "float" else (int,)
            if type(value) not in kinds or not (value > 0 and math.isfinite(value)):
                raise UsageError(
                    f"the quota `{field.name}` cannot be {value!r:.80}",
                    remedy="give it a number above zero"
                    + ("" if field.type == "float" else ", without a fraction"),
                )

    def within(self, limit: Quota) -> Quota:
        """Give back the smaller of both, field by field; a quota never grows."""
        return _smaller(self, limit)


@lru_cache(maxsize=64)  # the same few meet at every call
def _smaller(one: Quota, other: Quota) -> Quota:
    both = {f.name: (getattr(one, f.name), getattr(other, f.name)) for f in fields(one)}
    return Quota(**{name: min(values) for name, values in both.items()})


SMALLEST = Quota(
    fuel=1,
    cpu_seconds=0.01,
    seconds=0.01,
    memory=40 << 20,
    output=1,
    writes=1,
    host_calls=1,
    payload=1 << 10,
    sent=1 << 10,
    received=1 << 10,
    storage=2,
    keys=1,
    load_fuel=1,
    load_seconds=0.01,
    hourly_fuel=1,
    hourly_seconds=0.02,
)
"""The least that a plugin may ask for; with less, not even one runs that does nothing.

Measured, and rounded up: a command that gives back its text takes 36.9 MB, 330 bytes
of messages and 3 ms. What it takes of fuel changes with the guest's Python, so that is
left to its tests.
"""

LARGEST = Quota(
    fuel=10**14,
    cpu_seconds=86_400.0,
    seconds=86_400.0,
    memory=4 << 30,
    output=16 << 20,
    writes=10**9,
    host_calls=10**9,
    payload=16 << 20,
    sent=1 << 40,
    received=1 << 40,
    storage=1 << 40,
    keys=10**9,
    load_fuel=10**14,
    load_seconds=86_400.0,
    hourly_fuel=10**14,
    hourly_seconds=86_400.0,
)
"""The most that a plugin may ask for; what is more is a slip of the pen."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one call did use up, in the units of `Quota`."""

    fuel: int = 0
    """0 where the engine cannot count it; `cpu_seconds` is what there is then."""
    cpu_seconds: float = 0.0
    seconds: float = 0.0
    host_seconds: float = 0.0
    """The part of `seconds` that it waited for the host's answers."""
    memory: int = 0
    output: int = 0
    writes: int = 0
    host_calls: int = 0
    sent: int = 0
    received: int = 0
