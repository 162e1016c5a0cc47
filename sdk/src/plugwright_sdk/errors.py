"""What can go wrong in a plugin, and whose fault it is.

ValueError
└── InputError     the caller's: what was given is not what the command takes
TypeError
└── OutputError    the plugin's: what it gives is not what it promised, or not JSON
PermissionError
└── Denied         nobody granted this permission
RuntimeError
└── HostRefused    granted, but not like this: a bad key, a storage that is full
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """What was given is not what the command takes."""

    plugwright_kind = "input"
    """How the sandbox tells this error from an accident in the plugin."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path
        """Where, as one would write it in Python: `lessons[2].minutes`."""


class OutputError(TypeError):
    """What the plugin gives is not what it promised, or cannot be written as JSON."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class Denied(PermissionError):
    """The plugin asked for what no person granted."""

    plugwright_kind = "denied"

    def __init__(self, permission: str) -> None:
        super().__init__(f"`{permission}` was not granted")
        self.permission = permission


class HostRefused(RuntimeError):
    """The host would not do this, though the permission is there."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Name the nearest known word, as the end of a sentence, or say nothing."""
    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""
