"""Hides the secrets that this process has read from all that is shown or kept.

What it cannot know is a secret that somebody wrote in another form: reversed, encoded,
cut in two.
"""

from __future__ import annotations

_SHORTEST = 6
"""A text shorter than this is in too many others to be hidden in them."""

_hidden: set[str] = set()
"""One for the process, as it has one screen and one log."""


def hide(secret: str) -> None:
    """Let nobody see this text from now on, nor any line of it."""
    for line in (secret, *secret.splitlines()):
        text = line.strip()
        if len(text) >= _SHORTEST:
            # As it is, and as `repr` and JSON write it.
            _hidden.update((text, text.encode("unicode_escape").decode()))


def redact(text: str) -> str:
    """Give a text without the secrets in it."""
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text
