"""What a process really holds: what only it has, and what the system can take back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes of one process that are in memory now."""

    private: int
    """Its own: gone only when it lets go of it."""
    reclaimable: int
    """Pages of files, weights above all: dropped and read again as others need room."""


def memory_of(process: int | None = None) -> Memory | None:
    """Measure a process, this one by default; nothing where the system does not say."""
    file = Path(f"/proc/{process or 'self'}/smaps_rollup")
    try:
        lines = file.read_text("ascii").splitlines()[1:]
    except OSError:
        return None
    sizes = {
        name.strip(): int(size.split()[0]) * 1024
        for name, _, size in (line.partition(":") for line in lines)
    }
    private = sizes.get("Anonymous", 0)
    return Memory(private=private, reclaimable=max(sizes.get("Rss", 0) - private, 0))
