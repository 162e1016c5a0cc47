"""What the forge needs of the host that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from plugwright.home import Home
from plugwright.judging import Judge
from plugwright.lives import Lives
from plugwright.providers import Provider
from plugwright.sandboxes import JSON, Sandbox


class Host(Protocol):
    """The part of `plugwright.host.Host` that is used here."""

    @property
    def home(self) -> Home:
        """The user's folder."""

    @property
    def lives(self) -> Lives:
        """Every bundle, and where in its life it is."""

    def provider(self, name: str) -> Provider:
        """Open a model by name: `replay:FILE`."""

    def judge(self) -> Judge:
        """Give the judge."""

    def sandbox(self) -> Sandbox:
        """Give the sandbox."""

    def describe(self, name: str, files: Mapping[str, str]) -> Mapping[str, Any]:
        """Open sources in a sandbox and say what they offer."""

    def run(self, name: str, command: str, arguments: dict[str, JSON]) -> JSON:
        """Run a command of an active plugin."""
