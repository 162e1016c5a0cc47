"""Runs Python behind walls: CPython in WebAssembly, or a language filter in a cell.

For people who want only a sandbox: `Sandbox.wasm().run(source, call, args)`. Plugwright
itself comes in through `hostplugin`. Every worker imports this file, so it imports
nothing before it is asked.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plugwright.quotas import Quota, Usage
    from plugwright.sandboxes import Failure, Kind, Outcome
    from plugwright_sandbox.standalone import Program, Sandbox

__all__ = ["Failure", "Kind", "Outcome", "Program", "Quota", "Sandbox", "Usage"]

_HOMES = {
    "plugwright.quotas": ("Quota", "Usage"),
    "plugwright.sandboxes": ("Failure", "Kind", "Outcome"),
    "plugwright_sandbox.standalone": ("Program", "Sandbox"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
