"""What one call into a sandbox may use up, and what it did use."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What one call may use up. The same type for every engine and every caller."""

    fuel: int = 20_000_000_000
    """WebAssembly instructions, about; repeatable. 10⁹ are about 0.1 s."""
    seconds: float = 10.0
    """Wall-clock time, time in host calls included."""
    memory: int = 192 << 20
    """Bytes the guest may hold at once, its interpreter (some 30 MB) included."""
    output: int = 64 << 10
    """Bytes printed."""
    host_calls: int = 10_000
    """Questions to the host, refused ones included."""
    payload: int = 1 << 20
    """Bytes of one message, in either direction."""
    storage: int = 4 << 20
    """Bytes that the plugin may keep, keys included."""

    def within(self, limit: Quota) -> Quota:
        """Give back the smaller of both, field by field; a quota never grows."""
        return Quota(
            **{
                f.name: min(getattr(self, f.name), getattr(limit, f.name))
                for f in fields(self)
            }
        )


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one call did use up, in the units of `Quota`."""

    fuel: int = 0
    seconds: float = 0.0
    memory: int = 0
    output: int = 0
    host_calls: int = 0
    payload: int = 0
    """Bytes that crossed the wall, both directions and host calls together."""
