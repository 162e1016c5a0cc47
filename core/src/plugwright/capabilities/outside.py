"""What lies outside of the host: the internet, the disk, and models.

Each is a small shape with a real thing behind it, or with a double in a test and in the
judge. What is not there refuses with a sentence; nothing is there unless it is given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from plugwright.permissions import Permission
from plugwright.urls import URL


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One HTTP request, every part of it checked."""

    method: str
    url: URL
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server said."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Web(Protocol):
    """One way to the internet. It follows no redirect: whoever asks decides that."""

    def send(self, ask: Ask, seconds: float) -> Answer:
        """Ask once. Raises `Refused`, or `Denied` for an address nobody granted."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a folder's list."""

    name: str
    is_folder: bool
    size: int


class Disk(Protocol):
    """Folders by the text of their grant, and plain names within them."""

    def start(self, folder: str) -> None:
        """Remember which folder this is. Never raises."""

    def read(self, folder: str, parts: tuple[str, ...], most: int) -> bytes | None:
        """Give a file's content; None where there is no file."""

    def write(self, folder: str, parts: tuple[str, ...], content: bytes) -> None:
        """Make or replace a file, whole or not at all."""

    def list(self, folder: str, parts: tuple[str, ...], most: int) -> list[Entry]:
        """List files and folders by name."""

    def exists(self, folder: str, parts: tuple[str, ...]) -> bool:
        """Tell whether there is such a file or folder, one that can be read."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What a model answered, and what it cost."""

    text: str
    tokens: int
    """Of question and answer together."""


class Models(Protocol):
    """Models, by the roles they play."""

    def ask(self, role: str, prompt: str, max_tokens: int) -> Spoken:
        """Ask once. Raises `Refused` where nobody plays that role."""


class Turn:
    """Which call of the plugin it is; what is granted for each call begins anew."""

    def __init__(self) -> None:
        self.number = 0
        self.lacked: Permission | None = None
        """What was asked last and not granted, for a screen: never for the ledger."""

    def next(self) -> None:
        """Begin another call."""
        self.number += 1
        self.lacked = None


@dataclass(frozen=True, kw_only=True)
class Outside:
    """All that is outside, for one plugin."""

    web: Web | None = None
    disk: Disk | None = None
    models: Models | None = None
    turn: Turn = field(default_factory=Turn)
    seconds: float = 10.0
    """How long one request may take, with all its redirects."""
