"""The states of plugins, their remedies, and the kinds of failure, from the code."""

from __future__ import annotations

from plugwright.sandboxes import Kind
from plugwright.states import _REMEDIES, State


def remedies() -> str:
    """Write what Plugwright says to do, state by state."""
    rows = "\n".join(
        f"| `{state}` | {_REMEDIES[state].format('NAME', 'VERSION')} |"
        for state in State
    )
    return f"| state | what `plugwright` says to do |\n| --- | --- |\n{rows}"


def kinds() -> str:
    """List the kinds of failure."""
    return ", ".join(f"`{kind}`" for kind in Kind)


MADE = {"remedies of bundles": remedies, "kinds": kinds}
