"""Lists for a screen: a head for each thing, and what is said of it below."""

from __future__ import annotations

import sys

from plugwright.lines import broken, width
from plugwright.redaction import redact


class Rows:
    """Collects lines as wide as the screen is, and writes them at once."""

    def __init__(self) -> None:
        self._columns = width()
        self._lines: list[str] = []

    def say(self, text: str, *, first: str = "", rest: str = "") -> None:
        """Add a sentence; whoever wrote it, the screen shows all of it."""
        text = _plain(redact(text))
        self._lines += broken(text, self._columns, first=first, rest=rest)

    def head(self, name: str, version: str, state: str) -> None:
        """Add one thing."""
        self.say(f"{name:<24} {version:<9} {state}", first="  ", rest="    ")

    def below(self, *parts: str) -> None:
        """Add what is said of the thing above; parts that say nothing are left out."""
        if text := "; ".join(filter(None, parts)):
            self.say(text, first="    ", rest="    ")

    def write(self) -> None:
        """Show everything."""
        sys.stdout.write("".join(f"{line}\n" for line in self._lines))
        sys.stdout.flush()


def _plain(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    from plugwright.sources import plain  # knows every character, so it takes long

    return plain(text)
