"""What the engines' sessions have in common, before an engine is asked anything."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Protocol

from plugwright import sources
from plugwright.errors import Rejected
from plugwright.quotas import Quota
from plugwright.sandboxes import JSON, Failure, Guest, Kind, Outcome, Sandbox
from plugwright_sandbox.wire.conversation import failed


class Engine(Sandbox, Protocol):
    """One of this package's engines."""

    def run(self, guest: Guest, operation: str, arguments: JSON) -> Outcome:
        """Load a guest, ask it once and drop it; the outcome of loading if it failed.

        Never raises for what the guest does.
        """


GUEST = Path(__file__).parent / "guest"
"""The files that are inside with a guest; some are for one engine only."""


def unreadable(guest: Guest) -> Outcome | None:
    """Say which file breaks the rules for all source text, if one does."""
    return _unreadable(tuple(guest.files.items()))


@lru_cache(maxsize=8)  # who opens a guest often opens its like again
def _unreadable(files: tuple[tuple[str, str], ...]) -> Outcome | None:
    try:
        sources.check(dict(files))
    except Rejected as error:
        place = f"{error.file}:{error.line}" if error.line else error.file
        message = str(error).removeprefix(f"`{place}`: ")
        why = Failure(kind=Kind.LOAD, type="RefusedCode", message=message, where=place)
        return Outcome(failure=why)
    return None


class RefusedSession:
    """A guest that was never opened."""

    def __init__(self, loaded: Outcome) -> None:
        self.loaded = loaded

    def call(
        self, operation: str, arguments: JSON, *, quota: Quota | None = None
    ) -> Outcome:
        """Say again why there is nobody to call."""
        return self.loaded

    @property
    def ready(self) -> bool:
        """It answers at once."""
        return True

    def stop(self) -> None:
        """There is nothing to end."""

    def close(self) -> None:
        """Nothing was opened."""


class EngineSession:
    """A guest that was opened; its engine says how it is asked."""

    loaded: Outcome
    """How loading went."""

    def __init__(self, guest: Guest, most: Quota) -> None:
        self._quota = guest.quota.within(most)
        self._open = True

    def call(
        self, operation: str, arguments: JSON, *, quota: Quota | None = None
    ) -> Outcome:
        """Ask the guest's dispatcher. Never raises for what the guest does."""
        if self.loaded.failure is not None:
            return Outcome(failure=self.loaded.failure)
        if not self._open:
            return failed(Kind.BROKEN, "closed", "this guest has been closed")
        allowed = self._quota if quota is None else quota.within(self._quota)
        return self._ask({"operation": operation, "arguments": arguments}, allowed)

    def _ask(self, about: dict[str, JSON], quota: Quota) -> Outcome:
        """Have the guest answer, within a quota that is no more than its own."""
        raise NotImplementedError
