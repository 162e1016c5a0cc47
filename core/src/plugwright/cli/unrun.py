"""What is said of an agent that has no run."""

from __future__ import annotations

from plugwright.agents.runbook import RunBook
from plugwright.permissions import nearest

_ALL = -1


def no_run_of(agent: str, book: RunBook) -> str:
    """Say that there is none, with the nearest agent that has one."""
    known = {row.agent for row in book.rows(_ALL)} if agent else set()
    if not known:
        return "No agent has run yet."
    return f"No run of `{agent:.80}` is there: {nearest(agent, known)}"
