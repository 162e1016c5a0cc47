"""What the log of a session keeps of the optimiser, once it is done."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from plugwright.sandboxes import JSON
from plugwright_forge.optimising.outcome import Outcome
from plugwright_forge.session import Session

_STEP = "optimised"
_OUTCOME = TypeAdapter(Outcome)


def keep_outcome(session: Session, outcome: Outcome) -> None:
    """Keep what became of it; the versions themselves are steps already."""

    def dump() -> JSON:
        kept = replace(outcome, code="", profile="")
        dumped: JSON = _OUTCOME.dump_python(kept, mode="json")
        return dumped

    session.step(_STEP, dump)


def outcome_of(session: Session) -> Outcome | None:
    """Read it; None if there was nothing to win, or it is not done yet."""
    value = session.given(_STEP).get(_STEP)
    return _OUTCOME.validate_python(value) if value else None
