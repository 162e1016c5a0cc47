"""Patterns for names of files, in which `**` stands for folders in folders."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_like(parts: Sequence[str], segments: Sequence[str]) -> bool:
    """Tell whether names, one below the other, are as a pattern has them."""
    if not segments:
        return not parts
    first, *rest = segments
    if first == "**":
        while rest[:1] == ["**"]:
            rest = rest[1:]
        # At the end it stands for everything below.
        return not rest or any(
            is_like(parts[skipped:], rest)
            for skipped in range(len(parts))
            if not any(name.startswith(".") for name in parts[:skipped])
        )
    if not parts or not is_name_like(parts[0], first):
        return False
    return is_like(parts[1:], rest)


def is_name_like(name: str, segment: str) -> bool:
    """Tell whether a name is as one part of a pattern has it."""
    # As in a shell, what begins with a point has to be asked for with one.
    if name.startswith(".") and not segment.startswith("."):
        return False
    return fnmatchcase(name, segment)
