"""Finds an agent by `MODULE:NAME`, as a person or a record names it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import Any

from plugwright.agents.agent import Agent
from plugwright.agents.plans import Approver
from plugwright.errors import UsageError, in_one_line


def agent_at(
    reference: str, host: Callable[[], Any], approver: Approver | None = None
) -> Agent[Any]:
    """Import an agent, or what makes one; the latter may take a `host`."""
    module, _, name = reference.partition(":")
    if not module or not name:
        raise UsageError(
            f"`{reference:.80}` names no agent", remedy="write it as `MODULE:NAME`"
        )
    if "" not in sys.path and os.getcwd() not in sys.path:
        # Last: a folder must not take the place of what is installed.
        sys.path.append(os.getcwd())
    try:
        found: Any = getattr(import_module(module), name)
    except Exception as error:
        # Broad on purpose: a module may raise anything when it is imported.
        raise UsageError(
            f"`{reference:.80}` cannot be imported: {in_one_line(error)}",
            remedy="name an agent, or a function that makes one",
        ) from error
    if not isinstance(found, Agent) and callable(found):
        found = found(host()) if "host" in signature(found).parameters else found()
    if not isinstance(found, Agent):
        raise UsageError(
            f"`{reference:.80}` is no agent but a {type(found).__name__}",
            remedy="name an agent, or a function that makes one",
        )
    if found.plan.approver is None and approver is not None:
        return found.approved_by(approver)
    return found
