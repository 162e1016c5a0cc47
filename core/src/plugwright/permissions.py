"""What a plugin may do, one narrow permission at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from plugwright.errors import UsageError
from plugwright.quotas import Quota

EVENT = re.compile(r"[a-z][a-z0-9.-]{0,63}", re.ASCII)
"""What the name of an event looks like."""

_PATTERN = re.compile(rf"{EVENT.pattern}\*?|\*", re.ASCII)
_PLAIN = ("clock", "log", "storage")
_EMIT = "events.emit"


def nearest(word: str, known: Iterable[str]) -> str:
    """Say what was probably meant, or what there is."""
    choices = sorted(known)
    close = get_close_matches(word, choices, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return "use one of " + ", ".join(f"`{choice}`" for choice in choices)


def size_in_words(size: int) -> str:
    """Write a number of bytes as people read it."""
    if size < 1 << 20:
        return f"{size / (1 << 10):.3g} KB"
    return f"{size / (1 << 20):.4g} MB"


@dataclass(frozen=True, order=True)
class Permission:
    """One thing that a plugin may do; its text is what people write and approve."""

    name: str
    target: str = ""
    """What it is narrowed to: for `events.emit` an event, or a beginning and `*`."""

    @classmethod
    def parse(cls, text: str) -> Permission:
        """Read `storage` or `events.emit:lesson-*`."""
        name, colon, target = text.partition(":")
        if name == _EMIT and _PATTERN.fullmatch(target):
            return cls(name, target)
        if name == _EMIT:
            raise UsageError(
                f"`{text}` does not say which event",
                remedy="name it in small letters, as in `events.emit:lesson-due`",
            )
        if name in _PLAIN and not colon:
            return cls(name)
        raise UsageError(
            f"there is no permission `{text}`",
            remedy=nearest(text, (*_PLAIN, f"{_EMIT}:NAME")),
        )

    def __str__(self) -> str:
        return f"{self.name}:{self.target}" if self.target else self.name

    def in_words(self, storage: int = Quota.storage) -> str:
        """Say what it allows, to somebody who does not program."""
        if self.name == _EMIT:
            return f"may tell other plugins about {self._events()}"
        return {
            "clock": "may know the date and the time",
            "log": "may write messages into Plugwright's log",
            "storage": "may keep notes of its own on this computer"
            f" (up to {size_in_words(storage)})",
        }[self.name]

    def covers(self, other: Permission) -> bool:
        """Tell whether whoever has this one needs no grant for the other."""
        if self.name != other.name:
            return False
        if self.target.endswith("*"):
            return other.target.startswith(self.target[:-1])
        return self.target == other.target

    def _events(self) -> str:
        if self.target == "*":
            return "anything"
        if self.target.endswith("*"):
            return f"everything whose name begins with “{self.target[:-1]}”"
        return f"“{self.target}”"
