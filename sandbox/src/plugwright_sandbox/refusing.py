"""Source text that no engine runs: it breaks a rule for all source text."""

from __future__ import annotations

from plugwright import sources
from plugwright.errors import Rejected
from plugwright.quotas import Quota
from plugwright.sandboxes import JSON, Failure, Guest, Kind, Outcome


def unreadable(guest: Guest) -> Outcome | None:
    """Say which file breaks the rules for all source text, if one does."""
    try:
        sources.check(guest.files)
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

    def close(self) -> None:
        """Nothing was opened."""
