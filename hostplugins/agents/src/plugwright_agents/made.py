"""Makes the agents again, for `plugwright runs resume`.

A record says `plugwright_agents.made:hello=ollama:qwen2.5:7b`: which agent, and with
which model, so that a run goes on with the one that began it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from plugwright.agents import Agent

if TYPE_CHECKING:
    from plugwright.host import Host

_MODULES = {
    "docs": "docs.writing",
    "files": "files.making",
    "git": "git.making",
    "hello": "hello",
}


def reference(kind: str, model: str) -> str:
    """Write down which agent it is."""
    return f"{__name__}:{kind}={model}"


def __getattr__(name: str) -> Callable[..., Agent[Any]]:
    kind, is_one, model = name.partition("=")
    if kind not in _MODULES or not is_one:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    module = import_module(f"plugwright_agents.{_MODULES[kind]}")

    def make(host: Host) -> Agent[Any]:
        made: Agent[Any] = module.agent(host, model)
        return made

    return make
